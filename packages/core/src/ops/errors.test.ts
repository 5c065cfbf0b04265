/** Errors of the ops: where, what was expected, what was received, and the likely fix. */
import { useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { memory, ops, ParsimonyError, type Tensor, tensor, zeros } from '../index';

beforeAll(async () => { await useReference(); });

const whole = (...data: number[]): Tensor => tensor(data, { dtype: 'int32' });
const wrong = <T>(value: unknown): T => value as T;

const cases: readonly (readonly [code: string, run: () => unknown, message: string])[] = [
  // elementwise
  ['shape', () => ops.add(zeros([2, 3]), zeros([2, 4])), 'add: shapes [2, 3] and [2, 4] do not broadcast: sizes 3 and 4 differ at axis 1. Reshape one, or insert an axis of size 1.'],
  ['dtype', () => ops.add(1, 2), 'add: `b` must be a tensor, received 2.'],
  ['dtype', () => ops.exp(wrong('x')), 'exp: `x` must be a tensor, received "x".'],
  ['dtype', () => ops.add(tensor([true]), tensor([false])), 'add: two bool tensors have no arithmetic. Use `ops.logicalAnd`, `ops.logicalOr` or `ops.logicalXor`, or convert one with `ops.cast`.'],
  ['dtype', () => ops.neg(tensor([true])), 'neg: `x` must be float32 or int32, received bool. Convert it with `ops.cast`.'],
  ['dtype', () => ops.logicalAnd(tensor([1]), tensor([true])), 'logicalAnd: `a` must be bool, received float32.'],
  ['dtype', () => ops.logicalNot(tensor([1])), 'logicalNot: `x` must be bool, received float32.'],
  ['dtype', () => ops.pow(whole(2), 3), 'pow: a whole number to the power of a whole number is not supported. Convert one with `ops.cast(x, \'float32\')`.'],
  ['dtype', () => ops.where(tensor([1]), 1, 2), 'where: `condition` must be bool, received float32.'],
  ['dtype', () => ops.cast(tensor([1]), wrong('float64')), 'cast: `dtype` must be \'float32\', \'int32\' or \'bool\', received "float64".'],
  ['option', () => ops.clamp(tensor([1]), {}), 'clamp: expected `min`, `max` or both, received neither.'],
  ['option', () => ops.clamp(tensor([1]), { min: NaN }), 'clamp: `min` must be a number, received NaN.'],
  ['option', () => ops.clamp(tensor([1]), wrong({ low: 1 })), 'clamp: unknown option `low`.'],
  ['option', () => ops.gelu(tensor([1]), wrong({ approximate: 'erf' })), 'gelu: `approximate` must be one of \'none\', \'tanh\', received "erf".'],
  ['option', () => ops.hardtanh(tensor([1]), { minVal: 1, maxVal: 1 }), 'hardtanh: `maxVal` must be above `minVal`, received 1 and 1.'],
  ['option', () => ops.leakyRelu(tensor([1]), wrong({ slope: 0.1 })), 'leakyRelu: unknown option `slope`.'],
  ['option', () => ops.softplus(tensor([1]), { beta: 0 }), 'softplus: `beta` must be in (0, inf), received 0.'],
  ['dtype', () => ops.lerp(tensor([1]), whole(1), 0.5), 'lerp: `b` must be float32, received int32.'],
  // reductions
  ['shape', () => ops.sum(zeros([2, 3]), { axis: 2 }), 'sum: axis must be a whole number in [-2, 1] for a tensor of rank 2, received 2.'],
  ['shape', () => ops.sum(zeros([2, 3]), { axis: [0, -2] }), 'sum: axes must be distinct, received [0,-2].'],
  ['option', () => ops.sum(zeros([2]), wrong({ dim: 0 })), 'sum: unknown option `dim`.'],
  ['option', () => ops.sum(zeros([2]), wrong({ keepdims: true })), 'sum: unknown option `keepdims`. Did you mean `keepdim`?'],
  ['dtype', () => ops.mean(whole(1, 2)), 'mean: `x` must be float32, received int32.'],
  ['shape', () => ops.max(zeros([2, 0]), { axis: 1 }), 'max: a reduction over no elements has no value, received shape [2, 0].'],
  ['shape', () => ops.argmin(zeros([0])), 'argmin: there is no extreme of no elements, received shape [0].'],
  ['shape', () => ops.logSumExp(zeros([0])), 'logSumExp: a reduction over no elements has no value'],
  ['option', () => ops.std(zeros([2]), { correction: -1 }), 'std: `correction` must be in [0, inf), received -1.'],
  ['option', () => ops.norm(zeros([2]), { p: 0 }), 'norm: `p` must be in (0, Infinity], received 0.'],
  ['shape', () => ops.cumsum(zeros([]), 0), 'cumsum: axis must be a whole number'],
  // movement
  ['shape', () => ops.reshape(zeros([2, 3]), [4, 2]), 'reshape: shape [4, 2] holds 8 elements, the tensor of shape [2, 3] has 6. Use -1 for the size that should follow.'],
  ['shape', () => ops.reshape(zeros([2, 3]), [4, -1]), 'reshape: the -1 in [4, -1] would have to be 6 / 4: the other sizes do not divide the 6 elements of shape [2, 3].'],
  ['shape', () => ops.reshape(zeros([2, 3]), [-1, -1]), 'reshape: a shape is a list of whole numbers of 0 or more, received [-1].'],
  ['shape', () => ops.permute(zeros([2, 3]), [0, 0]), 'permute: `axes` must name each of the 2 axes once, received [0,0].'],
  ['shape', () => ops.transpose(zeros([3])), 'transpose: axis must be a whole number in [-1, 0] for a tensor of rank 1, received -2.'],
  ['shape', () => ops.broadcastTo(zeros([2, 3]), [2, 4]), 'broadcastTo: a tensor of shape [2, 3] does not broadcast to [2, 4]. Sizes must agree from the last axis on, or be 1.'],
  ['shape', () => ops.flatten(zeros([2, 3, 4]), 2, 1), 'flatten: `startAxis` must not be behind `endAxis`, received 2 and 1 for a tensor of rank 3.'],
  ['shape', () => ops.slice(zeros([2]), [{}, {}]), 'slice: received 2 ranges for a tensor of shape [2], which has 1 axes.'],
  ['option', () => ops.slice(zeros([2]), [{ step: 0 }]), 'slice: `step` must not be 0.'],
  ['option', () => ops.slice(zeros([2]), [wrong({ stop: 1 })]), 'slice: unknown option `stop`.'],
  ['shape', () => ops.split(zeros([5]), [2, 2]), 'split: `sizes` must add up to the 5 elements of axis 0, received [2,2], which is 4.'],
  ['option', () => ops.split(zeros([5]), 0), 'split: `sizes` must be a whole number above 0 or a list of sizes, received 0.'],
  ['option', () => ops.chunk(zeros([5]), 0), 'chunk: `chunks` must be a whole number in [1, inf), received 0.'],
  ['shape', () => ops.concat([]), 'concat: expected a list of at least one tensor, received [].'],
  ['shape', () => ops.concat([zeros([2, 3]), zeros([2, 4])]), 'concat: shapes must agree save along axis 0: tensors[0] has [2, 3], tensors[1] has [2, 4].'],
  ['shape', () => ops.concat([zeros([])]), 'concat: tensors without axes cannot be joined. Use `ops.stack`.'],
  ['shape', () => ops.stack([zeros([2]), zeros([3])]), 'stack: shapes must agree: tensors[0] has [2], tensors[1] has [3].'],
  ['option', () => ops.tile(zeros([2]), [-1]), 'tile: `repeats` must be a list of whole numbers for a tensor of shape [2], received [-1].'],
  ['option', () => ops.roll(zeros([2, 2]), [1], [0, 1]), 'roll: `shifts` must be one whole number for each of `axes`, received [1] and [0,1].'],
  ['shape', () => ops.triu(zeros([3])), 'triu: `x` must be [..., M, N], received shape [3].'],
  ['option', () => ops.pad(zeros([2]), wrong([1, 2])), 'pad: `pads` must be a list of [before, after] in whole numbers, one an axis, received [1,2].'],
  ['shape', () => ops.pad(zeros([2]), [[0, 0], [1, 1]]), 'pad: received 2 pairs for a tensor of shape [2], which has 1 axes.'],
  ['shape', () => ops.pad(zeros([2, 3]), [[3, 0]], { mode: 'reflect' }), 'pad: mode \'reflect\' can add at most 2 to an axis of 3, received [3, 0] for axis 1 of shape [2, 3].'],
  ['option', () => ops.pad(zeros([3]), [[-1, 0]], { mode: 'circular' }), 'pad: mode \'circular\' takes no negative amounts, received [-1, 0]. Crop with `ops.slice`.'],
  ['shape', () => ops.pad(zeros([3]), [[-2, -2]]), 'pad: [-2, -2] crops more than the 3 elements of the axis.'],
  ['option', () => ops.pad(zeros([3]), [[1, 1]], { mode: 'reflect', value: 1 }), 'pad: `value` goes with mode \'constant\' only, received mode \'reflect\'.'],
  // indexing
  ['dtype', () => ops.indexSelect(zeros([3]), 0, tensor([1])), 'indexSelect: `index` must be int32, received float32. Convert it with `ops.cast`.'],
  ['shape', () => ops.indexSelect(zeros([3]), 0, tensor([[1]], { dtype: 'int32' })), 'indexSelect: `index` must be a list [k], received shape [1, 1]. Use `ops.gather` for an index of an element each.'],
  ['range', () => ops.indexSelect(zeros([3]), 0, whole(3)), 'indices must be in [0, 3), received 3'],
  ['range', () => ops.gather(zeros([3]), 0, whole(-1)), 'indices must be in [0, 3), received -1'],
  ['shape', () => ops.gather(zeros([2, 3]), 1, tensor([[0], [1], [2]], { dtype: 'int32' })), 'gather: `index` must have the rank of `x`, and sizes of at most its save along axis 1: `x` has shape [2, 3], received [3, 1].'],
  ['shape', () => ops.scatter(zeros([2, 3]), 1, tensor([[0]], { dtype: 'int32' }), 1), 'scatter: `index` must have the shape of `x` save along axis 1: expected [2, 1], received [1, 1].'],
  ['shape', () => ops.scatterAdd(zeros([3]), 0, whole(0, 1), zeros([3])), 'scatterAdd: `source` must have the shape [2] of `index`, received [3].'],
  ['shape', () => ops.indexAdd(zeros([3, 2]), 0, whole(0), zeros([2, 2])), 'indexAdd: `source` must have shape [1, 2], received [2, 2].'],
  ['dtype', () => ops.scatter(zeros([2]), 0, whole(0), whole(1)), 'scatter: `source` must be float32, received int32.'],
  ['shape', () => ops.allFinite(undefined as never), 'allFinite: expected a list of tensors, received undefined.'],
  ['shape', () => ops.sumSquares(zeros([2]) as never), 'sumSquares: expected a list of tensors, received'],
  ['shape', () => ops.permute(zeros([2]), undefined as never), 'permute: `axes` must be a list of axes, received undefined.'],
  ['shape', () => ops.flip(zeros([2]), {} as never), 'flip: expected an axis or a list of axes, received {}.'],
  ['shape', () => ops.embedding(whole(0), zeros([3])), 'embedding: `weight` must be [rows, size], received shape [3].'],
  ['option', () => ops.embedding(whole(0), zeros([3, 2]), { paddingIdx: 3 }), 'embedding: `paddingIdx` must be a whole number in [-3, 2], received 3.'],
  ['range', () => ops.embedding(whole(5), zeros([3, 2])), 'indices must be in [0, 3), received 5'],
  ['range', () => ops.oneHot(whole(2), 2), 'indices must be in [0, 2), received 2'],
  ['option', () => ops.oneHot(whole(0), 0), 'oneHot: `numClasses` must be a whole number in [1, inf), received 0.'],
];

describe('errors', () => {
  test.each(cases)('%s: %#', (code, run, message) => {
    let error: unknown;
    try { run(); } catch (thrown) { error = thrown; }
    expect(error).toBeInstanceOf(ParsimonyError);
    const { code: received, message: text } = error as ParsimonyError;
    expect(text).toContain(message);
    expect(received).toBe(code);
  });
});

test('views cost no memory', () => {
  const x = zeros([4, 3, 2]);
  const before = memory().bytes;
  const views = [
    ops.reshape(x, [24]), ops.flatten(x, 1), ops.unsqueeze(x, 0), ops.squeeze(ops.unsqueeze(x, 2)), ops.slice(x, [{ start: 1, end: 3 }]),
    ops.slice(x, [{ start: 1, end: 2 }, { start: 1 }]), ops.permute(ops.unsqueeze(x, 1), [1, 0, 2, 3]), ...ops.split(x, 2), ops.broadcastTo(x, [1, 4, 3, 2]),
  ];
  expect(memory().bytes).toBe(before);
  for (const v of [...views, x]) v.dispose();
});
