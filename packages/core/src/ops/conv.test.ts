import { describe, expect, test } from 'vitest';
import { expectClose, sample } from '@parsimony/testkit';
import { ops, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const draw = (seed: number, ...shape: readonly number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);

onBackends(() => {
  test("'same' keeps sizes; an odd total is padded behind, as in PyTorch", async () => {
    const [x, w] = [draw(1, 1, 2, 5, 6), draw(2, 3, 2, 2, 3)];
    const y = ops.conv2d(x, w, null, { padding: 'same' });
    expect(y.shape).toEqual([1, 3, 5, 6]);
    await expectClose(y, ops.conv2d(ops.pad(x, [[0, 1], [1, 1]]), w));
    await expectClose(ops.conv2d(x, w, null, { padding: 'valid' }), ops.conv2d(x, w));
  });

  test('one number stands for every axis', async () => {
    const [x, w] = [draw(3, 2, 2, 7, 7), draw(4, 2, 1, 3, 3)];
    const options = { stride: 2, padding: 1, dilation: 2, groups: 2 };
    await expectClose(ops.conv2d(x, w, null, options), ops.conv2d(x, w, null, { stride: [2, 2], padding: [1, 1], dilation: [2, 2], groups: 2 }));
  });

  test('a convolution of a volume one deep is one of an image', async () => {
    const [x, w, b] = [draw(5, 1, 2, 4, 5), draw(6, 3, 2, 3, 3), draw(7, 3)];
    const deep = ops.conv3d(ops.reshape(x, [1, 2, 1, 4, 5]), ops.reshape(w, [3, 2, 1, 3, 3]), b);
    await expectClose(ops.squeeze(deep, 2), ops.conv2d(x, w, b));
  });

  test('an empty batch gives an empty batch', () => {
    expect(ops.conv2d(zeros([0, 1, 4, 4]), zeros([2, 1, 3, 3])).shape).toEqual([0, 2, 2, 2]);
  });

  test('transposed: the adjoint of the convolution, <conv(x), y> = <x, convT(y)>', async () => {
    const [x, y, w] = [draw(8, 1, 2, 6, 5), draw(9, 1, 3, 3, 5), draw(10, 3, 2, 3, 3)];
    const options = { stride: [2, 1], padding: 1 };
    const there = ops.sum(ops.mul(ops.conv2d(x, w, null, options), y));
    const back = ops.sum(ops.mul(ops.convTranspose2d(y, w, null, { ...options, outputPadding: [1, 0] }), x));
    await expectClose(there, back, { rtol: 1e-4 });
  });
});

describe('errors', () => {
  onBackends(() => {
    const [x, w] = [() => zeros([8, 1, 28, 28]), () => zeros([16, 3, 3, 3])];
    test.each([
      ['channels', () => ops.conv2d(x(), w()), 'conv2d: `x` must be [N, 3, H, W] for a weight of [16, 3, 3, 3] and 1 group, received [8, 1, 28, 28]. Channels are the second axis.'],
      ['rank', () => ops.conv2d(zeros([3, 28, 28]), w()), 'conv2d: `x` must be [N, C, H, W], received [3, 28, 28]. A single sample needs a batch axis'],
      ['weight rank', () => ops.conv2d(x(), zeros([16, 3])), 'conv2d: `weight` must be [O, C / groups, kH, kW], received [16, 3]'],
      ['bias', () => ops.conv2d(zeros([1, 3, 8, 8]), w(), zeros([3])), 'conv2d: `bias` must be [16], one number an output channel, received [3].'],
      ['kernel too large', () => ops.conv2d(zeros([1, 3, 2, 2]), w()), 'conv2d: the kernel must fit into the padded input: a kernel of [3, 3]'],
      ['groups', () => ops.conv2d(x(), zeros([3, 1, 3, 3]), null, { groups: 2 }), '`groups` must divide the output channels: 2 does not divide 3'],
      ['stride', () => ops.conv2d(x(), w(), null, { stride: 0 }), 'conv2d: `stride` must be a whole number or 2 of them, at least 1, received 0.'],
      ['padding', () => ops.conv2d(zeros([1, 3, 8, 8]), w(), null, { padding: [1, 1, 1] }), 'conv2d: `padding` must be a whole number or 2 of them, at least 0, received [1,1,1].'],
      ['padding word', () => ops.conv2d(zeros([1, 3, 8, 8]), w(), null, { padding: 'full' as 'same' }), "`padding` must be numbers, 'same' or 'valid', received \"full\""],
      ["'same' with a stride", () => ops.conv2d(zeros([1, 3, 8, 8]), w(), null, { padding: 'same', stride: 2 }), "`padding` 'same' needs a stride of 1"],
      ['unknown option', () => ops.conv1d(zeros([1, 1, 4]), zeros([1, 1, 2]), null, { strides: 2 } as object), 'conv1d: unknown option `strides`. Did you mean `stride`?'],
      ['type', () => ops.conv1d(zeros([1, 1, 4], { dtype: 'int32' }), zeros([1, 1, 2])), 'conv1d: `x` must be float32, received int32'],
      ['transposed: channels', () => ops.convTranspose2d(zeros([1, 4, 3, 3]), zeros([3, 2, 2, 2])), 'convTranspose2d: `x` must be [N, 3, H, W] for a weight of [3, 2, 2, 2], received [1, 4, 3, 3]'],
      ['transposed: output padding', () => ops.convTranspose2d(zeros([1, 1, 3, 3]), zeros([1, 1, 2, 2]), null, { stride: 2, outputPadding: 2 }), '`outputPadding` must be less than the stride or the dilation'],
      ['transposed: nothing left', () => ops.convTranspose1d(zeros([1, 1, 1]), zeros([1, 1, 2]), null, { padding: 1 }), 'convTranspose1d: the output would have sizes [0]'],
    ])('%s', (_, run, message) => {
      expect(run).toThrow(message);
    });
  });
});
