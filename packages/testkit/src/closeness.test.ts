import { tensor } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { difference, expectClose, indexOf } from './closeness';
import { useReference } from './reference';

beforeAll(useReference);

describe('expectClose', () => {
  test('allows rtol (|b| + rms b) and not more', async () => {
    // rms of [3, 4, 0] is 5 / sqrt 3 = 2.887: the zero may be off by 2.887e-5.
    await expectClose([3, 4, 2.88e-5], [3, 4, 0]);
    await expect(expectClose([3, 4, 2.9e-5], [3, 4, 0])).rejects.toThrow('1 of 3 elements differ; worst at [2]: received 0.000029, expected 0');
    await expect(expectClose([3 + 1e-4, 4, 0], [3, 4, 0])).rejects.toThrow('worst at [0]');
  });

  test('zeros must be exact unless atol says otherwise', async () => {
    await expect(expectClose([1e-20], [0])).rejects.toThrow('worst at [0]');
    await expectClose([1e-20], [0], { atol: 1e-15 });
    await expectClose([-0], [0]);
  });

  test('names the worst element of many', async () => {
    await expect(expectClose([[1, 2.1], [3, 5]], [[1, 2], [3, 4]], { name: 'weights' })).rejects.toThrow('weights: 2 of 4 elements differ; worst at [1, 1]: received 5, expected 4');
  });

  test('NaN and infinities equal themselves only', async () => {
    await expectClose([NaN, Infinity, -Infinity, 1], [NaN, Infinity, -Infinity, 1]);
    await expect(expectClose([NaN, 2], [1, 1])).rejects.toThrow('worst at [0]');
    await expect(expectClose([1], [NaN])).rejects.toThrow('worst at [0]');
    await expect(expectClose([-Infinity], [Infinity])).rejects.toThrow('worst at [0]');
    await expect(expectClose([1e30], [Infinity])).rejects.toThrow('worst at [0]');
  });

  test('compares shapes and counts', async () => {
    await expectClose(tensor([[1, 2]]), [[1, 2]]);
    await expect(expectClose(tensor([[1, 2]]), tensor([1, 2]))).rejects.toThrow('expected shape [2], received [1, 2]');
    await expect(expectClose(tensor([1, 2]), { data: [1, 2], shape: [2, 1] })).rejects.toThrow('expected shape [2, 1], received [2]');
    await expect(expectClose(new Float32Array(2), new Float32Array(3))).rejects.toThrow('expected 3 elements, received 2');
  });

  test('takes tensors of any type, scalars and nothing', async () => {
    await expectClose(tensor([true, false]), [1, 0]);
    await expectClose(tensor(2), 2);
    await expectClose(new Float32Array(0), []);
  });

  test('refuses unknown options and negative tolerances', async () => {
    await expect(expectClose([1], [1], { rtoll: 1 } as never)).rejects.toThrow('Did you mean `rtol`?');
    await expect(expectClose([1], [1], { rtol: -1 })).rejects.toThrow('`rtol` must be in [0, inf), received -1.');
  });
});

test('difference is silent where arrays agree', () => {
  expect(difference([1, 2], [1, 2])).toBeUndefined();
  expect(difference([1], [1, 2])).toBe('expected 2 elements, received 1.');
});

test('indexOf counts axes in row-major order', () => expect(indexOf(23, [2, 3, 4])).toEqual([1, 2, 3]));
