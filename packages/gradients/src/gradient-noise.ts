/** Gradient noise: Gaussian, and less of it with every step. */
import { type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, ops, type Params, random, type RngKey, type Schedule, scope, strength } from '@parsimony/core';
import { version } from '../package.json';

export interface GradientNoiseOptions {
  /** Variance at the first step, 0 or more: a number or a schedule of the step. Default 0.01. */
  readonly eta?: Schedule;
  /** How fast it falls, 0 or more. Default 0.55. */
  readonly gamma?: number;
}

/**
 * The standard deviation of the noise: sqrt(eta / (1 + t)^gamma), t steps after the first.
 *
 * @throws option: an unknown option or one out of range.
 * @see Neelakantan et al., "Adding gradient noise improves learning for very deep networks", arXiv:1511.06807.
 * @example
 * ```ts
 * import { gradientNoiseStd } from '@parsimony/gradients';
 * gradientNoiseStd(0); // => 0.1
 * gradientNoiseStd(99, { gamma: 1 }); // => 0.01
 * ```
 */
export function gradientNoiseStd(t: number, options: { readonly eta?: number; readonly gamma?: number } = {}): number {
  const where = 'gradientNoiseStd';
  checkOptions(where, options, ['eta', 'gamma']);
  checkNumber(where, 't', t, { min: 0 });
  const { eta = 0.01, gamma = 0.55 } = options;
  checkNumber(where, 'eta', eta, { min: 0 });
  checkNumber(where, 'gamma', gamma, { min: 0 });
  return Math.sqrt(eta / (1 + t) ** gamma);
}

/**
 * g + N(0, std^2) for every element of every gradient. The draws are those of `key` with each path folded in, the same
 * bits on every backend, whatever other parameters there are.
 *
 * @param grads - By path; float32.
 * @param options - `key`; `std`, 0 or more.
 * @throws option: an unknown option, one out of range, or no key.
 * @example
 * ```ts
 * import { random, ready, tensor } from '@parsimony/core';
 * import { addGradientNoise } from '@parsimony/gradients';
 * await ready();
 * await addGradientNoise({ w: tensor([1, 2]) }, { key: random.key(7), std: 0 }).w.array(); // => [1, 2]
 * ```
 */
export function addGradientNoise<G extends Params>(grads: G, options: { readonly key: RngKey; readonly std: number }): G {
  checkOptions('addGradientNoise', options, ['key', 'std']);
  const std = checkNumber('addGradientNoise', 'std', options.std, { min: 0 });
  checkTensors('addGradientNoise', 'grads', grads);
  return scope(() => Object.fromEntries(Object.entries(grads).map(([path, g]) => {
    const key = random.foldIn(options.key, path);
    return [path, ops.addNormal(g, std, key)];
  })) as unknown as G);
}

/**
 * Adds Gaussian noise of variance eta / (1 + t)^gamma to the gradients of step t: once a step, after clipping and centralization, on
 * what all microbatches give together. A step draws under a key of its own, so a run that goes on from a checkpoint draws on.
 *
 * @throws option: an unknown option or one out of range.
 * @see Neelakantan et al., "Adding gradient noise improves learning for very deep networks", arXiv:1511.06807.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { gradientNoise } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [gradientNoise({ eta: 0.3 })],
 * });
 * trainer.explain().includes('@parsimony/gradients/gradient-noise'); // => true
 * gradientNoise({ eta: -1 }); // throws gradientNoise: `eta` must be in [0, inf), received -1.
 * ```
 */
export function gradientNoise(options: GradientNoiseOptions = {}): AnyPlugin {
  checkOptions('gradientNoise', options, ['eta', 'gamma']);
  const { eta: variance = 0.01, gamma = 0.55 } = options;
  const eta = strength('gradientNoise', 'eta', variance, { min: 0 });
  checkNumber('gradientNoise', 'gamma', gamma, { min: 0 });
  return definePlugin({
    name: '@parsimony/gradients/gradient-noise',
    version,
    apiVersion: 1,
    options: { eta: eta.schedule, gamma },
    claims: { writes: { grads: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformGrads: {
        after: [
          '@parsimony/gradients/clip-by-value', '@parsimony/gradients/adaptive-clip', '@parsimony/gradients/clip-by-global-norm', '@parsimony/gradients/centralization',
        ],
        handler: (grads, ctx) => addGradientNoise(grads, { key: ctx.rng('noise'), std: gradientNoiseStd(ctx.step, { eta: eta.at(ctx), gamma }) }),
      },
    },
  });
}
