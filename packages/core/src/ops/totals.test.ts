import { expect, test } from 'vitest';
import { ops, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

onBackends(() => {
  test('allFinite finds one bad element in many tensors', async () => {
    const good = [zeros([1000]), tensor([3.4e38, -3.4e38]), zeros([0])];
    expect(await ops.allFinite(good).item()).toBe(1);
    for (const bad of [NaN, Infinity, -Infinity]) expect(await ops.allFinite([...good, tensor([0, bad])]).item()).toBe(0);
  });

  test('sumSquares runs over all tensors', async () => {
    expect(await ops.sumSquares([tensor([1, 2]), tensor([[3]]), zeros([0])]).item()).toBe(14);
  });

  test('errors', () => {
    expect(() => ops.allFinite([])).toThrow('allFinite: expected at least one tensor, received an empty list.');
    expect(() => ops.sumSquares([zeros([1]), zeros([1], { dtype: 'int32' })])).toThrow('sumSquares: `tensors[1]` must be float32, received int32');
  });
});
