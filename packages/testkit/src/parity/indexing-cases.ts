/** Cases of gathers and scatters: repeated indices, first and last ones, nothing to index. */
import type { HostTensor } from '../run-kernel';
import { any, casesOf, EXACT, float, int, type KernelCase, SUMMED, types, values } from './case';

/** [outer, n, inner] and how many are taken. */
const shapes = [[1, 7, 1, 3], [3, 5, 4, 9], [2, 1, 3, 2], [4, 6, 1, 1200], [1, 1500, 7, 40], [2, 4, 3, 0], [0, 4, 3, 2]] as const;

export function indexingCases(): KernelCase[] {
  const [indexSelect, gather, scatter] = [casesOf('indexSelect', EXACT), casesOf('gather', EXACT), casesOf('scatter', EXACT)];
  const [indexAdd, scatterAdd] = [casesOf('indexAdd', SUMMED), casesOf('scatterAdd', SUMMED)];
  const index = (shape: readonly number[], n: number): HostTensor => int(shape, { seed: 5, low: 0, high: n });
  const cases = shapes.flatMap(([outer, n, inner, k]) => {
    const label = `[${outer}, ${n}, ${inner}], ${k} indices`;
    const [large, small] = [[outer, n, inner], [outer, k, inner]];
    return [
      indexSelect(label, [float(large), index([k], n)], [small]),
      indexAdd(label, [float(small), index([k], n)], [large]),
      gather(label, [float(large), index(small, n)], [small]),
      scatterAdd(label, [float(small), index(small, n)], [large]),
      scatter(label, [float(large), index(small, n), float(small, { seed: 3 })], [large]),
    ];
  });
  const copies = types.filter((dtype) => dtype !== 'float32').flatMap((dtype) => [
    indexSelect(dtype, [any(dtype, [2, 5, 3]), index([4], 5)], [{ shape: [2, 4, 3], dtype }]),
    gather(dtype, [any(dtype, [2, 5, 3]), index([2, 4, 3], 5)], [{ shape: [2, 4, 3], dtype }]),
    scatter(dtype, [any(dtype, [2, 5, 3]), index([2, 4, 3], 5), any(dtype, [2, 4, 3], 2)], [{ shape: [2, 5, 3], dtype }]),
  ]);
  const same = values(Array(6).fill(2), [1, 6, 1], 'int32');
  return [
    ...cases, ...copies,
    scatter('the last of equal indices wins', [float([1, 4, 1]), same, float([1, 6, 1], { seed: 2 })], [[1, 4, 1]]),
    scatterAdd('equal indices add up', [float([1, 6, 1]), same], [[1, 4, 1]]),
    indexAdd('equal indices add up', [float([2, 3, 2]), values([1, 1, 1], [3], 'int32')], [[2, 2, 2]]),
  ];
}
