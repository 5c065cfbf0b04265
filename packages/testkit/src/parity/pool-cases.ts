/** Cases of pooling. */
import { casesOf, EXACT, float, type KernelCase, ROUNDED, SUMMED, values } from './case';

type Triple = readonly [number, number, number];
interface Geometry { readonly label: string; readonly x: readonly number[]; readonly kernel: Triple; readonly stride: Triple; readonly padding: Triple; readonly dilation?: Triple; readonly ceil?: boolean }

const geometries: readonly Geometry[] = [
  { label: 'one cell', x: [1, 1, 1, 1, 1], kernel: [1, 1, 1], stride: [1, 1, 1], padding: [0, 0, 0] },
  { label: '1d', x: [2, 3, 1, 1, 17], kernel: [1, 1, 3], stride: [1, 1, 2], padding: [0, 0, 1] },
  { label: '2d, 2x2', x: [3, 4, 1, 8, 6], kernel: [1, 2, 2], stride: [1, 2, 2], padding: [0, 0, 0] },
  { label: '2d, overlapping, padded', x: [2, 3, 1, 9, 7], kernel: [1, 3, 2], stride: [1, 2, 1], padding: [0, 1, 1] },
  { label: '2d, a rest, rounded up', x: [1, 2, 1, 8, 7], kernel: [1, 3, 3], stride: [1, 3, 2], padding: [0, 1, 0], ceil: true },
  { label: '2d, dilated', x: [1, 2, 1, 10, 9], kernel: [1, 3, 2], stride: [1, 1, 2], padding: [0, 1, 1], dilation: [1, 2, 3] },
  { label: '3d', x: [2, 2, 5, 6, 4], kernel: [2, 3, 2], stride: [2, 1, 2], padding: [1, 1, 0] },
  { label: '2d, windows past a thousand', x: [1, 3, 1, 40, 35], kernel: [1, 40, 35], stride: [1, 1, 1], padding: [0, 0, 0] },
  { label: 'no samples', x: [0, 2, 1, 4, 4], kernel: [1, 2, 2], stride: [1, 2, 2], padding: [0, 0, 0] },
];

/** Sizes in and out. */
const adaptive: readonly (readonly [Triple, Triple])[] = [[[1, 1, 1], [1, 1, 1]], [[1, 7, 5], [1, 1, 1]], [[1, 7, 5], [1, 3, 2]], [[1, 4, 6], [1, 2, 3]], [[1, 3, 3], [1, 5, 7]], [[5, 6, 7], [2, 4, 3]], [[1, 40, 30], [1, 1, 1]]];

export function poolCases(): KernelCase[] {
  const maxPool = casesOf('maxPool', EXACT);
  const [adaptiveAvg, adaptiveGrad, adaptiveMax] = [casesOf('adaptiveAvgPool', ROUNDED), casesOf('adaptiveAvgPoolGrad', ROUNDED), casesOf('adaptiveMaxPool', EXACT)];
  const windows = { kernel: [1, 1, 2], stride: [1, 1, 1], padding: [0, 0, 1], dilation: [1, 1, 1] };
  const special = [NaN, 1, NaN, Infinity, 2, -Infinity, -Infinity];
  return [
    ...geometries.flatMap(({ label, x, kernel, stride, padding, dilation = [1, 1, 1], ceil = false }) => {
      const sizeWith = (gap: Triple) => [x[0]!, x[1]!, ...kernel.map((k, axis) => {
        const [n, by, around] = [x[2 + axis]!, stride[axis]!, padding[axis]!];
        const steps = (n + 2 * around - gap[axis]! * (k - 1) - 1) / by;
        // Rounded up, a last window that would begin in the padding behind is left out.
        const up = Math.ceil(steps) * by >= n + around ? Math.ceil(steps) : Math.ceil(steps) + 1;
        return ceil ? up : Math.floor(steps) + 1;
      })];
      const attrs = { kernel, stride, padding, dilation };
      const rtol = kernel[0] * kernel[1] * kernel[2] > 1000 ? SUMMED : ROUNDED;
      const [avgPool, avgPoolGrad] = [casesOf('avgPool', rtol), casesOf('avgPoolGrad', rtol)];
      const pooled = sizeWith(dilation);
      const averaged = sizeWith([1, 1, 1]);
      const averages = [{ countIncludePad: true, divisor: 0 }, { countIncludePad: false, divisor: 0 }, { countIncludePad: true, divisor: 5 }].flatMap((how) => {
        const settings = { kernel, stride, padding, ...how };
        const name = `${label}, countIncludePad ${how.countIncludePad}, divisor ${how.divisor}`;
        return [avgPool(name, [float(x)], [averaged], { attrs: settings }), avgPoolGrad(name, [float(averaged)], [x], { attrs: settings })];
      });
      return [
        maxPool(label, [float(x)], [pooled, { shape: pooled, dtype: 'int32' }], { attrs }),
        maxPool(`${label}, ties`, [values(Array.from(float(x).data, Math.round), x)], [pooled, { shape: pooled, dtype: 'int32' }], { attrs }),
        ...averages,
      ];
    }),
    casesOf('avgPoolGrad', SUMMED)('1d, cells in more than a thousand windows', [float([1, 1, 1, 1, 1030])], [[1, 1, 1, 1, 2059]],
      { attrs: { kernel: [1, 1, 1030], stride: [1, 1, 1], padding: [0, 0, 0], countIncludePad: true, divisor: 0 } }),
    maxPool('NaN and infinities', [values(special, [1, 1, 1, 1, 7])], [[1, 1, 1, 1, 8], { shape: [1, 1, 1, 1, 8], dtype: 'int32' }], { attrs: windows, nonFinite: true }),
    ...adaptive.flatMap(([size, to]) => {
      const label = `[${size.join(', ')}] to [${to.join(', ')}]`;
      const [x, y] = [[2, 3, ...size], [2, 3, ...to]];
      return [
        adaptiveAvg(label, [float(x)], [y]), adaptiveGrad(label, [float(y)], [x]),
        adaptiveMax(label, [float(x)], [y, { shape: y, dtype: 'int32' }]),
      ];
    }),
    adaptiveAvg('no samples', [float([0, 2, 1, 4, 4])], [[0, 2, 1, 2, 2]]), adaptiveGrad('no samples', [float([0, 2, 1, 2, 2])], [[0, 2, 1, 4, 4]]),
    adaptiveMax('no samples', [float([0, 2, 1, 4, 4])], [[0, 2, 1, 2, 2], { shape: [0, 2, 1, 2, 2], dtype: 'int32' }]),
    adaptiveMax('NaN and infinities', [values(special, [1, 1, 1, 1, 7])], [[1, 1, 1, 1, 3], { shape: [1, 1, 1, 1, 3], dtype: 'int32' }], { nonFinite: true }),
  ];
}
