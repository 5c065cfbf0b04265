/** Gradient centralization: each unit's gradient with mean 0. */
import { type AnyPlugin, checkBoolean, checkOptions, checkTensors, definePlugin, ops, type Params, scope } from '@parsimony/core';
import { version } from '../package.json';
import { checkPatterns, matches } from './patterns';

export interface CentralizationOptions {
  /** Only parameters with more than two axes: the kernels of convolutions. Default false. */
  readonly convOnly?: boolean;
  /** Globs over parameter paths that are left alone. Default []. */
  readonly exclude?: readonly string[];
}

function checked(where: string, options: CentralizationOptions): Required<CentralizationOptions> {
  checkOptions(where, options, ['convOnly', 'exclude']);
  const { convOnly = false, exclude = [] } = options;
  return { convOnly: checkBoolean(where, 'convOnly', convOnly), exclude: checkPatterns(where, 'exclude', exclude) };
}

/**
 * g_i - mean(g_i) for each unit i: a row along the first axis. Parameters with one axis, such as biases, stay.
 *
 * @param grads - By path; float32.
 * @throws option: an unknown option or a bad one.
 * @see Yong et al., "Gradient centralization: a new optimization technique for deep neural networks", arXiv:2004.01461.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { centralizeGrads } from '@parsimony/gradients';
 * await ready();
 * await centralizeGrads({ w: tensor([[1, 3], [5, 5]]) }).w.array(); // => [[-1, 1], [0, 0]]
 * ```
 */
export function centralizeGrads<G extends Params>(grads: G, options: CentralizationOptions = {}): G {
  const { convOnly, exclude } = checked('centralizeGrads', options);
  checkTensors('centralizeGrads', 'grads', grads);
  return scope(() => Object.fromEntries(Object.entries(grads).map(([path, g]) => {
    if (g.rank < (convOnly ? 3 : 2) || matches(exclude, path)) return [path, g];
    return [path, ops.sub(g, ops.mean(g, { axis: g.shape.slice(1).map((_, i) => i + 1), keepdim: true }))];
  })) as unknown as G);
}

/**
 * Takes from the gradient of each unit its mean, so that the sum of a unit's weights stays where it began (with SGD). Once a step, after
 * clipping and ahead of noise.
 *
 * @throws option: an unknown option or a bad one.
 * @see Yong et al., "Gradient centralization: a new optimization technique for deep neural networks", arXiv:2004.01461.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { centralization } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [centralization()],
 * });
 * trainer.explain().includes('@parsimony/gradients/centralization'); // => true
 * centralization({ exclude: '**.bias' as never }); // throws centralization: `exclude` must be a list of globs
 * ```
 */
export function centralization(options: CentralizationOptions = {}): AnyPlugin {
  const own = checked('centralization', options);
  return definePlugin({
    name: '@parsimony/gradients/centralization',
    version,
    apiVersion: 1,
    options: { ...own },
    claims: { writes: { grads: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformGrads: {
        after: ['@parsimony/gradients/clip-by-value', '@parsimony/gradients/adaptive-clip', '@parsimony/gradients/clip-by-global-norm'],
        handler: (grads) => centralizeGrads(grads, own),
      },
    },
  });
}
