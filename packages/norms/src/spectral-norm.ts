/** Spectral normalization: weights divided by their largest singular value, which power iteration estimates. */
import { checkChoice, checkNumber, checkOptions, fail, nn, noGrad, ops, random, showShape, type Tensor, tensor } from '@parsimony/core';
import { checkInput } from './per-channel';
import { asMatrix, checkAxis, findWeights, outputAxis, unit } from './weights';

/** Iterations with which the vectors begin, as in PyTorch. */
const FIRST_ITERATIONS = 15;

export interface SpectralVectors {
  /** [size of the axis]: the estimate of the first left singular vector. */
  readonly u: Tensor;
  /** [all the rest]: of the first right one. */
  readonly v: Tensor;
}

export interface SpectralNormCall extends SpectralVectors {
  /** Iterations before the estimate is taken; 0, as in evaluation, takes u and v as they are. Default 1. */
  readonly powerIterations?: number;
  /** The axis of the weight that becomes the rows of the matrix; all others are its columns. Default 0. */
  readonly axis?: number;
  /** Least length that is divided by; above 0. Default 1e-12. */
  readonly eps?: number;
  /** The vector that an iteration renews first: `'u'` as in PyTorch's parametrization, `'v'` as in its older `spectral_norm`. Default `'u'`. */
  readonly first?: 'u' | 'v';
}

export interface SpectralNormOptions {
  /** Iterations at each forward in training, 1 or more. Default 1. */
  readonly powerIterations?: number;
  /** The axis of the weight that becomes the rows of the matrix. Default 0; in transposed convolutions 1. */
  readonly axis?: number;
  /** Least length that is divided by; above 0. Default 1e-12. */
  readonly eps?: number;
  /** State names as PyTorch's `parametrizations.spectral_norm` has them, or its older `spectral_norm` (`weight_orig`, `weight_u`, `weight_v`), whose iterations begin with v. Default 'parametrization'. */
  readonly names?: 'hook' | 'parametrization';
}

export interface SpectralNormOutput extends SpectralVectors {
  /** Of the weight's shape. */
  readonly weight: Tensor;
}

function iterate(matrix: Tensor, { u, v }: SpectralVectors, { times, eps, first = 'u' }: { readonly times: number; readonly eps: number; readonly first?: 'u' | 'v' }): SpectralVectors {
  return noGrad(() => {
    // Unit length already, unless an average of weights has taken their means.
    if (times === 0) return { u: unit(u, eps), v: unit(v, eps) };
    let [left, right] = [u, v];
    for (let i = 0; i < times; i++) {
      if (first === 'v') right = unit(ops.matmul(left, matrix), eps);
      left = unit(ops.matmul(matrix, right), eps);
      if (first === 'u') right = unit(ops.matmul(left, matrix), eps);
    }
    return { u: left, v: right };
  });
}

/**
 * w / sigma with sigma = u^T W v, where each power iteration sets u = W v / |W v| and v = W^T u / |W^T u|. Gradients take u and v as
 * constants.
 *
 * @param weight - [..., size of the axis, ...], float32, of two axes or more.
 * @returns the weight, and u and v after the iterations.
 * @throws option: an axis that the weight does not have, or one out of range. shape: u or v of another size.
 * @see Miyato et al., "Spectral normalization for generative adversarial networks", arXiv:1802.05957; PyTorch's `spectral_norm`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { spectralNorm } from '@parsimony/norms';
 * await ready();
 * const { weight } = spectralNorm(tensor([[4, 0], [0, 2]]), { u: tensor([1, 0]), v: tensor([1, 0]) });
 * await weight.array(); // => [[1, 0], [0, 0.5]]
 * ```
 */
export function spectralNorm(weight: Tensor, options: SpectralNormCall): SpectralNormOutput {
  checkOptions('spectralNorm', options, ['u', 'v', 'powerIterations', 'axis', 'eps', 'first']);
  const { eps = 1e-12, powerIterations = 1, axis = 0, first = 'u' } = options;
  checkChoice('spectralNorm', 'first', first, ['u', 'v']);
  checkNumber('spectralNorm', 'eps', eps, { min: 0, minExclusive: true });
  const times = checkNumber('spectralNorm', 'powerIterations', powerIterations, { min: 0, integer: true });
  checkInput('spectralNorm', weight, 'weight');
  if (weight.rank < 2) fail('shape', `spectralNorm: \`weight\` must have two axes or more, received ${showShape(weight.shape)}.`);
  const { matrix } = asMatrix(weight, checkAxis('spectralNorm', axis, weight.rank));
  for (const [name, size] of [['u', matrix.shape[0]], ['v', matrix.shape[1]]] as const) {
    checkInput('spectralNorm', options[name], name);
    if (options[name].rank !== 1 || options[name].size !== size) fail('shape', `spectralNorm: \`${name}\` must be [${size}], received ${showShape(options[name].shape)}.`);
  }
  const { u, v } = iterate(matrix, options, { times, eps, first });
  const sigma = ops.sum(ops.mul(u, ops.matmul(matrix, v)));
  return { weight: ops.div(weight, sigma), u, v };
}

/**
 * From now on the layers that hold these weights see them divided by their spectral norm; see `spectralNorm`. u and v are buffers:
 * 15 iterations from random vectors at first, `powerIterations` at each forward in training, none in evaluation. The raw
 * weight is what is learned. Weights of one axis are divided by their length.
 *
 * @param path - Path or glob of parameters: `layers.*.weight`.
 * @throws option: nothing matches, a weight that is parametrized already, an axis it does not have, an unknown option.
 * @see Miyato et al., "Spectral normalization for generative adversarial networks", arXiv:1802.05957.
 * @example
 * ```ts
 * import { nn, random, ready } from '@parsimony/core';
 * import { applySpectralNorm } from '@parsimony/norms';
 * await ready();
 * const model = applySpectralNorm(new nn.Sequential(new nn.Linear(4, 2)), '0.weight').init(random.key(0));
 * const names = Object.keys(model.stateDict()); // '0.bias' first
 * names.slice(1); // => ['0.parametrizations.weight.original', '0.parametrizations.weight.0._u', '0.parametrizations.weight.0._v']
 * ```
 */
export function applySpectralNorm<M extends nn.Module<never, unknown>>(model: M, path: string, options: SpectralNormOptions = {}): M {
  checkOptions('applySpectralNorm', options, ['powerIterations', 'axis', 'eps', 'names']);
  const { powerIterations = 1, eps = 1e-12, names = 'parametrization' } = options;
  checkNumber('applySpectralNorm', 'powerIterations', powerIterations, { min: 1, integer: true });
  checkNumber('applySpectralNorm', 'eps', eps, { min: 0, minExclusive: true });
  checkChoice('applySpectralNorm', 'names', names, ['hook', 'parametrization']);
  for (const { path: at, name, module, shape } of findWeights('applySpectralNorm', model, path)) {
    const { axis: given = Math.min(outputAxis(module), shape.length - 1) } = options;
    const axis = checkAxis('applySpectralNorm', given, shape.length);
    const first = names === 'hook' ? 'v' : 'u';
    const parts = `parametrizations.${name}`;
    const [rawName, uName, vName] = names === 'hook' ? [`${name}_orig`, `${name}_u`, `${name}_v`] : [`${parts}.original`, `${parts}.0._u`, `${parts}.0._v`];
    if (shape.length < 2) {
      nn.parametrize(model, at, (raw) => unit(raw, eps), { rawName });
      continue;
    }
    const rows = shape[axis] ?? 1;
    const columns = shape.reduce((a, b) => a * b, 1) / rows;
    nn.parametrize(model, at, (raw, ctx, own) => {
      const training = ctx.mode === 'train';
      const { weight, u, v } = spectralNorm(raw, { u: own(uName), v: own(vName), axis, eps, first, powerIterations: training ? powerIterations : 0 });
      if (training) {
        ctx.writeBuffer(uName, u);
        ctx.writeBuffer(vName, v);
      }
      return weight;
    }, {
      rawName,
      buffers: { [uName]: [rows], [vName]: [columns] },
      initial: (raw, key) => {
        const drawn = { u: tensor(random.normal(random.foldIn(key, 'u'), rows)), v: tensor(random.normal(random.foldIn(key, 'v'), columns)) };
        const { u, v } = iterate(asMatrix(raw, axis).matrix, drawn, { times: FIRST_ITERATIONS, eps, first });
        return { [uName]: u, [vName]: v };
      },
    });
  }
  return model;
}
