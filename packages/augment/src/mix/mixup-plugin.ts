/** mixup as a plugin. */
import { type AnyPlugin, type Batch, checkOptions, definePlugin, type Schedule, strength } from '@parsimony/core';
import { version } from '../../package.json';
import { applyMixup, drawMixup } from './mixup';

export interface MixupOptions {
  /** Both parameters of the Beta distribution, 0 or more: a number or a schedule of the step. 0 mixes nothing. Default 0.2. */
  readonly alpha?: Schedule;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

/**
 * Mixes the samples of each training batch in random pairs, inputs and targets alike, with one lambda from Beta(alpha, alpha) for
 * the batch. Metrics see the original labels; evaluation sees the samples as they are.
 *
 * @throws option: `alpha` below 0, or an unknown option. dtype: inputs that are not float32.
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { mixup } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [mixup({ alpha: 0.2 })],
 * });
 * trainer.explain().includes('@parsimony/augment/mixup'); // => true
 * mixup({ alpha: -1 }); // throws mixup: `alpha` must be in [0, inf), received -1.
 * ```
 */
export function mixup(options: MixupOptions = {}): AnyPlugin {
  checkOptions('mixup', options, ['alpha', 'instance']);
  const alpha = strength('mixup', 'alpha', options.alpha ?? 0.2, { min: 0 });
  const { instance } = options;
  return definePlugin({
    name: '@parsimony/augment/mixup',
    version,
    apiVersion: 1,
    ...(instance !== undefined && { instance }),
    options: { alpha: alpha.schedule },
    claims: { writes: { 'batch.inputs': 'affine', targets: 'affine' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformBatch(batch, ctx): Batch | undefined {
        const strengthNow = alpha.at(ctx);
        if (strengthNow === 0) return undefined;
        const draw = drawMixup(ctx.rng('mix'), batch.size, strengthNow);
        return { ...batch, ...applyMixup(batch.inputs, batch.target, draw) };
      },
    },
  });
}
