import { useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { arange, eye, full, isTensor, memory, ones, scalar, type Tensor, tensor, useBackend, zeros } from '../index';

beforeAll(async () => { await useReference(); });

describe('creation', () => {
  test('from nested arrays, flat data, numbers', async () => {
    expect(await tensor([[1, 2, 3], [4, 5, 6]]).array()).toEqual([[1, 2, 3], [4, 5, 6]]);
    expect(await tensor(new Float32Array([1, 2, 3, 4]), [2, 2]).array()).toEqual([[1, 2], [3, 4]]);
    expect(await tensor([1, 2, 3, 4], [4, 1]).array()).toEqual([[1], [2], [3], [4]]);
    const one = tensor(5);
    expect([one.shape, one.rank, one.size, await one.item()]).toEqual([[], 0, 1, 5]);
  });

  test('of nothing', async () => {
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(await zeros([0, 3]).array()).toEqual([]);
    expect((await zeros([3, 0]).data()).length).toBe(0);
  });

  test('the type follows the data unless it is given', async () => {
    expect(tensor([1, 2]).dtype).toBe('float32');
    expect(tensor([true, false]).dtype).toBe('bool');
    expect(tensor(new Int32Array([1])).dtype).toBe('int32');
    expect(tensor(new Uint8Array([1]), [1], { dtype: 'bool' }).dtype).toBe('bool');
    expect(await tensor([true, false]).data()).toEqual(new Uint8Array([1, 0]));
    expect(await tensor([1, 2], { dtype: 'int32' }).data()).toEqual(new Int32Array([1, 2]));
  });

  test('bool is 0 or 1, int32 whole, on every backend', async () => {
    for (const backend of ['reference', 'wasm'] as const) {
      await useBackend(backend);
      expect(await full([1], 3, { dtype: 'bool' }).array()).toEqual([1]);
      expect(await full([1], -2.7, { dtype: 'int32' }).array()).toEqual([-2]);
      expect(await tensor([2, 0, -0, NaN], { dtype: 'bool' }).array()).toEqual([1, 0, 0, 1]);
    }
    await useReference();
  });

  test('constants and ranges', async () => {
    expect(await full([2], 7).array()).toEqual([7, 7]);
    expect(await ones([1, 2], { dtype: 'int32' }).data()).toEqual(new Int32Array([1, 1]));
    expect(await scalar(2.5).item()).toBe(2.5);
    expect(await eye(2).array()).toEqual([[1, 0], [0, 1]]);
    expect(await arange(3).data()).toEqual(new Int32Array([0, 1, 2]));
    expect(await arange(1, 6, 2).data()).toEqual(new Int32Array([1, 3, 5]));
    expect(await arange(3, 0, -1).data()).toEqual(new Int32Array([3, 2, 1]));
    expect(await arange(0, 1, 0.25).array()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(arange(5, 1).shape).toEqual([0]);
  });

  test('are recognised', () => {
    expect([isTensor(tensor(1)), isTensor({ shape: [] }), isTensor(null), isTensor([tensor(1)])]).toEqual([true, false, false, false]);
    expect(String(zeros([2, 3]))).toBe('Tensor(float32, [2, 3])');
  });
});

describe('reading', () => {
  test('gives a copy', async () => {
    const x = tensor([1, 2]);
    (await x.data())[0] = 99;
    expect(await x.array()).toEqual([1, 2]);
  });

  test('refuses what is gone, or not one element', async () => {
    const x = tensor([1, 2]);
    await expect(x.item()).rejects.toThrow('item: expected a tensor of one element, received shape [2].');
    x.dispose();
    x.dispose();
    expect(x.disposed).toBe(true);
    await expect(x.data()).rejects.toThrow('data: this tensor of shape [2] was already disposed');
  });
});

describe('errors', () => {
  test.each<readonly [string, () => Tensor, string]>([
    ['ragged rows', () => tensor([[1, 2], [3]]), 'tensor: rows must have equal lengths: item 0 has shape [2], item 1 has [1].'],
    ['elements that are no numbers', () => tensor(['a'] as unknown as number[]), 'tensor: elements must be numbers or booleans, received "a".'],
    ['typed data of another kind', () => tensor(new BigInt64Array(2) as never), 'received BigInt64Array of 2. Convert it first.'],
    ['a shape of another size', () => tensor(new Float32Array(3), [2, 2]), 'tensor: a shape of [2, 2] holds 4 elements, received 3.'],
    ['a negative size', () => zeros([2, -1]), 'a shape is a list of whole numbers of 0 or more, received [2,-1].'],
    ['an unknown option', () => tensor([1], { type: 'int32' } as unknown as object), 'tensor: unknown option `type`.'],
    ['an unknown type', () => tensor([1], { dtype: 'float64' as 'float32' }), 'tensor: `dtype` must be one of \'float32\', \'int32\', \'bool\', received "float64".'],
    ['a constant that is no number', () => full([1], '1' as unknown as number), 'full: the value must be a number, received "1".'],
    ['a step of 0', () => arange(0, 3, 0), 'arange: start, stop and step must be finite and step not 0'],
    ['a fraction of a size', () => eye(1.5), 'eye: a shape is a list of whole numbers'],
  ])('%s', (_, make, message) => {
    const before = memory();
    expect(make).toThrow(message);
    expect(memory()).toEqual(before);
  });
});
