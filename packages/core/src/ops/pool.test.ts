import { describe, expect, test } from 'vitest';
import { ops, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

onBackends(() => {
  test('a margin never wins a maximum', async () => {
    expect(await ops.maxPool1d(tensor([[[-3, -2]]]), 2, { stride: 1, padding: 1 }).array()).toEqual([[[-3, -2, -2]]]);
  });

  test('NaN is the maximum', async () => {
    expect(await ops.maxPool1d(tensor([[[1, NaN, 2, 3]]]), 2).array()).toEqual([[[NaN, 3]]]);
  });

  test('ceilMode counts a partial window, but none that starts in the far margin', async () => {
    expect(ops.maxPool1d(zeros([1, 1, 5]), 2, { ceilMode: true }).shape).toEqual([1, 1, 3]);
    expect(ops.maxPool1d(zeros([1, 1, 4]), 3, { stride: 3, padding: 1, ceilMode: true }).shape).toEqual([1, 1, 2]);
    expect(await ops.avgPool1d(tensor([[[2, 4, 6]]]), 2, { ceilMode: true }).array()).toEqual([[[3, 6]]]);
  });

  test('adaptive: null keeps a size; more outputs than inputs repeat', async () => {
    expect(ops.adaptiveAvgPool2d(zeros([1, 2, 5, 4]), [null, 2]).shape).toEqual([1, 2, 5, 2]);
    expect(await ops.adaptiveMaxPool1d(tensor([[[1, 2]]]), 4).array()).toEqual([[[1, 1, 2, 2]]]);
  });
});

describe('errors', () => {
  onBackends(() => {
    test.each([
      ['rank', () => ops.maxPool2d(zeros([3, 4, 4]), 2), 'maxPool2d: `x` must be [N, C, H, W], received [3, 4, 4]'],
      ['window too large', () => ops.avgPool2d(zeros([1, 1, 2, 2]), 3), 'avgPool2d: the window must fit into the padded input: a window of [3, 3] with padding [0, 0] does not fit into [1, 1, 2, 2]'],
      ['window', () => ops.maxPool2d(zeros([1, 1, 4, 4]), 0), 'maxPool2d: `kernelSize` must be a whole number or 2 of them, at least 1, received 0.'],
      ['margin', () => ops.maxPool2d(zeros([1, 1, 4, 4]), 2, { padding: 2 }), '`padding` must be at most half of `kernelSize`, received [2, 2] for a window of [2, 2]'],
      ['ceilMode', () => ops.maxPool1d(zeros([1, 1, 4]), 2, { ceilMode: 1 as never }), 'maxPool1d: `ceilMode` must be true or false, received 1.'],
      ['divisor', () => ops.avgPool1d(zeros([1, 1, 4]), 2, { divisorOverride: 0 }), 'avgPool1d: `divisorOverride` must be a whole number in [1, inf), received 0.'],
      ['unknown option', () => ops.avgPool1d(zeros([1, 1, 4]), 2, { dilation: 2 } as object), 'avgPool1d: unknown option `dilation`'],
      ['adaptive size', () => ops.adaptiveAvgPool2d(zeros([1, 1, 4, 4]), [1, 0]), 'adaptiveAvgPool2d: `outputSize` must be a whole number or 2 of them, at least 1, or null to keep a size, received [1,0].'],
      ['adaptive, nothing', () => ops.adaptiveMaxPool1d(zeros([1, 1, 0]), 1), 'adaptiveMaxPool1d: cannot pool an axis of size 0, received [1, 1, 0].'],
    ])('%s', (_, run, message) => {
      expect(run).toThrow(message);
    });
  });
});
