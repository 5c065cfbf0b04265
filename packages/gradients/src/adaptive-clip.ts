/** Adaptive gradient clipping: each unit's gradient in proportion to its weights. */
import {
  type AnyPlugin, checkNumber, checkOptions, checkTensors, definePlugin, fail, type Finding, ops, type Params, type PluginKey, type Schedule, scope, type Shape, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { headOf } from './head';
import { checkPatterns, matches } from './patterns';

const name = '@parsimony/gradients/adaptive-clip' as PluginKey;

interface Limits {
  /** Smallest length that a unit's weights are taken to have, so that those at 0 can leave it; above 0. Default 1e-3. */
  readonly eps?: number;
  /** What is not clipped: 'head', the last layer of the model; or globs over parameter paths, [] for none. Default 'head'. */
  readonly exclude?: 'head' | readonly string[];
}

export interface AdaptiveClipOptions extends Limits {
  /** Largest length of a unit's gradient, as a share of that of its weights; above 0: a number or a schedule of the step. Default 0.01. */
  readonly clipping?: Schedule;
}

export interface AdaptiveClipGradOptions extends Limits {
  /** Above 0. Default 0.01. */
  readonly clipping?: number;
}

const known = ['clipping', 'eps', 'exclude'];
const range = { min: 0, minExclusive: true } as const;

/**
 * g_i min(1, clipping max(||w_i||, eps) / ||g_i||) for each unit i: a row along the first axis (what comes into one output of `Linear`
 * and convolutions), and the whole of a parameter with one axis.
 *
 * @param grads - By path; float32.
 * @param params - The weights at these paths, of the same shapes.
 * @returns The gradients; a unit whose gradient is not finite stays so.
 * @throws option: an unknown option or one out of range. state: a gradient without its weights.
 * @see Brock et al., "High-performance large-scale image recognition without normalization", arXiv:2102.06171.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { adaptiveClipGrad } from '@parsimony/gradients';
 * await ready();
 * const [params, grads] = [{ w: tensor([[3, 4], [0, 0]]) }, { w: tensor([[30, 40], [0.3, 0.4]]) }];
 * const clipped = adaptiveClipGrad(grads, params, { clipping: 0.1 });
 * await clipped.w.array(); // => [[0.3, 0.4], [0.00006, 0.00008]]
 * ```
 */
export function adaptiveClipGrad<G extends Params>(grads: G, params: Params, options: AdaptiveClipGradOptions = {}): G {
  const where = 'adaptiveClipGrad';
  checkOptions(where, options, known);
  const { clipping: share = 0.01 } = options;
  const clipping = checkNumber(where, 'clipping', share, range);
  const { eps, exclude } = checkLimits(where, options);
  checkTensors(where, 'grads', grads);
  checkTensors(where, 'params', params);
  const left = exclude === 'head' ? headOf(shapesOf(grads)) : Object.keys(grads).filter((path) => matches(exclude, path));
  return scope(() => Object.fromEntries(Object.entries(grads).map(([path, g]) => {
    if (left.includes(path)) return [path, g];
    const w = params[path] ?? fail('state', `${where}: there are no weights of \`${path}\`; there are those of: ${Object.keys(params).join(', ') || 'none'}.`);
    return [path, clipUnits(g, w, clipping, eps)];
  })) as unknown as G);
}

function clipUnits(g: Tensor, w: Tensor, clipping: number, eps: number): Tensor {
  const most = ops.mul(ops.maximum(unitNorms(w), eps), clipping);
  const norms = unitNorms(g);
  const scale = ops.minimum(ops.div(most, ops.maximum(norms, 1e-6)), 1);
  // A norm that overflows would make a gradient of 0 of one that is too large.
  return ops.mul(g, ops.where(ops.isFinite(norms), scale, Number.NaN));
}

const unitNorms = (x: Tensor): Tensor => ops.norm(x, x.rank > 1 ? { axis: x.shape.slice(1).map((_, i) => i + 1), keepdim: true } : {});

const shapesOf = (tensors: Params): Record<string, Shape> => Object.fromEntries(Object.entries(tensors).map(([path, x]) => [path, x.shape]));

const checkLimits = (where: string, { eps = 1e-3, exclude = 'head' }: Limits): Required<Limits> => ({
  eps: checkNumber(where, 'eps', eps, range), exclude: exclude === 'head' ? exclude : checkPatterns(where, 'exclude', exclude),
});

/**
 * Shortens the gradient of each unit that is longer than `clipping` times the unit's weights: adaptive gradient clipping (AGC). Once
 * a step, ahead of `clipByGlobalNorm`. The last layer is left out, as the paper found best; `explain()` says which that is.
 *
 * @throws option: an unknown option or one out of range.
 * @see Brock et al., "High-performance large-scale image recognition without normalization", arXiv:2102.06171.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { adaptiveClip } from '@parsimony/gradients';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2)), loss: losses.crossEntropy(),
 *   optimizer: optim.sgd({ lr: 0.1 }), seed: 7, plugins: [adaptiveClip({ clipping: 0.02 })],
 * });
 * trainer.explain().includes('2.weight, 2.bias'); // => true
 * adaptiveClip({ clipping: 0 }); // throws adaptiveClip: `clipping` must be in (0, inf), received 0.
 * ```
 */
export function adaptiveClip(options: AdaptiveClipOptions = {}): AnyPlugin {
  checkOptions('adaptiveClip', options, known);
  const { clipping: share = 0.01 } = options;
  const clipping = strength('adaptiveClip', 'clipping', share, range);
  const { eps, exclude } = checkLimits('adaptiveClip', options);
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { clipping: clipping.schedule, eps, exclude },
    claims: { writes: { grads: 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformGrads: {
        before: ['@parsimony/gradients/clip-by-global-norm'],
        after: ['@parsimony/gradients/clip-by-value'],
        handler: (grads, ctx) => adaptiveClipGrad(grads, ctx.weights.params, { clipping: clipping.at(ctx), eps, exclude }),
      },
    },
    check: (_, model): readonly Finding[] => {
      const shapes = model.parameterShapes();
      const left = exclude === 'head' ? headOf(shapes) : Object.keys(shapes).filter((path) => matches(exclude, path));
      return left.length === 0 ? [] : [{ severity: 'info', code: 'not-clipped', plugins: [name], message: `adaptiveClip leaves out ${left.join(', ')}.` }];
    },
  });
}
