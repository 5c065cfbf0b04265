/** Sharpness-aware minimization: the gradient is taken where the loss nearby is highest. */
import { type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, type GradContext, type Grads, ops, type Params, type Scalar, type Schedule, scope, type Strength, strength, type Tensor } from '@parsimony/core';
import { version } from '../package.json';
import { checkHas } from './paths';

export interface SamOptions {
  /** How far the weights are moved for the second pass, 0 or more: a number or a schedule of the step. 0: no second pass. Default 0.05. */
  readonly rho?: Schedule;
}

/**
 * w + rho g / ||g||, the norm over all gradients together: the weights nearby where the loss is highest, to first order.
 *
 * @param params - By path; float32.
 * @param grads - Of each of them.
 * @param options - `rho`, 0 or more. Default 0.05.
 * @returns New weights; NaN where the norm is not finite.
 * @throws option: an unknown option or one out of range.
 * @see Foret et al., "Sharpness-aware minimization for efficiently improving generalization", arXiv:2010.01412, equation 2 with p = 2.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { samAscent } from '@parsimony/gradients';
 * await ready();
 * await samAscent({ w: tensor([1, 1]) }, { w: tensor([3, -4]) }, { rho: 0.5 }).w.array(); // => [1.3, 0.6]
 * ```
 */
export function samAscent<P extends Params>(params: P, grads: Params, options: { readonly rho?: number } = {}): P {
  checkOptions('samAscent', options, ['rho']);
  const { rho = 0.05 } = options;
  checkNumber('samAscent', 'rho', rho, { min: 0 });
  return ascend('samAscent', params, grads, rho, () => undefined);
}

/** @internal w + rho t^2 g / ||t g||, with t the measure of a parameter; undefined: 1. */
export function ascend<P extends Params>(where: string, params: P, grads: Params, rho: number, measure: (path: string) => Tensor | undefined): P {
  checkTensors(where, 'grads', grads);
  checkHas(where, 'params', params, grads);
  return scope(() => {
    const scaled = Object.entries(grads).map(([path, g]) => {
      const t = measure(path);
      return [path, t ? ops.mul(g, t) : g, t] as const;
    });
    if (scaled.length === 0) return params;
    const norm = ops.sqrt(ops.sumSquares(scaled.map(([, g]) => g))) as Scalar;
    const length = ops.div(rho, ops.add(norm, 1e-12));
    // 1 / infinity would turn a step that overflowed into an ordinary one, unseen.
    const shown = ops.where(ops.isFinite(norm), length, Number.NaN);
    const moved = Object.fromEntries(scaled.map(([path, g, t]) => [path, ops.add(params[path] as Tensor, ops.mul(t ? ops.mul(g, t) : g, shown))]));
    return { ...params, ...moved } as P;
  });
}

/** @internal The hook of both: the gradients where `to` leads, with the same keys and batch norms' statistics as they are. */
export const secondPass = (rho: Strength, to: (params: Params, grads: Grads, rho: number) => Params) => ({
  // It takes gradients anew, so whatever changes them must come after.
  order: 'pre' as const,
  handler(grads: Grads, ctx: GradContext): Grads | undefined {
    const now = rho.at(ctx);
    return now === 0 ? undefined : ctx.gradsAt(to(ctx.weights.params, grads, now), { freezeBuffers: true });
  },
});

/**
 * Steps with the gradients at w + rho g / ||g|| in place of those at w, so that the minimum found is a flat one: a second forward and
 * backward pass a step, on the same batch, with the same masks, under accumulation on the whole step. Buffers, such as batch norms'
 * statistics, are those of the first pass. What else acts on the gradients comes after; decay acts on w.
 *
 * @throws option: an unknown option or one out of range. When the plan is built, conflict: asam beside it.
 * @see Foret et al., "Sharpness-aware minimization for efficiently improving generalization", arXiv:2010.01412.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { sam } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [sam({ rho: 0.05 })],
 * });
 * trainer.explain().includes('@parsimony/gradients/sam'); // => true
 * sam({ rho: -1 }); // throws sam: `rho` must be in [0, inf), received -1.
 * ```
 */
export function sam(options: SamOptions = {}): AnyPlugin {
  checkOptions('sam', options, ['rho']);
  const { rho: distance = 0.05 } = options;
  const rho = strength('sam', 'rho', distance, { min: 0 });
  return definePlugin({
    name: '@parsimony/gradients/sam',
    version,
    apiVersion: 1,
    options: { rho: rho.schedule },
    claims: { reads: ['params'], writes: { grads: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformGrads: secondPass(rho, (params, grads, now) => samAscent(params, grads, { rho: now })),
    },
  });
}
