/** Gradient checks of pooling. Inputs of maxima lie far apart, so that no difference crosses a tie. */
import { ops } from '../../index';
import { apart, draw, type GradientCase, gradientCase } from './case';

const options = { stride: 2, padding: 1, ceilMode: true } as const;

export const poolCases: readonly GradientCase[] = [
  gradientCase('maxPool1d', { x: apart(2, 2, 5) }, ({ x }) => ops.maxPool1d(x, 2)),
  gradientCase('maxPool2d', { x: apart(1, 2, 4, 5) }, ({ x }) => ops.maxPool2d(x, [2, 3], options)),
  gradientCase('maxPool2d: dilation', { x: apart(1, 1, 5, 5) }, ({ x }) => ops.maxPool2d(x, 2, { stride: 1, dilation: 2 })),
  gradientCase('maxPool3d', { x: apart(1, 1, 3, 4, 2) }, ({ x }) => ops.maxPool3d(x, 2)),
  // Second derivatives of a maximum alone are 0; of that of an exponential they are not.
  gradientCase('maxPool2d of an exponential', { x: apart(1, 1, 4, 4) }, ({ x }) => ops.maxPool2d(ops.exp(x), 2)),
  gradientCase('avgPool1d', { x: draw(2, 2, 5) }, ({ x }) => ops.square(ops.avgPool1d(x, 2))),
  gradientCase('avgPool2d', { x: draw(1, 2, 4, 5) }, ({ x }) => ops.square(ops.avgPool2d(x, [2, 3], options))),
  gradientCase('avgPool2d: margin not counted', { x: draw(1, 1, 4, 4) }, ({ x }) => ops.square(ops.avgPool2d(x, 3, { ...options, countIncludePad: false }))),
  gradientCase('avgPool2d: divisor', { x: draw(1, 1, 4, 4) }, ({ x }) => ops.square(ops.avgPool2d(x, 2, { divisorOverride: 3 }))),
  gradientCase('avgPool3d', { x: draw(1, 1, 3, 4, 2) }, ({ x }) => ops.square(ops.avgPool3d(x, 2))),
  gradientCase('adaptiveAvgPool1d', { x: draw(1, 2, 5) }, ({ x }) => ops.square(ops.adaptiveAvgPool1d(x, 3))),
  gradientCase('adaptiveAvgPool2d', { x: draw(1, 2, 5, 4) }, ({ x }) => ops.square(ops.adaptiveAvgPool2d(x, [3, null]))),
  gradientCase('adaptiveAvgPool3d', { x: draw(1, 1, 3, 4, 2) }, ({ x }) => ops.square(ops.adaptiveAvgPool3d(x, 2))),
  gradientCase('adaptiveMaxPool1d', { x: apart(1, 2, 5) }, ({ x }) => ops.square(ops.adaptiveMaxPool1d(x, 3))),
  gradientCase('adaptiveMaxPool2d', { x: apart(1, 2, 5, 4) }, ({ x }) => ops.square(ops.adaptiveMaxPool2d(x, [3, 2]))),
  gradientCase('adaptiveMaxPool3d', { x: apart(1, 1, 3, 4, 2) }, ({ x }) => ops.square(ops.adaptiveMaxPool3d(x, 2))),
];
