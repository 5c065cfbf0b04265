/** Weight normalization: the length of a weight learned apart from its direction. */
import { checkChoice, checkOptions, fail, nn, ops, type Shape, showShape, type Tensor } from '@parsimony/core';
import { checkInput } from './per-channel';
import { checkAxis, findWeights } from './weights';

export interface WeightNormCall {
  /** Each slice along this axis has a length of its own; null: one length for the whole weight. Default 0. */
  readonly axis?: number | null;
}

export interface WeightNormOptions extends WeightNormCall {
  /** State names as PyTorch's `utils.weight_norm` has them (`weight_g`, `weight_v`), or its parametrization of 2.0 (`parametrizations.weight.original0`, `original1`). Default 'hook'. */
  readonly names?: 'hook' | 'parametrization';
}

/** Lengths of the slices along an axis, with axes of 1 for the others; of all of v for null. */
function lengths(v: Tensor, axis: number | null): Tensor {
  return axis === null ? ops.norm(v) : ops.norm(v, { axis: v.shape.map((_, i) => i).filter((i) => i !== axis), keepdim: true });
}

/**
 * w = g v / |v|, with the length |v| of each slice along `axis`. The same in training and evaluation.
 *
 * @param v - The direction, of the weight's shape.
 * @param g - The lengths: [out, 1, ...] for axis 0, [] for null.
 * @throws option: an axis that v does not have. shape: other lengths.
 * @see Salimans and Kingma, "Weight normalization", arXiv:1602.07868; PyTorch's `weight_norm`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { weightNorm } from '@parsimony/norms';
 * await ready();
 * await weightNorm(tensor([[3, 4], [0, 2]]), tensor([[10], [1]])).array(); // => [[6, 8], [0, 1]]
 * ```
 */
export function weightNorm(v: Tensor, g: Tensor, options: WeightNormCall = {}): Tensor {
  checkOptions('weightNorm', options, ['axis']);
  checkInput('weightNorm', v, 'v');
  checkInput('weightNorm', g, 'g');
  const { axis: given = 0 } = options;
  const axis = given === null ? null : checkAxis('weightNorm', given, v.rank);
  const wanted = lengthShape(v.shape, axis);
  if (showShape(g.shape) !== showShape(wanted)) fail('shape', `weightNorm: \`g\` must be ${showShape(wanted)}, received ${showShape(g.shape)}.`);
  return ops.mul(v, ops.div(g, lengths(v, axis)));
}

const lengthShape = (shape: Shape, axis: number | null): Shape => (axis === null ? [] : shape.map((n, i) => (i === axis ? n : 1)));

/**
 * From now on the layers that hold these weights see g v / |v|, and g and v are learned in their place; see `weightNorm`. g begins
 * as |v|, so the model computes what it did. `nn.removeParametrizations` makes them ordinary weights again.
 *
 * @param path - Path or glob of parameters: `layers.*.weight`.
 * @throws option: nothing matches, a weight that is parametrized already, an axis it does not have, an unknown option.
 * @see Salimans and Kingma, "Weight normalization", arXiv:1602.07868.
 * @example
 * ```ts
 * import { nn, random, ready } from '@parsimony/core';
 * import { applyWeightNorm } from '@parsimony/norms';
 * await ready();
 * const model = applyWeightNorm(new nn.Sequential(new nn.Linear(4, 2)), '**.weight').init(random.key(0));
 * Object.keys(model.stateDict()); // => ['0.bias', '0.weight_g', '0.weight_v']
 * ```
 */
export function applyWeightNorm<M extends nn.Module<never, unknown>>(model: M, path: string, options: WeightNormOptions = {}): M {
  checkOptions('applyWeightNorm', options, ['axis', 'names']);
  const { names = 'hook', axis: given = 0 } = options;
  checkChoice('applyWeightNorm', 'names', names, ['hook', 'parametrization']);
  for (const { path: at, name, shape } of findWeights('applyWeightNorm', model, path)) {
    const axis = given === null ? null : checkAxis('applyWeightNorm', given, shape.length);
    const [g, v] = names === 'hook' ? [`${name}_g`, `${name}_v`] : [`parametrizations.${name}.original0`, `parametrizations.${name}.original1`];
    nn.parametrize(model, at, (raw, _, own) => weightNorm(raw, own(g), { axis }), {
      rawName: v, parameters: { [g]: lengthShape(shape, axis) }, initial: (raw) => ({ [g]: lengths(raw, axis) }),
    });
  }
  return model;
}
