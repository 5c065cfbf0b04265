/** Cases of matrix products: every transposition, sizes around the edges of tiles and panels, broadcast batches. */
import { casesOf, float, type KernelCase, SUMMED, values } from './case';

/** [M, N, K]; 257 and 300 pass the panels of 256, 1100 a loop of a thousand. */
const sizes = [[1, 1, 1], [4, 8, 4], [3, 5, 7], [5, 9, 257], [33, 17, 300], [130, 70, 64], [1, 100, 50], [100, 1, 50], [2, 3, 1100], [64, 64, 64], [4, 5, 0], [0, 5, 3], [5, 0, 3]] as const;

export function matmulCases(): KernelCase[] {
  const matmul = casesOf('matmul', SUMMED);
  const linear = casesOf('linear', SUMMED);
  const plain = { transposeA: false, transposeB: false };
  const transposed = [false, true].flatMap((transposeA) => [false, true].flatMap((transposeB) => sizes.map(([M, N, K]) =>
    matmul(`${M} x ${K}${transposeA ? ' transposed' : ''} by ${K} x ${N}${transposeB ? ' transposed' : ''}`,
      [float(transposeA ? [K, M] : [M, K]), float(transposeB ? [N, K] : [K, N], { seed: 2 })], [[M, N]], { attrs: { transposeA, transposeB } }))));
  return [
    ...transposed,
    matmul('batches', [float([6, 5, 7]), float([6, 7, 9], { seed: 2 })], [[6, 5, 9]], { attrs: plain }),
    matmul('batches on two axes, broadcast each way', [float([2, 1, 5, 7]), float([3, 7, 4], { seed: 2 })], [[2, 3, 5, 4]], { attrs: plain }),
    matmul('one matrix for a batch', [float([5, 7]), float([4, 9, 7], { seed: 2 })], [[4, 5, 9]], { attrs: { transposeA: false, transposeB: true } }),
    matmul('a batch against one matrix, transposed', [float([4, 7, 5]), float([7, 9], { seed: 2 })], [[4, 5, 9]], { attrs: { transposeA: true, transposeB: false } }),
    matmul('no batches', [float([0, 5, 7]), float([0, 7, 9])], [[0, 5, 9]], { attrs: plain }),
    matmul('NaN and infinity', [values([NaN, 1, 0, Infinity], [2, 2]), values([1, 0, 2, 3], [2, 2])], [[2, 2]], { attrs: plain, nonFinite: true }),
    ...sizes.flatMap(([M, N, K]) => [
      linear(`${M} x ${K} by ${N}, with bias`, [float([M, K]), float([N, K], { seed: 2 }), float([N], { seed: 3 })], [[M, N]]),
      linear(`${M} x ${K} by ${N}`, [float([M, K]), float([N, K], { seed: 2 })], [[M, N]]),
    ]),
  ];
}
