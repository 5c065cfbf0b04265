import { ops, random, type Tensor, tensor, useBackend, zeros } from '@parsimony/core';
import { expectMoments, expectUncorrelated, sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../../tooling/reference/check/backends';
import { applyToBatch, applyToScenes, drawFor, functional as F, type PaddingMode, pixels, randomCrop, type RandomCropOptions } from '../index';

const key = random.key(4);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const places = (options: RandomCropOptions, count: number, height: number, width: number) => drawFor(randomCrop(options), key, count, { channels: 1, height, width });
const tops = (drawn: ReturnType<typeof places>): number[] => drawn.map(({ top }) => top);
const lefts = (drawn: ReturnType<typeof places>): number[] => drawn.map(({ left }) => left);

describe('draws', () => {
  test('places are uniform, and independent between samples and of each other', () => {
    const drawn = places({ padding: 3 }, 20_000, 28, 20);
    const [top, left] = [tops(drawn), lefts(drawn)];
    expect(new Set(top)).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3]));
    // Uniform on -3 … 3: variance (7^2 - 1) / 12 = 4, kurtosis (3/5)(3 * 49 - 7) / (49 - 1) = 1.75.
    for (const one of [top, left]) expectMoments(one, { mean: 0, variance: 4, kurtosis: 1.75 });
    expectUncorrelated(top, left);
    expectUncorrelated(top.slice(1), top.slice(0, -1));
  });

  test('a smaller crop stays inside; paddings by side; as much as is needed', () => {
    expect(new Set(tops(places({ size: [4, 6] }, 500, 8, 6)))).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(new Set(lefts(places({ size: [4, 6] }, 500, 8, 6)))).toEqual(new Set([0]));
    const sides = places({ padding: [2, 0, 1, 0] }, 500, 4, 4);
    expect(new Set(lefts(sides))).toEqual(new Set([-2, -1, 0, 1]));
    expect(new Set(tops(sides))).toEqual(new Set([0]));
    // 4 of 6 wide: two on both sides, so places from -2 to 0.
    const needed = places({ size: 6, padIfNeeded: true }, 500, 8, 4);
    expect(new Set(lefts(needed))).toEqual(new Set([-2, -1, 0]));
    expect(new Set(tops(needed))).toEqual(new Set([0, 1, 2]));
  });

  test('errors', () => {
    expect(() => places({ size: [11, 8], padding: 1 }, 1, 8, 8)).toThrow('RandomCrop: a crop of 11 x 8 does not fit an image of 8 x 8 with a padding of 1.');
    expect(() => places({ size: 9, padding: [1, 0, 0, 0] }, 1, 8, 8)).toThrow('with a padding of [1,0,0,0].');
    expect(() => randomCrop({ padding: [1, 2, 3] as never })).toThrow('RandomCrop: `padding` must be a list of 2 or 4 numbers, received [1,2,3].');
    const pixel = pixels(Uint8Array.of(1), { channels: 1, height: 1, width: 1 });
    expect(() => randomCrop({ size: 2 ** 30, padIfNeeded: true }).apply({ image: pixel }, { top: 0, left: 0 })).toThrow('An image of [1, 1073741824, 1073741824] does not fit into memory.');
    expect(() => randomCrop({ maskFill: 300 })).toThrow('RandomCrop: `maskFill` must be a whole number in [0, 255], received 300.');
    expect(() => randomCrop({ boxes: { minVisibility: 2 } })).toThrow('RandomCrop: `boxes.minVisibility` must be in [0, 1], received 2.');
    expect(() => applyToScenes(randomCrop({ fill: [1, 2] }), [{ image: pixels(new Uint8Array(3), { channels: 3, height: 1, width: 1 }) }], [{ top: 1, left: 0 }])).toThrow('RandomCrop: `fill` must be a number or one for each of 3 channels, received [1,2].');
  });
});

const modes: readonly [PaddingMode, number[]][] = [
  ['constant', [9, 9, 9, 9, 1, 2, 3, 9, 9, 9, 9]],
  ['edge', [1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3]],
  ['reflect', [1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3]],
  ['symmetric', [3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1]],
];

// numpy.pad([1, 2, 3], 4, mode): edge, reflect, symmetric.
test.each(modes)('padding mode %s of bytes', (paddingMode, expected) => {
  const row = pixels(Uint8Array.of(1, 2, 3), { channels: 1, height: 1, width: 3 });
  expect([...F.crop(row, 0, -4, 1, 11, { paddingMode, fill: 9 }).data]).toEqual(expected);
  const pixel = pixels(Uint8Array.of(7), { channels: 1, height: 1, width: 1 });
  expect([...F.crop(pixel, 0, -1, 1, 3, { paddingMode, fill: 9 }).data]).toEqual(paddingMode === 'constant' ? [9, 7, 9] : [7, 7, 7]);
});

test('pieces wholly outside are fill', () => {
  const row = pixels(Uint8Array.of(1, 2, 3), { channels: 1, height: 1, width: 3 });
  expect([...F.crop(row, 0, 7, 1, 2, { fill: 9 }).data]).toEqual([9, 9]);
  expect([...F.crop(row, 0, -7, 1, 2, { fill: 9 }).data]).toEqual([9, 9]);
  expect([...F.crop(row, 5, 0, 1, 2, { fill: 9 }).data]).toEqual([9, 9]);
  expect([...F.crop(row, 0, 7, 1, 2, { paddingMode: 'edge' }).data]).toEqual([3, 3]);
});

describe.each(techniqueBackends)('on tensors, %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each(modes)('padding mode %s: the same as on the host', async (paddingMode) => {
    const [n, channels, height, width] = [3, 2, 5, 4];
    const x = Float32Array.from(sample(n * channels * height * width, { seed: 1 }));
    for (const fill of [9, [9, 8]]) {
      const crops = randomCrop({ size: [3, 4], padding: 3, paddingMode, fill });
      const drawn = drawFor(crops, random.key(8), n, { channels, height, width });
      const host = applyToBatch(crops, { data: x, count: n, channels, height, width }, drawn);
      expect(await values(crops.applyToTensor?.(tensor(x, [n, channels, height, width]), drawn) as Tensor)).toEqual([...host.data]);
    }
  });

  test('nothing at no shift; whole numbers stay whole; an empty batch', async () => {
    const x = tensor(sample(12), [1, 1, 3, 4]);
    expect(randomCrop().applyToTensor?.(x, [{ top: 0, left: 0 }])).toBe(x);
    expect(randomCrop({ size: 1 }).applyToTensor?.(ops.cast(x, 'int32'), [{ top: 1, left: 1 }]).dtype).toBe('int32');
    expect(randomCrop({ size: 2 }).applyToTensor?.(zeros([0, 3, 4, 4]), []).shape).toEqual([0, 3, 2, 2]);
  });
});
