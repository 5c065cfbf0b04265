/** The exponential of a skew-symmetric matrix, which is a rotation. */
import { eye, noGrad, ops, type Tensor } from '@parsimony/core';

/** Of the Taylor polynomial, of 16 terms: 1/k!. On norms up to 1 the rest is below 5e-14. */
const TERMS = Array.from({ length: 16 }, (_, k) => { let f = 1; for (let i = 2; i <= k; i++) f *= i; return 1 / f; });
/** Norms up to 2^6 are brought below 1. */
const HALVINGS = 6;

/**
 * exp(A) for A = -A^T [n, n], by scaling and squaring: A is halved until its norm is at most 1, six times at most, the Taylor
 * polynomial taken, and the result squared as often. How often depends on A, so every squaring is computed and kept where it was
 * due. Past a norm of 100 or so it loses digits.
 */
export function expSkew(a: Tensor): Tensor {
  // The eigenvalues come in pairs, so the spectral norm is at most the Frobenius norm / sqrt(2).
  const due = noGrad(() => {
    const norm = ops.mul(ops.norm(a), Math.SQRT1_2);
    return Array.from({ length: HALVINGS }, (_, i) => ops.greater(norm, 2 ** i));
  });
  const scaled = due.reduce((x, halve) => ops.where(halve, ops.mul(x, 0.5), x), a);
  return due.reduce((x, square) => ops.where(square, ops.matmul(x, x), x), taylor(scaled));
}

/** By Paterson and Stockmeyer: in powers of A^4, each with a cubic for its coefficient. Six products. */
function taylor(a: Tensor): Tensor {
  const a2 = ops.matmul(a, a);
  const powers = [eye(a.shape[0] ?? 0), a, a2, ops.matmul(a2, a)];
  const a4 = ops.matmul(a2, a2);
  const cubic = (i: number): Tensor => powers.map((power, j) => ops.mul(power, TERMS[4 * i + j] ?? 0)).reduce((x, y) => ops.add(x, y));
  return [2, 1, 0].reduce((sum, i) => ops.add(ops.matmul(sum, a4), cubic(i)), cubic(3));
}
