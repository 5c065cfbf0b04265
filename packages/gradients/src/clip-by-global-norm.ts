/** Clipping by the global norm: all gradients scaled together, so that their direction stays. */
import { type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, ops, type Params, type Scalar, type Schedule, scalar, scope, strength } from '@parsimony/core';
import { version } from '../package.json';

export interface ClipByGlobalNormOptions {
  /** Largest norm of all gradients together, above 0: a number or a schedule of the step. Default 1. */
  readonly maxNorm?: Schedule;
}

/** Above 0: at 0 nothing would ever move. */
const range = { min: 0, minExclusive: true } as const;

/**
 * g min(1, maxNorm / (norm + 1e-6)) for every gradient, with norm = sqrt(sum g^2) over all elements of all of them.
 *
 * @param grads - By path, or under any names; float32.
 * @param options - `maxNorm`, above 0. Default 1.
 * @returns The gradients, NaN where their norm is not finite; and the norm before clipping, a tensor of one element.
 * @throws option: an unknown option or one out of range.
 * @see Pascanu et al., "On the difficulty of training recurrent neural networks", arXiv:1211.5063; PyTorch's `clip_grad_norm_`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { clipGradNorm } from '@parsimony/gradients';
 * await ready();
 * const { grads, norm } = clipGradNorm({ w: tensor([30, 0]), b: tensor([40]) }, { maxNorm: 5 });
 * await norm.item(); // => 50
 * (await grads.w.data()).map(Math.round); // => [3, 0]
 * ```
 */
export function clipGradNorm<G extends Params>(grads: G, options: { readonly maxNorm?: number } = {}): { readonly grads: G; readonly norm: Scalar } {
  checkOptions('clipGradNorm', options, ['maxNorm']);
  const { maxNorm = 1 } = options;
  checkNumber('clipGradNorm', 'maxNorm', maxNorm, range);
  const entries = Object.entries(checkTensors('clipGradNorm', 'grads', grads));
  if (entries.length === 0) return { grads, norm: scalar(0) };
  return scope(() => {
    const norm = ops.sqrt(ops.sumSquares(entries.map(([, g]) => g))) as Scalar;
    const scale = ops.minimum(ops.div(maxNorm, ops.add(norm, 1e-6)), 1);
    // 1 / infinity would turn a step that overflowed into one that does nothing, unseen.
    const shown = ops.where(ops.isFinite(norm), scale, Number.NaN);
    return { grads: Object.fromEntries(entries.map(([path, g]) => [path, ops.mul(g, shown)])) as unknown as G, norm };
  });
}

/**
 * Scales the gradients of a step down together where their global norm is above `maxNorm`; under accumulation once, on those of the
 * whole step. Logs the norm before clipping as `gradNorm`. A gradient that is not finite stays so, and the step is not applied.
 *
 * @throws option: an unknown option or one out of range.
 * @see Pascanu et al., "On the difficulty of training recurrent neural networks", arXiv:1211.5063; PyTorch's `clip_grad_norm_`.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { clipByGlobalNorm } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [clipByGlobalNorm({ maxNorm: 1 })],
 * });
 * trainer.explain().includes('@parsimony/gradients/clip-by-global-norm'); // => true
 * clipByGlobalNorm({ maxNorm: 0 }); // throws clipByGlobalNorm: `maxNorm` must be in (0, inf), received 0.
 * ```
 */
export function clipByGlobalNorm(options: ClipByGlobalNormOptions = {}): AnyPlugin {
  checkOptions('clipByGlobalNorm', options, ['maxNorm']);
  const { maxNorm: limit = 1 } = options;
  const maxNorm = strength('clipByGlobalNorm', 'maxNorm', limit, range);
  return definePlugin({
    name: '@parsimony/gradients/clip-by-global-norm',
    version,
    apiVersion: 1,
    options: { maxNorm: maxNorm.schedule },
    claims: { writes: { grads: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformGrads(grads, ctx) {
        const clipped = clipGradNorm(grads, { maxNorm: maxNorm.at(ctx) });
        ctx.log('gradNorm', clipped.norm);
        return clipped.grads;
      },
    },
  });
}
