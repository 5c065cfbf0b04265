/** Weights kept orthogonal: a free matrix is mapped to one with orthonormal rows or columns. */
import { checkBoolean, checkChoice, checkOptions, eye, fail, nn, noGrad, ops, random, type Shape, showShape, type Tensor, tensor } from '@parsimony/core';
import { expSkew } from './matrix-exponential';
import { diagonalOf, invertUpper, orthonormalize } from './triangular';
import { checkInput } from './per-channel';
import { findWeights } from './weights';

export type OrthogonalMap = 'householder' | 'matrixExp';

export interface OrthogonalCall {
  /** Default: 'matrixExp' for square matrices, 'householder' for others, as in PyTorch. */
  readonly map?: OrthogonalMap;
  /** Orthogonal [n, n] with n the greater size, which the result is turned by. Default: none. */
  readonly base?: Tensor;
}

export interface OrthogonalOptions {
  /** Default: 'matrixExp' for square matrices, 'householder' for others, as in PyTorch. */
  readonly map?: OrthogonalMap;
  /**
   * Start from the weight with its columns (or rows) made orthonormal, which is kept as a buffer, and learn the way from there
   * (dynamic trivialization). False: the free matrix is the weight as it was drawn. Default true.
   */
  readonly trivialization?: boolean;
}

const defaultMap = (shape: Shape): OrthogonalMap => (shape[0] === shape[1] ? 'matrixExp' : 'householder');

/**
 * The product of the reflections 1 - 2 v v^T / |v|^2 of the columns v of x below the diagonal, with 1 on it. The product of k is
 * 1 - V T V^T, where T is the inverse of the triangle above the diagonal of V^T V, with halves of its diagonal (V of unit columns).
 */
function householder(x: Tensor): Tensor {
  const [rows = 0, columns = 0] = x.shape;
  const first = (n: number): Tensor => (rows === n ? eye(n) : ops.slice(eye(rows), [{}, { end: n }]));
  const reflectors = ops.add(ops.tril(x, { diagonal: -1 }), first(columns));
  const v = ops.div(reflectors, ops.norm(reflectors, { axis: 0, keepdim: true }));
  const gram = ops.matmul(v, v, { transposeA: true });
  const t = invertUpper(ops.add(ops.triu(gram, { diagonal: 1 }), ops.mul(eye(columns), 0.5)));
  const top = ops.slice(v, [{ end: columns }]);
  const product = ops.sub(first(columns), ops.matmul(v, ops.matmul(t, top, { transposeB: true })));
  // Signs of the columns; a decayed or averaged diagonal keeps its own.
  return ops.mul(product, noGrad(() => ops.sub(ops.mul(ops.cast(ops.greaterEqual(diagonalOf(x), 0), 'float32'), 2), 1)));
}

/** exp(X - X^T) of the triangle of x, filled up to a square; its first columns. */
function exponential(x: Tensor): Tensor {
  const [rows = 0, columns = 0] = x.shape;
  const lower = ops.tril(x);
  const square = rows === columns ? lower : ops.pad(lower, [[0, rows - columns]]);
  const q = expSkew(ops.sub(square, ops.transpose(square)));
  return rows === columns ? q : ops.slice(q, [{}, { end: columns }]);
}

/**
 * A matrix with orthonormal columns (rows, where it is wide) from a free one: by reflections (householder), or by the exponential of
 * a skew-symmetric matrix (matrixExp), and then turned by `base`. Differentiable.
 *
 * Householder is cheaper (log2 k rounds of products of [k, k]) and orthogonal to the rounding however far the free matrix goes;
 * matrixExp (12 products of [n, n]) moves evenly in all directions, but stays among the rotations of its base. PyTorch's third map,
 * Cayley's, needs a linear solver, which core does not have.
 *
 * @param x - [out, in], float32.
 * @returns [out, in].
 * @throws shape: x is no matrix, or `base` no square one of the greater size. option: an unknown map.
 * @see Lezcano-Casado, "Trivializations for gradient-based optimization on manifolds", arXiv:1909.09501; Mhammedi et al.,
 * arXiv:1612.00188, for reflections; PyTorch's `parametrizations.orthogonal`.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * import { orthogonal } from '@parsimony/norms';
 * await ready();
 * const q = orthogonal(tensor([[-1, 0], [3, -1], [2, 5]]));
 * await ops.matmul(q, q, { transposeA: true }).array(); // => [[1, 0], [0, 1]]
 * ```
 */
export function orthogonal(x: Tensor, options: OrthogonalCall = {}): Tensor {
  checkOptions('orthogonal', options, ['map', 'base']);
  checkInput('orthogonal', x);
  if (x.rank !== 2 || x.size === 0) fail('shape', `orthogonal: \`x\` must be a matrix, received ${showShape(x.shape)}. Kernels of convolutions have no one meaning here: reshape them first.`);
  const { map = defaultMap(x.shape), base } = options;
  checkChoice('orthogonal', 'map', map, ['householder', 'matrixExp']);
  const [rows = 0, columns = 0] = x.shape;
  const wide = rows < columns;
  const n = Math.max(rows, columns);
  if (base !== undefined) checkInput('orthogonal', base, 'base');
  if (base && (base.rank !== 2 || base.shape.some((size) => size !== n))) fail('shape', `orthogonal: \`base\` must be [${n}, ${n}], received ${showShape(base.shape)}.`);
  const free = wide ? ops.transpose(x) : x;
  const q = map === 'householder' ? householder(free) : exponential(free);
  const turned = base ? ops.matmul(base, q) : q;
  return wide ? ops.transpose(turned) : turned;
}

/**
 * From now on the layers that hold these matrices see them orthogonal; see `orthogonal`. The free matrix is what is learned. With
 * `trivialization` the model begins at the weight's own orthonormal factor.
 *
 * @param path - Path or glob of parameters of two axes and full rank: `layers.*.weight`.
 * @throws option: nothing matches, a weight that is parametrized already, an unknown option. shape: a weight that is no matrix.
 * @see Lezcano-Casado, "Trivializations for gradient-based optimization on manifolds", arXiv:1909.09501.
 * @example
 * ```ts
 * import { nn, random, ready } from '@parsimony/core';
 * import { applyOrthogonal } from '@parsimony/norms';
 * await ready();
 * const model = applyOrthogonal(new nn.Linear(4, 2), 'weight').init(random.key(0));
 * Object.keys(model.stateDict()); // => ['bias', 'parametrizations.weight.original', 'parametrizations.weight.0.base']
 * ```
 */
export function applyOrthogonal<M extends nn.Module<never, unknown>>(model: M, path: string, options: OrthogonalOptions = {}): M {
  checkOptions('applyOrthogonal', options, ['map', 'trivialization']);
  const { trivialization = true } = options;
  checkBoolean('applyOrthogonal', 'trivialization', trivialization);
  for (const { path: at, name, shape } of findWeights('applyOrthogonal', model, path)) {
    if (shape.length !== 2) fail('shape', `applyOrthogonal: \`${at}\` must be a matrix, received ${showShape(shape)}.`);
    const { map = defaultMap(shape) } = options;
    checkChoice('applyOrthogonal', 'map', map, ['householder', 'matrixExp']);
    const [rawName, baseName] = [`parametrizations.${name}.original`, `parametrizations.${name}.0.base`];
    const [rows = 0, columns = 0] = shape;
    const [n, k] = [Math.max(rows, columns), Math.min(rows, columns)];
    if (!trivialization) {
      nn.parametrize(model, at, (raw) => orthogonal(raw, { map }), { rawName });
      continue;
    }
    nn.parametrize(model, at, (raw, _, own) => orthogonal(raw, { map, base: own(baseName) }), {
      rawName,
      buffers: { [baseName]: [n, n] },
      initial: (raw, key) => {
        const tall = rows < columns ? ops.transpose(raw) : raw;
        // The columns that are missing for a square may be any.
        const filled = n === k ? tall : ops.concat([tall, tensor(random.normal(random.foldIn(key, 'base'), n * (n - k)), [n, n - k])], 1);
        const start = ops.neg(ops.slice(eye(n), [{ end: rows }, { end: columns }]));
        return { [baseName]: orthonormalize(filled), [rawName]: start };
      },
    });
  }
  return model;
}
