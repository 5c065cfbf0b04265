/** Cases of convolution and its adjoints: each geometry serves all three. */
import { casesOf, float, type KernelCase, SUMMED } from './case';

type Triple = readonly [number, number, number];

interface Geometry {
  readonly label: string;
  readonly batch: number;
  /** Channels in and out. */
  readonly channels: readonly [number, number];
  readonly size: Triple;
  readonly kernel: Triple;
  readonly stride?: Triple;
  readonly padding?: Triple;
  readonly dilation?: Triple;
  readonly groups?: number;
}

const geometries: readonly Geometry[] = [
  { label: 'one pixel', batch: 1, channels: [1, 1], size: [1, 1, 1], kernel: [1, 1, 1] },
  { label: '1d', batch: 3, channels: [4, 5], size: [1, 1, 17], kernel: [1, 1, 3] },
  { label: '1d, stride, padding, dilation', batch: 2, channels: [3, 4], size: [1, 1, 20], kernel: [1, 1, 4], stride: [1, 1, 3], padding: [0, 0, 2], dilation: [1, 1, 2] },
  { label: '2d, 3x3', batch: 2, channels: [3, 8], size: [1, 9, 11], kernel: [1, 3, 3], padding: [0, 1, 1] },
  { label: '2d, 1x1', batch: 2, channels: [7, 5], size: [1, 6, 5], kernel: [1, 1, 1] },
  { label: '2d, 5x5, stride 2', batch: 2, channels: [1, 6], size: [1, 13, 14], kernel: [1, 5, 5], stride: [1, 2, 2], padding: [0, 2, 2] },
  { label: '2d, sizes that leave a rest', batch: 1, channels: [2, 3], size: [1, 10, 8], kernel: [1, 3, 2], stride: [1, 4, 3], padding: [0, 0, 1] },
  { label: '2d, uneven dilation', batch: 2, channels: [2, 4], size: [1, 9, 12], kernel: [1, 2, 3], dilation: [1, 3, 2], padding: [0, 2, 1] },
  { label: '2d, 2 groups', batch: 2, channels: [4, 6], size: [1, 7, 7], kernel: [1, 3, 3], padding: [0, 1, 1], groups: 2 },
  { label: '2d, depthwise', batch: 2, channels: [6, 6], size: [1, 8, 8], kernel: [1, 3, 3], padding: [0, 1, 1], groups: 6 },
  { label: '2d, depthwise, two outputs a channel', batch: 1, channels: [3, 6], size: [1, 6, 6], kernel: [1, 3, 3], stride: [1, 2, 2], groups: 3 },
  { label: '2d, sums past a thousand', batch: 1, channels: [120, 4], size: [1, 5, 5], kernel: [1, 3, 3], padding: [0, 1, 1] },
  { label: '2d, 16 to 32 channels', batch: 4, channels: [16, 32], size: [1, 14, 14], kernel: [1, 3, 3], padding: [0, 1, 1] },
  { label: '2d, padding beyond the kernel', batch: 1, channels: [1, 2], size: [1, 3, 3], kernel: [1, 2, 2], padding: [0, 3, 3] },
  { label: '3d', batch: 2, channels: [2, 3], size: [5, 6, 4], kernel: [3, 2, 3], stride: [2, 1, 1], padding: [1, 0, 1] },
  { label: '3d, groups and dilation', batch: 1, channels: [4, 4], size: [5, 5, 6], kernel: [2, 2, 2], dilation: [2, 1, 3], groups: 2 },
  { label: '1d, 120 outputs', batch: 1, channels: [3, 120], size: [1, 1, 14], kernel: [1, 1, 9], padding: [0, 0, 4] },
  { label: '1d, a batch past a thousand', batch: 1030, channels: [1, 2], size: [1, 1, 3], kernel: [1, 1, 2] },
  { label: '2d, 2 groups past a tile, stride 2', batch: 3, channels: [20, 36], size: [1, 9, 16], kernel: [1, 3, 3], stride: [1, 2, 2], padding: [0, 1, 1], groups: 2 },
  { label: '3d, dilation, channels past a tile', batch: 2, channels: [9, 17], size: [4, 5, 8], kernel: [2, 3, 2], stride: [1, 2, 1], padding: [1, 2, 1], dilation: [2, 1, 2] },
  { label: 'no samples', batch: 0, channels: [2, 3], size: [1, 5, 5], kernel: [1, 3, 3] },
];

export function convCases(): KernelCase[] {
  const [conv, inputGrad, weightGrad] = [casesOf('conv', SUMMED), casesOf('convInputGrad', SUMMED), casesOf('convWeightGrad', SUMMED)];
  return geometries.flatMap(({ label, batch, channels: [C, O], size, kernel, stride = [1, 1, 1], padding = [0, 0, 0], dilation = [1, 1, 1], groups = 1 }) => {
    const out = size.map((n, axis) => Math.floor((n + 2 * padding[axis]! - dilation[axis]! * (kernel[axis]! - 1) - 1) / stride[axis]!) + 1);
    const [x, weight, y] = [[batch, C, ...size], [O, C / groups, ...kernel], [batch, O, ...out]];
    const attrs = { stride, padding, dilation, groups };
    return [
      conv(label, [float(x), float(weight, { seed: 2 })], [y], { attrs }),
      inputGrad(label, [float(y), float(weight, { seed: 2 })], [x], { attrs }),
      weightGrad(label, [float(x), float(y, { seed: 2 })], [weight], { attrs }),
    ];
  });
}
