/** Orthonormal columns and the inverse of a triangle, as matrix products: what the orthogonal parametrization is made of. */
import { eye, ops, type Tensor } from '@parsimony/core';

/**
 * The factor Q of x = Q R with orthonormal columns and a positive diagonal of R, for x [n, k] with k <= n independent columns: Gram
 * and Schmidt's, by halves. Twice, since cancellation in the first pass costs orthogonality that the second gives back.
 */
export const orthonormalize = (x: Tensor): Tensor => orthonormalizeOnce(orthonormalizeOnce(x));

function orthonormalizeOnce(x: Tensor): Tensor {
  const [, columns = 0] = x.shape;
  if (columns <= 1) return ops.div(x, ops.norm(x));
  const half = columns >> 1;
  const left = orthonormalizeOnce(ops.slice(x, [{}, { end: half }]));
  const right = ops.slice(x, [{}, { start: half }]);
  const rest = ops.sub(right, ops.matmul(left, ops.matmul(left, right, { transposeA: true })));
  return ops.concat([left, orthonormalizeOnce(rest)], 1);
}

/** The diagonal of x [n, k], k <= n: [k]. */
export function diagonalOf(x: Tensor): Tensor {
  const [, columns = 0] = x.shape;
  return ops.sum(ops.mul(ops.slice(x, [{ end: columns }]), eye(columns)), { axis: 0 });
}

/**
 * The inverse of an upper triangular matrix [k, k], by doubling: from the inverses A and C of neighbouring blocks of the diagonal, with
 * B right of the first, that of both together is [[A, -A B C], [0, C]]. log2 k rounds, each of all pairs at once.
 */
export function invertUpper(u: Tensor): Tensor {
  const [size = 0] = u.shape;
  const whole = 2 ** Math.ceil(Math.log2(size));
  // Up to a power of two, with ones on the diagonal, which stay by themselves.
  const square = whole === size ? u : ops.add(enlarge(u, whole), ops.sub(eye(whole), enlarge(eye(size), whole)));
  // With as many elements more as there are rows, steps along the diagonal are steps of rows.
  const flat = ops.pad(ops.reshape(square, [whole * whole]), [[0, whole]]);
  const diagonal = ops.slice(ops.reshape(flat, [whole, whole + 1]), [{}, { end: 1 }]);
  let inverse = ops.reshape(ops.reciprocal(diagonal), [whole, 1, 1]);
  for (let s = 1; s < whole; s *= 2) {
    const pairs = whole / (2 * s);
    const rows = ops.slice(ops.reshape(flat, [pairs, 2 * s * (whole + 1)]), [{}, { start: s, end: s + s * whole }]);
    const b = ops.slice(ops.reshape(rows, [pairs, s, whole]), [{}, {}, { end: s }]);
    const both = ops.reshape(inverse, [pairs, 2, s, s]);
    const [a, c] = [0, 1].map((i) => ops.reshape(ops.slice(both, [{}, { start: i, end: i + 1 }]), [pairs, s, s])) as [Tensor, Tensor];
    const right = ops.neg(ops.matmul(ops.matmul(a, b), c));
    inverse = ops.concat([ops.concat([a, right], 2), ops.pad(c, [[s, 0]])], 1);
  }
  return ops.slice(ops.reshape(inverse, [whole, whole]), [{ end: size }, { end: size }]);
}

const enlarge = (x: Tensor, size: number): Tensor => ops.pad(x, [[0, size - (x.shape[0] ?? 0)], [0, size - (x.shape[1] ?? 0)]]);
