import { beforeAll, describe, expect, test } from 'vitest';
import { ready } from '../backends/registry';
import { key } from '../random/key';
import { isTensor } from '../tensor/find';
import { memory, scope } from '../tensor/scope';
import type { Batch } from '../types';
import { arrayDataset, type ArrayDatasetOptions } from './array-dataset';
import type { Dataset } from './dataset';
import { batches, batchIds } from './loader';
import { split, subset } from './subset';

beforeAll(ready);

const idsOf = async (dataset: Dataset, options: Parameters<typeof batches>[1]): Promise<number[][]> => {
  const out: number[][] = [];
  for await (const batch of batches(dataset, options)) out.push(await batch.ids.array() as number[]);
  return out;
};
const labelsOf = ({ target }: Batch): Promise<unknown> => (target.kind === 'index' ? target.labels.array() : Promise.reject(new Error('not labels')));
const five = (): Dataset => arrayDataset({ inputs: Float32Array.from({ length: 10 }, (_, i) => i), shape: [2], labels: [0, 1, 2, 0, 1], numClasses: 3 });

describe('arrayDataset', () => {
  const valid = { inputs: new Float32Array(4), shape: [2], labels: [0, 1], numClasses: 2 };
  test.each<[string, unknown, string, string]>([
    ['an empty data set', { ...valid, inputs: new Float32Array(0), labels: [] }, 'data', 'arrayDataset: the data set is empty: `inputs` has 0 elements and a sample of shape [2] has 2.'],
    ['a part of a sample', { ...valid, inputs: new Float32Array(5) }, 'data', '`inputs` must hold whole samples of shape [2] (2 elements each), received 5 elements.'],
    ['too few labels', { ...valid, labels: [0] }, 'data', '`labels` must have 2 elements for 2 samples, received 1.'],
    ['a label out of range', { ...valid, labels: [0, 2] }, 'data', 'label 2 of sample 1 is out of range: with numClasses: 2 labels are whole numbers from 0 to 1. Do they start at 1? Subtract 1.'],
    ['a negative label', { ...valid, labels: [-1, 1] }, 'data', 'label -1 of sample 0'],
    ['a label that is not whole', { ...valid, labels: [0, 0.5] }, 'data', 'label 0.5 of sample 1'],
    ['NaN in the inputs', { ...valid, inputs: Float32Array.of(0, 1, 2, Number.NaN) }, 'data', '`inputs` must be finite, received NaN in sample 1, element 1.'],
    ['infinity in the values', { inputs: new Float32Array(4), shape: [2], values: Float32Array.of(1, -Infinity) }, 'data', '`values` must be finite, received -Infinity in sample 1, element 0.'],
    ['labels without classes', { ...valid, numClasses: undefined }, 'option', '`numClasses` must be a whole number in [1, inf), received undefined.'],
    ['no target', { inputs: new Float32Array(4), shape: [2] }, 'option', 'expected exactly one of `labels`, `targets` and `values`, received none.'],
    ['two targets', { ...valid, values: new Float32Array(2) }, 'option', 'received labels and values.'],
    ['an unknown option', { ...valid, label: [0, 1] }, 'option', 'unknown option `label`. Did you mean `labels`?'],
    ['classes of values', { inputs: new Float32Array(4), shape: [2], values: new Float32Array(2), numClasses: 2 }, 'option', '`numClasses` goes with `labels`.'],
    ['inputs of another type', { ...valid, inputs: [1, 2, 3, 4] }, 'data', '`inputs` must be a Float32Array or a Uint8Array, received [1,2,3,4].'],
  ])('refuses %s', (_, options, code, message) => {
    expect(() => arrayDataset(options as ArrayDatasetOptions)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error);
  });

  test('gives bytes as numbers from 0 to 1, rounded as float32 rounds i / 255', async () => {
    const data = arrayDataset({ inputs: Uint8Array.from({ length: 256 }, (_, i) => i), shape: [4, 8, 8], values: new Float32Array(1) });
    const { inputs } = data.batch(Int32Array.of(0));
    expect(inputs.shape).toEqual([1, 4, 8, 8]);
    expect(await inputs.data()).toEqual(Float32Array.from({ length: 256 }, (_, i) => i / 255));
  });
  test('gathers rows in the order of the ids, with their targets', async () => {
    const batch = await five().batch(Int32Array.of(4, 1));
    expect(await (batch.inputs as { array?(): unknown }).array?.()).toEqual([[8, 9], [2, 3]]);
    expect(await labelsOf(batch)).toEqual([1, 1]);
    expect(batch.target).toMatchObject({ kind: 'index', numClasses: 3 });
    expect([await batch.ids.array(), batch.size]).toEqual([[4, 1], 2]);
  });
  test('takes an ignored label, labels of a shape, distributions', async () => {
    const dense = arrayDataset({ inputs: new Float32Array(2), shape: [1], labels: [0, -100, 1, 1], targetShape: [2], numClasses: 2, ignoreIndex: -100 });
    expect(await labelsOf(dense.batch(Int32Array.of(1, 0)))).toEqual([[1, 1], [0, -100]]);
    const soft = arrayDataset({ inputs: new Float32Array(2), shape: [1], targets: Float32Array.of(1, 0, 0.5, 0.5) }).batch(Int32Array.of(1)).target;
    expect(soft.kind === 'soft' && await soft.probs.array()).toEqual([[0.5, 0.5]]);
  });
  test('refuses an index that is not there', () => {
    expect(() => five().batch(Int32Array.of(5))).toThrow('sample 5 does not exist; the data set has 5.');
  });
});

describe('batches', () => {
  test('come in order without a key, the last one smaller', async () => {
    expect(await idsOf(five(), { batchSize: 2 })).toEqual([[0, 1], [2, 3], [4]]);
    expect(await idsOf(five(), { batchSize: 2, dropLast: true })).toEqual([[0, 1], [2, 3]]);
  });
  test('are a permutation by key and epoch, the same each time', () => {
    const order = (epoch: number, seed = 1): number[] => batchIds(50, { batchSize: 7, key: key(seed), epoch }).flatMap((ids) => [...ids]);
    expect(order(0)).toEqual(order(0));
    expect(order(0)).not.toEqual(order(1));
    expect(order(0)).not.toEqual(order(0, 2));
    expect(order(3).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
  test('are given back', async () => {
    const data = five();
    const before = memory();
    await idsOf(data, { batchSize: 2 });
    for await (const batch of batches(data, { batchSize: 2 })) if (batch.size === 2) break;
    expect(memory()).toEqual(before);
  });
  test('may come from a source that waits, and are given back too', async () => {
    const inner = five();
    const slow: Dataset = { size: 5, batch: async (ids) => { await Promise.resolve(); return inner.batch(ids); } };
    const before = memory();
    expect(await idsOf(slow, { batchSize: 3 })).toEqual([[0, 1, 2], [3, 4]]);
    expect(memory()).toEqual(before);
  });
  test.each<[object, string]>([
    [{ batchSize: 0 }, '`batchSize` must be a whole number in [1, inf), received 0.'],
    [{ batchSize: 2, shuffle: true }, '`shuffle` needs a `key`'],
    [{ batchsize: 2 }, 'unknown option `batchsize`. Did you mean `batchSize`?'],
  ])('refuse %j', (options, message) => { expect(() => batchIds(5, options as never)).toThrow(message); });
  test('refuse a batch of another size than asked for', async () => {
    const inner = five();
    const wrong: Dataset = { size: 5, batch: () => inner.batch(Int32Array.of(0)) };
    await expect(idsOf(wrong, { batchSize: 2 })).rejects.toThrow('Dataset.batch: the batch must have 2 samples, received size: 1.');
  });
});

describe('parts', () => {
  test('a subset goes by its own indices', async () => {
    const part = subset(five(), [4, 0, 2]);
    expect([part.size, part.numClasses]).toEqual([3, 3]);
    const batch = await part.batch(Int32Array.of(2, 0));
    expect(await labelsOf(batch)).toEqual([2, 1]);
    expect(await batch.ids.array()).toEqual([2, 0]);
    expect(await idsOf(part, { batchSize: 2 })).toEqual([[0, 1], [2]]);
  });
  test('a split is disjoint, random by key, in order without', async () => {
    const [a, b] = split(five(), [2, 3], key(0)).map((part) => scope(() => part.batch(Int32Array.from({ length: part.size }, (_, i) => i)) as Batch));
    const seen = await Promise.all([a, b].map((batch) => (isTensor(batch?.inputs) ? batch.inputs.array() : [])));
    expect((seen.flat() as number[][]).map(([x]) => x).sort()).toEqual([0, 2, 4, 6, 8]);
    const [first] = split(five(), [2]);
    expect(await labelsOf(await first?.batch(Int32Array.of(0, 1)) as Batch)).toEqual([0, 1]);
  });
  test('what does not fit is refused', () => {
    expect(() => subset(five(), [])).toThrow('expected at least one sample');
    expect(() => subset(five(), [0, 5])).toThrow('`ids[1]` must be a whole number in [0, 5), received 5.');
    expect(() => split(five(), [3, 3])).toThrow('3 + 3 samples were asked for; the data set has 5.');
  });
});
