import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Tensor } from '@parsimony/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cifar10Options, loadCifar10, parseCifar10 } from './index';

/** Image i of a file: its label i mod 10, its planes of `base` + i, 100 more and 200 more. */
const records = (n: number, base: number): Uint8Array => Uint8Array.from({ length: n * 3073 }, (_, at) => {
  const [i, byte] = [Math.floor(at / 3073), at % 3073];
  return byte === 0 ? i % 10 : base + i + 100 * Math.floor((byte - 1) / 1024);
});

test('records: labels, then planes', () => {
  const { images, labels } = parseCifar10(records(12, 3));
  expect([...labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  expect([0, 1023, 1024, 2048, 3071, 3072].map((i) => images[i])).toEqual([3, 3, 103, 203, 203, 4]);
});

test.each([
  [new Uint8Array(0), 'received an empty file'],
  [records(2, 0).subarray(0, 6145), 'truncated: image 1 takes 3073 bytes, the file has 3072 more at byte 3073'],
  [gzipSync(records(1, 0)), 'received gzip. Decompress and unpack it first'],
  [records(2, 0).fill(10, 3073, 3074), 'the label of image 1, at byte 3073, must be in [0, 9], received 10'],
])('%#: a clear error', (bytes, message) => expect(() => parseCifar10(bytes, 'a.bin')).toThrow(message));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cifar-'));
  for (const i of [1, 2, 3, 4, 5]) await writeFile(join(folder, i === 3 ? 'data_batch_3.bin.gz' : `data_batch_${i}.bin`), i === 3 ? gzipSync(records(4, 12)) : records(4, 4 * i));
  await writeFile(join(folder, 'test_batch.bin'), records(3, 50));
});
afterAll(() => rm(folder, { recursive: true }));

test('splits are disjoint, reproducible, all there are; labels stay with their images', async () => {
  const read = async (options: Cifar10Options) => {
    const { train, validation, test: held } = await loadCifar10(folder, options);
    const out: number[] = [];
    for (const part of [train, validation]) {
      const batch = await part.batch(Int32Array.from({ length: part.size }, (_, i) => i));
      expect((batch.inputs as Tensor).shape).toEqual([part.size, 3, 32, 32]);
      const values = await (batch.inputs as Tensor).data();
      const labels = batch.target.kind === 'index' ? await batch.target.labels.data() : [];
      for (let i = 0; i < part.size; i++) {
        const red = Math.round((values[i * 3072] as number) * 255);
        expect(labels[i]).toBe(red % 4);
        expect(Math.round((values[i * 3072 + 3071] as number) * 255)).toBe(red + 200);
        out.push(red);
      }
    }
    return { out, sizes: [train.size, validation.size, held.size] };
  };
  const first = await read({});
  expect(first.sizes).toEqual([18, 2, 3]);
  expect(first.out.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 4));
  expect(await read({})).toEqual(first);
  expect((await read({ seed: 1 })).out).not.toEqual(first.out);
  expect((await read({ trainSize: 5, validationSize: 3, testSize: 2 })).sizes).toEqual([5, 3, 2]);
});

test.each([
  [{ trainSize: 18, validationSize: 3 }, 'trainSize 18 + validationSize 3 is more than the 20 images'],
  [{ testSize: 4 }, 'testSize 4 is more than the 3'],
  [{ trainSize: 0.5 }, '`trainSize` must be a whole number'],
  [{ layout: 'flat' } as never, 'unknown option `layout`'],
])('%o is refused', async (options, message) => expect(loadCifar10(folder, options)).rejects.toThrow(message));

test('missing and truncated files are named', async () => {
  await expect(loadCifar10(join(folder, 'none'))).rejects.toThrow('expected one of the files data_batch_1.bin, data_batch_1.bin.gz');
  await writeFile(join(folder, 'test_batch.bin'), records(3, 50).subarray(0, 5000));
  await expect(loadCifar10(folder)).rejects.toThrow('test_batch.bin: truncated: image 1');
});
