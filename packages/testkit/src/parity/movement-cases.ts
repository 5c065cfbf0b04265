/** Cases of the kernels that move elements: exact, for every type where the table says "any type". */
import { any, casesOf, EXACT, float, type KernelCase, SUMMED, types, values } from './case';

export function movementCases(): KernelCase[] {
  const [fill, strided, concat, pad] = [casesOf('fill', EXACT), casesOf('strided', EXACT), casesOf('concat', EXACT), casesOf('pad', EXACT)];
  const stridedAdd = casesOf('stridedAdd', SUMMED);
  return [
    fill('float32', [], [[7]], { scalars: [0.1] }),
    fill('nothing', [], [[0]], { scalars: [1] }),
    fill('a scalar', [], [[]], { scalars: [-2] }),
    fill('int32', [], [{ shape: [1030], dtype: 'int32' }], { scalars: [-7] }),
    fill('bool', [], [{ shape: [3], dtype: 'bool' }], { scalars: [1] }),
    fill('infinity', [], [[5]], { scalars: [-Infinity], nonFinite: true }),
    ...types.flatMap((dtype) => [
      strided(`${dtype} transposed`, [any(dtype, [37, 53])], [{ shape: [53, 37], dtype }], { attrs: { strides: [1, 53], offset: 0 } }),
      concat(`${dtype} along axis 1`, [any(dtype, [3, 2, 5]), any(dtype, [3, 1, 5], 2), any(dtype, [3, 0, 5], 3), any(dtype, [3, 4, 5], 4)], [{ shape: [3, 7, 5], dtype }], { attrs: { axis: 1 } }),
      pad(`${dtype} on both sides`, [any(dtype, [3, 5])], [{ shape: [6, 9], dtype }], { attrs: { before: [1, 3] }, scalars: [1] }),
    ]),
    strided('permuted, rank 4', [float([2, 3, 4, 5])], [[5, 3, 2, 4]], { attrs: { strides: [1, 20, 60, 5], offset: 0 } }),
    strided('permuted, rank 6', [float([2, 3, 2, 2, 3, 2])], [[2, 3, 2, 2, 2, 3]], { attrs: { strides: [1, 2, 6, 12, 72, 24], offset: 0 } }),
    strided('rank 6, broadcast, steps both ways', [float([4, 3, 5])], [[2, 2, 3, 2, 2, 3]], { attrs: { strides: [15, 0, -5, 0, 2, -1], offset: 27 } }),
    strided('rank 6, every other axis of 1', [float([3, 1, 4, 1, 2, 1])], [[1, 4, 1, 2, 1, 3]], { attrs: { strides: [8, 2, 2, 1, 1, 8], offset: 0 } }),
    strided('a step of 2, rows reversed', [float([6, 7])], [[6, 4]], { attrs: { strides: [-7, 2], offset: 35 } }),
    strided('broadcast', [float([4, 1])], [[3, 4, 5]], { attrs: { strides: [0, 1, 0], offset: 0 } }),
    strided('one element of many', [float([9])], [[]], { attrs: { strides: [], offset: 8 } }),
    strided('nothing', [float([4])], [[2, 0]], { attrs: { strides: [1, 1], offset: 0 } }),
    strided('past a thousand', [float([1031])], [[1031]], { attrs: { strides: [-1], offset: 1030 } }),
    strided('NaN and infinities', [values([NaN, Infinity, -Infinity, 1])], [[4]], { attrs: { strides: [-1], offset: 3 }, nonFinite: true }),
    stridedAdd('a transpose', [float([37, 53])], [[53, 37]], { attrs: { strides: [1, 37], offset: 0 } }),
    stridedAdd('a broadcast, 1500 to one', [float([1500, 3])], [[3]], { attrs: { strides: [0, 1], offset: 0 } }),
    stridedAdd('all to one', [float([1200])], [[]], { attrs: { strides: [0], offset: 0 } }),
    stridedAdd('a slice, the rest 0', [float([2, 3])], [[4, 6]], { attrs: { strides: [-6, 2], offset: 19 } }),
    stridedAdd('overlapping windows', [float([5, 3])], [[7]], { attrs: { strides: [1, 1], offset: 0 } }),
    stridedAdd('rank 6, broadcast, steps both ways', [float([2, 2, 3, 2, 2, 3])], [[4, 3, 5]], { attrs: { strides: [15, 0, -5, 0, 2, -1], offset: 27 } }),
    stridedAdd('windows of two axes that overlap', [float([6, 5, 3, 3])], [[8, 7]], { attrs: { strides: [7, 1, 7, 1], offset: 0 } }),
    stridedAdd('nothing', [float([0, 3])], [[3]], { attrs: { strides: [1, 1], offset: 0 } }),
    concat('one input', [float([5])], [[5]], { attrs: { axis: 0 } }),
    concat('the last axis', [float([40, 3]), float([40, 30], { seed: 2 })], [[40, 33]], { attrs: { axis: 1 } }),
    concat('nothing', [float([0, 2]), float([0, 2])], [[0, 2]], { attrs: { axis: 0 } }),
    concat('nine inputs', Array.from({ length: 9 }, (_, i) => float([i + 1], { seed: i + 1 })), [[45]], { attrs: { axis: 0 } }),
    concat('forty inputs along axis 1', Array.from({ length: 40 }, (_, i) => float([3, 1 + (i % 3)], { seed: i + 1 })), [[3, 79]], { attrs: { axis: 1 } }),
    pad('rank 6', [float([2, 1, 3, 1, 2, 2])], [[2, 2, 4, 1, 3, 4]], { attrs: { before: [0, 1, 1, 0, 0, 2] }, scalars: [7] }),
    pad('rank 4', [float([2, 3, 4, 5])], [[2, 3, 6, 8]], { attrs: { before: [0, 0, 1, 2] }, scalars: [-0.5] }),
    pad('rank 1, behind only', [float([1001])], [[1003]], { attrs: { before: [0] }, scalars: [0] }),
    pad('of nothing', [float([0, 2])], [[3, 2]], { attrs: { before: [1, 0] }, scalars: [4] }),
  ];
}
