/** Lookahead: slow weights that follow the optimizer's every so many steps. */
import { type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, nn, ops, type Params, type Schedule, scope, strength, type Tensor } from '@parsimony/core';
import { version } from '../package.json';
import { checkHas } from './paths';

export interface LookaheadOptions {
  /** k: steps of the optimizer from one meeting to the next, 1 or more. Default 6. */
  readonly k?: number;
  /** How far the slow weights go towards the fast ones, in [0, 1]: a number or a schedule of the step. Default 0.5. */
  readonly alpha?: Schedule;
}

/**
 * slow + alpha (fast - slow) for every parameter: where both go on from.
 *
 * @param slow - By path; float32.
 * @param fast - At the same paths, of the same shapes.
 * @param options - `alpha`, in [0, 1]. Default 0.5.
 * @throws option: an unknown option or one out of range. What `ops.lerp` throws.
 * @see Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", arXiv:1907.08610.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { lookaheadStep } from '@parsimony/gradients';
 * await ready();
 * await lookaheadStep({ w: tensor([0]) }, { w: tensor([4]) }, { alpha: 0.25 }).w.array(); // => [1]
 * ```
 */
export function lookaheadStep<P extends Params>(slow: Params, fast: P, options: { readonly alpha?: number } = {}): P {
  checkOptions('lookaheadStep', options, ['alpha']);
  const { alpha = 0.5 } = options;
  checkNumber('lookaheadStep', 'alpha', alpha, { min: 0, max: 1 });
  checkTensors('lookaheadStep', 'fast', fast);
  checkHas('lookaheadStep', 'slow', slow, fast);
  return scope(() => Object.fromEntries(Object.entries(fast).map(([path, w]) => [path, ops.lerp(slow[path] as Tensor, w, alpha)])) as unknown as P);
}

/**
 * After every k-th step of the optimizer, whichever it is, its weights are taken back to slow + alpha (fast - slow), from where both go
 * on; the optimizer's state stays. Evaluation sees the weights as they are: the slow ones right after such a step, so make the number
 * of steps between evaluations, and of the fit, a multiple of k. A meeting at a step that was not applied is left out.
 *
 * @throws option: an unknown option or one out of range.
 * @see Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", arXiv:1907.08610. Its k is 5 to 10, its alpha 0.5 to 0.8.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { lookahead } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.1 }), seed: 7, plugins: [lookahead({ k: 5 })],
 * });
 * trainer.explain().includes('@parsimony/gradients/lookahead'); // => true
 * lookahead({ k: 0 }); // throws lookahead: `k` must be a whole number in [1, inf), received 0.
 * ```
 */
export function lookahead(options: LookaheadOptions = {}): AnyPlugin {
  checkOptions('lookahead', options, ['k', 'alpha']);
  const { k = 6, alpha: share = 0.5 } = options;
  checkNumber('lookahead', 'k', k, { min: 1, integer: true });
  const alpha = strength('lookahead', 'alpha', share, { min: 0, max: 1 });
  const meets = (step: number): boolean => (step + 1) % k === 0;
  return definePlugin({
    name: '@parsimony/gradients/lookahead',
    version,
    apiVersion: 1,
    options: { k, alpha: alpha.schedule },
    claims: { writes: { params: 'replace' } },
    batchSemantics: 'per-sample',
    init: (model) => ({ tensors: nn.holdWeights(model.weights()).params, json: null }),
    hooks: {
      transformParams: {
        // Proximal steps belong to the step of the optimizer; constraints come later and hold.
        after: ['@parsimony/weight-decay/l1', '@parsimony/weight-decay/elastic-net', '@parsimony/weight-decay/group-lasso'],
        handler(fast, ctx) {
          if (!meets(ctx.step)) return undefined;
          const now = alpha.at(ctx);
          // An alpha of 1 is the fast weights to the bit, which a + 1 (b - a) is not.
          return now === 1 ? undefined : lookaheadStep(ctx.state.tensors, fast, { alpha: now });
        },
      },
      stepEnd(ctx) {
        if (!meets(ctx.step)) return;
        // After constraints, which come later. A step that was not applied left the fast weights where they were: there was no meeting.
        const open = ops.cast(ctx.applied, 'bool');
        const { params } = ctx.weights;
        const slow = Object.entries(ctx.state.tensors).map(([path, w]) => [path, ops.where(open, params[path] as Tensor, w)]);
        ctx.setState({ tensors: Object.fromEntries(slow) as Params, json: null });
      },
    },
  });
}
