/** Gradient checks of convolutions. */
import { ops } from '../../index';
import { draw, type GradientCase, gradientCase } from './case';

const { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d } = ops;

export const convCases: readonly GradientCase[] = [
  gradientCase('conv1d', { x: draw(2, 2, 5), w: draw(3, 2, 2), b: draw(3) }, ({ x, w, b }) => conv1d(x, w, b, { stride: 2, padding: 1 })),
  gradientCase('conv2d', { x: draw(2, 2, 4, 3), w: draw(3, 2, 2, 2), b: draw(3) }, ({ x, w, b }) => conv2d(x, w, b)),
  gradientCase('conv2d: stride, padding, dilation by axis', { x: draw(1, 2, 5, 6), w: draw(2, 2, 2, 2) }, ({ x, w }) => conv2d(x, w, null, { stride: [2, 1], padding: [1, 0], dilation: [1, 2] })),
  gradientCase('conv2d: groups', { x: draw(1, 4, 3, 3), w: draw(2, 2, 2, 2) }, ({ x, w }) => conv2d(x, w, null, { groups: 2 })),
  gradientCase("conv2d: 'same' with an even kernel", { x: draw(1, 1, 3, 4), w: draw(2, 1, 2, 3) }, ({ x, w }) => conv2d(x, w, null, { padding: 'same' })),
  gradientCase('conv3d', { x: draw(1, 2, 3, 3, 2), w: draw(2, 1, 2, 2, 2), b: draw(2) }, ({ x, w, b }) => conv3d(x, w, b, { groups: 2, padding: [1, 0, 1] })),
  gradientCase('convTranspose1d', { x: draw(1, 2, 3), w: draw(2, 2, 3), b: draw(2) }, ({ x, w, b }) => convTranspose1d(x, w, b, { stride: 2, padding: 1, outputPadding: 1 })),
  gradientCase('convTranspose2d', { x: draw(1, 2, 2, 3), w: draw(2, 1, 2, 2), b: draw(2) }, ({ x, w, b }) => convTranspose2d(x, w, b, { stride: [1, 2], groups: 2 })),
  gradientCase('convTranspose2d: dilation beyond the stride', { x: draw(1, 1, 2, 2), w: draw(1, 1, 2, 2) }, ({ x, w }) => convTranspose2d(x, w, null, { dilation: 3, outputPadding: 2 })),
  gradientCase('convTranspose3d', { x: draw(1, 1, 2, 1, 2), w: draw(1, 2, 2, 2, 1) }, ({ x, w }) => convTranspose3d(x, w, null, { stride: [1, 2, 1] })),
];
