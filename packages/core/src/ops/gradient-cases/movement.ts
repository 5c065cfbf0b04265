/** Gradient checks of ops that move elements. They are linear: squaring what they give makes the second order count. */
import { ops, type Tensor } from '../../index';
import { strided, stridedAdd } from '../strided';
import { draw, type GradientCase, gradientCase } from './case';

const moved = (name: string, shape: readonly number[], op: (x: Tensor) => Tensor | readonly Tensor[]): GradientCase =>
  gradientCase(name, { x: draw(...shape) }, ({ x }) => [op(x)].flat().map((y: Tensor) => ops.square(y)));

export const movementCases: readonly GradientCase[] = [
  moved('reshape', [2, 6], (x) => ops.reshape(x, [3, -1])),
  moved('flatten', [2, 3, 2], (x) => ops.flatten(x, 1)),
  moved('squeeze', [2, 1, 3], (x) => ops.squeeze(x)),
  moved('unsqueeze', [2, 3], (x) => ops.unsqueeze(x, 1)),
  moved('permute', [2, 3, 4], (x) => ops.permute(x, [2, 0, 1])),
  moved('permute: an axis of size 1', [2, 1, 3, 2], (x) => ops.permute(x, [3, 1, 0, 2])),
  moved('permute: only an axis of size 1', [2, 1, 3], (x) => ops.permute(x, [1, 0, 2])),
  moved('transpose', [2, 3, 2], (x) => ops.transpose(x, 0, 1)),
  moved('broadcastTo', [3, 1], (x) => ops.broadcastTo(x, [2, 3, 2])),
  moved('slice: a view', [4, 3], (x) => ops.slice(x, [{ start: 1, end: 3 }])),
  moved('slice: a view inside', [3, 4, 2], (x) => ops.slice(x, [{ start: 1, end: 2 }, { start: 1, end: 3 }])),
  moved('slice: two axes', [4, 5], (x) => ops.slice(x, [{ start: 1, end: 3 }, { start: -3, end: -1 }])),
  moved('slice: steps', [5, 4], (x) => ops.slice(x, [{ start: 1, step: 2 }, { step: 3 }])),
  moved('slice: backwards', [5, 4], (x) => ops.slice(x, [{ step: -2 }, { start: 2, end: 0, step: -1 }])),
  moved('slice: nothing', [3, 2], (x) => [ops.slice(x, [{ start: 2, end: 2 }]), x]),
  moved('split', [2, 6], (x) => ops.split(x, [1, 2, 3], 1)),
  moved('chunk', [5, 2], (x) => ops.chunk(x, 2)),
  moved('flip', [2, 3, 2], (x) => ops.mul(x, ops.flip(x, [0, -1]))),
  moved('roll', [2, 5], (x) => ops.mul(x, ops.roll(x, [2, 1], [1, 0]))),
  moved('tile', [2, 1, 2], (x) => ops.tile(x, [2, 3, 1])),
  moved('triu and tril', [3, 3], (x) => ops.matmul(ops.triu(x), ops.tril(x, { diagonal: -1 }))),
  gradientCase('concat', { a: draw(2, 1), b: draw(2, 3), c: draw(2, 2) }, ({ a, b, c }) => ops.square(ops.concat([a, b, c, b], 1))),
  gradientCase('stack', { a: draw(2, 2), b: draw(2, 2) }, ({ a, b }) => ops.square(ops.stack([a, b, a], -1))),
  moved('pad', [2, 3], (x) => ops.pad(x, [[1, 0], [2, 1]], { value: 0.5 })),
  moved('pad: cropping', [3, 5], (x) => ops.pad(x, [[1, -1], [-2, 2]])),
  moved('pad: reflect', [2, 2, 4], (x) => ops.pad(x, [[1, 1], [3, 2]], { mode: 'reflect' })),
  moved('pad: replicate', [2, 3], (x) => ops.pad(x, [[2, 0], [1, 4]], { mode: 'replicate' })),
  moved('pad: circular', [2, 3], (x) => ops.pad(x, [[1, 2], [3, 1]], { mode: 'circular' })),
  moved('strided', [6], (x) => strided('strided', x, [3, 2], [1, 2], 1)),
  moved('stridedAdd', [3, 2], (x) => stridedAdd(x, [6], [1, 2], 1)),
];
