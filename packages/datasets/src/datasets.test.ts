import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadIdxFolder, loadMnist, parseIdx } from './index';

const header = (type: number, ...shape: number[]): number[] => [0, 0, type, shape.length, ...shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])];
const images = (n: number): Uint8Array => Uint8Array.from([...header(8, n, 2, 3), ...Array.from({ length: n * 6 }, (_, i) => i % 256)]);
const labels = (values: number[]): Uint8Array => Uint8Array.from([...header(8, values.length), ...values]);

describe('parseIdx', () => {
  test('bytes, and other types big-endian', () => {
    expect(parseIdx(images(2))).toEqual({ shape: [2, 2, 3], data: Uint8Array.from({ length: 12 }, (_, i) => i) });
    expect([...parseIdx(Uint8Array.from([...header(0x0c, 2), 0, 0, 1, 0, 255, 255, 255, 254])).data]).toEqual([256, -2]);
    expect([...parseIdx(Uint8Array.from([...header(0x0d, 1), 0x3f, 0xc0, 0, 0])).data]).toEqual([1.5]);
  });
  test.each([
    [Uint8Array.from([]), 'expected an IDX file'],
    [gzipSync('x'), 'This is gzip'],
    [Uint8Array.from([0, 0, 7, 1, 0, 0, 0, 0]), 'element type 0x7'],
    [Uint8Array.from([0, 0, 8, 3, 0, 0]), 'truncated: a header of 3 axes takes 16 bytes, the file has 6'],
    [images(2).subarray(0, 20), 'truncated: shape [2, 2, 3] takes 28 bytes, the file has 20'],
    [Uint8Array.from([...images(1), 1]), 'longer than its header says'],
  ])('%#: a clear error', (bytes, message) => expect(() => parseIdx(bytes, 'file')).toThrow(message));
  test('a limit reads the front, whatever lies behind it', () => {
    for (const bytes of [images(3), images(3).subarray(0, 28)]) {
      expect(parseIdx(bytes, 'file', { limit: 2 })).toEqual({ shape: [2, 2, 3], data: Uint8Array.from({ length: 12 }, (_, i) => i) });
    }
    expect(() => parseIdx(images(3).subarray(0, 27), 'file', { limit: 2 })).toThrow('file: truncated: shape [2, 2, 3] takes 28 bytes, the file has 27.');
    expect(() => parseIdx(images(3), 'file', { limit: 4 })).toThrow('file: `limit` must be a whole number in [1, 3], received 4.');
  });
});

describe('loadIdxFolder', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'idx-'));
    await writeFile(join(folder, 'train-images-idx3-ubyte.gz'), gzipSync(images(8)));
    await writeFile(join(folder, 'train-labels-idx1-ubyte'), labels([0, 1, 2, 0, 1, 2, 0, 1]));
    await writeFile(join(folder, 't10k-images-idx3-ubyte'), images(3));
    await writeFile(join(folder, 't10k-labels-idx1-ubyte'), labels([0, 1, 2]));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('splits are disjoint, reproducible, and pixels lie in [0, 1]', async () => {
    const pixels = async (): Promise<number[]> => {
      const { train, validation } = await loadIdxFolder(folder, { trainSize: 5, validationSize: 3, layout: 'image' });
      const batches = [await train.batch(Int32Array.from([0, 1, 2, 3, 4])), await validation.batch(Int32Array.from([0, 1, 2]))];
      const tensors = batches.map((b) => b.inputs as { shape: readonly number[]; data(): Promise<ArrayLike<number>> });
      expect(tensors.map((t) => t.shape)).toEqual([[5, 1, 2, 3], [3, 1, 2, 3]]);
      return (await Promise.all(tensors.map(async (t) => Array.from(await t.data())))).flat();
    };
    const first = await pixels();
    expect(first.toSorted((a, b) => a - b).map((v) => Math.round(v * 255))).toEqual(Array.from({ length: 48 }, (_, i) => i));
    expect(await pixels()).toEqual(first);
  });

  test('defaults: a sixth is held out, the rest trained on, flat', async () => {
    const { train, validation, test: held } = await loadIdxFolder(folder);
    expect([train.size, validation.size, held.size]).toEqual([7, 1, 3]);
    expect(((await train.batch(Int32Array.from([0]))).inputs as { shape: readonly number[] }).shape).toEqual([1, 6]);
  });

  test.each([
    [{ trainSize: 6, validationSize: 3 }, 'trainSize 6 + validationSize 3 is more than the 8 images'],
    [{ testSize: 4 }, 'testSize 4 is more than the 3'],
    [{ trainSize: 0 }, '`trainSize` must be'],
    [{ validationSize: 0 }, '`validationSize` must be'],
    [{ layout: 'rows' as never }, "`layout` must be 'flat' or 'image'"],
    [{ size: 1 } as never, 'unknown option `size`'],
    [{ numClasses: 2 }, 'label'],
  ])('%o is refused', async (options, message) => expect(loadIdxFolder(folder, options)).rejects.toThrow(message));

  test('limits take the front of each file', async () => {
    const { train, validation, test: held } = await loadIdxFolder(folder, { trainLimit: 3, validationSize: 1, testLimit: 2 });
    const limited = await Promise.all([train, validation].map(async (part) => {
      const { target } = await part.batch(Int32Array.from({ length: part.size }, (_, i) => i));
      return target.kind === 'index' ? [...await target.labels.data()] : [];
    }));
    expect([limited.flat().sort(), held.size]).toEqual([[0, 1, 2], 2]);
    await expect(loadIdxFolder(folder, { trainLimit: 9 })).rejects.toThrow('`limit` must be a whole number in [1, 8], received 9.');
  });
  test('missing, mismatched and truncated files are named', async () => {
    await expect(loadIdxFolder(join(folder, 'nowhere'))).rejects.toThrow('expected one of the files train-images-idx3-ubyte');
    const broken = await mkdtemp(join(tmpdir(), 'idx-'));
    try {
      await writeFile(join(broken, 'train-images-idx3-ubyte'), images(2));
      await writeFile(join(broken, 'train-labels-idx1-ubyte'), labels([1]));
      await expect(loadIdxFolder(broken)).rejects.toThrow('expected 2 labels for the 2 images');
      await writeFile(join(broken, 'train-images-idx3-ubyte'), images(2).subarray(0, 21));
      await expect(loadIdxFolder(broken)).rejects.toThrow('train-images-idx3-ubyte: truncated');
      await rm(join(broken, 'train-images-idx3-ubyte'));
      await writeFile(join(broken, 'train-images-idx3-ubyte.gz'), gzipSync(images(2)).subarray(0, 20));
      await expect(loadIdxFolder(broken)).rejects.toThrow('gzip data is truncated or damaged');
    } finally {
      await rm(broken, { recursive: true });
    }
  });
});

test('loadMnist: the real files, all ten classes, labels that are known', async () => {
  const { train, test: held } = await loadMnist({ trainSize: 500, validationSize: 10 });
  const batch = await held.batch(Int32Array.from([0, 1, 2, 3, 4]));
  if (batch.target.kind !== 'index') throw new Error('expected class indices');
  // The first five test digits of MNIST.
  expect([...await batch.target.labels.data()]).toEqual([7, 2, 1, 0, 4]);
  const labelsSeen = await train.batch(Int32Array.from({ length: 500 }, (_, i) => i));
  if (labelsSeen.target.kind !== 'index') throw new Error('expected class indices');
  expect(new Set(await labelsSeen.target.labels.data()).size).toBe(10);
});
