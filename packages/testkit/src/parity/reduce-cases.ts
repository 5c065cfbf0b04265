/** Cases of reductions and scans along the middle axis. */
import { casesOf, EXACT, float, int, type KernelCase, SUMMED, values } from './case';

const shapes = [[1, 1, 1], [3, 7, 1], [1, 5, 13], [4, 6, 5], [2, 1500, 3], [1, 20011, 1], [1030, 4, 1], [1, 3, 1030], [0, 4, 2], [3, 4, 0]] as const;

export function reduceCases(): KernelCase[] {
  return [...foldCases(), ...argCases(), ...cumsumCases()];
}

function foldCases(): KernelCase[] {
  return (['sum', 'max', 'min', 'prod'] as const).flatMap((op) => {
    const make = casesOf('reduce', op === 'max' || op === 'min' ? EXACT : SUMMED);
    const attrs = { op };
    // Products of numbers near 1 neither vanish nor overflow.
    const [low, high] = op === 'prod' ? [0.98, 1.02] : [-2, 2];
    const finite = shapes.flatMap(([outer, n, inner]) => [
      make(`${op} of float32 [${outer}, ${n}, ${inner}]`, [float([outer, n, inner], { low, high })], [[outer, inner]], { attrs }),
      make(`${op} of int32 [${outer}, ${n}, ${inner}]`, [int([outer, n, inner])], [{ shape: [outer, inner], dtype: 'int32' }], { attrs }),
    ]);
    const special = make(`${op} with NaN and infinities`, [values([1, NaN, 3, Infinity, 2, 5, -Infinity, 0, -1, -1, -1, -1], [4, 3, 1])], [[4, 1]], { attrs, nonFinite: true });
    const columns = make(`${op} down columns with NaN`, [values([1, NaN, 3, 4, 5, 6, NaN, 8, 9, 1], [1, 2, 5])], [[1, 5]], { attrs, nonFinite: true });
    // A product of so many factors has lost its digits on any float32 device.
    const large = (op === 'prod' ? [255, 256, 257, 513] : [255, 256, 257, 511, 512, 513, 65535, 65537, 2 ** 20]).map((n) =>
      make(`${op} of [1, ${n}, 1]`, [float([1, n, 1], { low, high })], [[1, 1]], { attrs }));
    const nothing = op === 'sum' || op === 'prod' ? [make(`${op} of nothing`, [float([3, 0, 2])], [[3, 2]], { attrs })] : [];
    return [...finite, ...large, ...nothing, special, columns];
  });
}

function argCases(): KernelCase[] {
  const make = casesOf('argReduce', EXACT);
  return (['max', 'min'] as const).flatMap((op) => {
    const attrs = { op };
    const index = (outer: number, inner: number) => [{ shape: [outer, inner], dtype: 'int32' as const }];
    return [
      ...shapes.flatMap(([outer, n, inner]) => [
        make(`${op} of float32 [${outer}, ${n}, ${inner}]`, [float([outer, n, inner])], index(outer, inner), { attrs }),
        make(`${op} of int32 [${outer}, ${n}, ${inner}], with ties`, [int([outer, n, inner], { low: 0, high: 3 })], index(outer, inner), { attrs }),
      ]),
      make(`${op}, NaN counts`, [values([1, NaN, NaN, 9, Infinity, 2, -Infinity, -Infinity, 3, 3, 3, 3], [4, 3, 1])], index(4, 1), { attrs, nonFinite: true }),
    ];
  });
}

function cumsumCases(): KernelCase[] {
  const make = casesOf('cumsum', SUMMED);
  return [false, true].flatMap((reverse) => shapes.flatMap(([outer, n, inner]) => [
    make(`float32 [${outer}, ${n}, ${inner}], reverse ${reverse}`, [float([outer, n, inner], { low: -1, high: 2 })], [[outer, n, inner]], { attrs: { reverse } }),
    make(`int32 [${outer}, ${n}, ${inner}], reverse ${reverse}`, [int([outer, n, inner])], [{ shape: [outer, n, inner], dtype: 'int32' }], { attrs: { reverse } }),
  ]));
}
