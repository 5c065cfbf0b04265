import { ops, random, type Tensor, tensor, useBackend, zeros } from '@parsimony/core';
import { expectMoments, expectUncorrelated, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { applyRandomCrop, drawRandomCrop, type PaddingMode } from './random-crop';

const key = random.key(4);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe('drawRandomCrop', () => {
  test('places are uniform, and independent between samples and of each other', () => {
    const { top, left, height, width } = drawRandomCrop(key, 20_000, { height: 28, width: 20, padding: 3 });
    expect([height, width]).toEqual([28, 20]);
    expect(new Set(top)).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3]));
    // Uniform on -3 … 3: variance (7^2 - 1) / 12 = 4, kurtosis (3/5)(3 * 49 - 7) / (49 - 1) = 1.75.
    for (const places of [top, left]) expectMoments(places, { mean: 0, variance: 4, kurtosis: 1.75 });
    expectUncorrelated(top, left);
    expectUncorrelated(top.slice(1), top.slice(0, -1));
  });

  test('a smaller crop stays inside', () => {
    const { top, left } = drawRandomCrop(key, 500, { height: 8, width: 6, size: [4, 6] });
    expect(new Set(top)).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(new Set(left)).toEqual(new Set([0]));
  });

  test('errors', () => {
    expect(() => drawRandomCrop(key, 1, { height: 8, width: 8, size: [11, 8], padding: 1 })).toThrow('a crop of 11 x 8 does not fit an image of 8 x 8 with a padding of 1');
    expect(() => drawRandomCrop(key, 1, { height: 8, width: 8, padding: 0.5 })).toThrow('`padding` must be a whole number in [0, inf), received 0.5.');
    expect(() => drawRandomCrop(key, 1, { height: 0, width: 8 })).toThrow('`height` must be a whole number in [1, inf), received 0.');
  });
});

describe.each(techniqueBackends)('applyRandomCrop on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('each sample and channel is cropped at its sample\'s place', async () => {
    const [n, c, h, w] = [3, 2, 5, 4];
    const x = sample(n * c * h * w, { seed: 1 });
    const places = drawRandomCrop(random.key(8), n, { height: h, width: w, size: [3, 4], padding: 1 });
    const y = await values(applyRandomCrop(tensor(x, [n, c, h, w]), places, { fill: 9 }));
    for (let i = 0; i < n; i++) for (let k = 0; k < c; k++) for (let r = 0; r < 3; r++) for (let q = 0; q < 4; q++) {
      const [sy, sx] = [(places.top[i] ?? 0) + r, (places.left[i] ?? 0) + q];
      const inside = sy >= 0 && sy < h && sx >= 0 && sx < w;
      expect(y[((i * c + k) * 3 + r) * 4 + q]).toBeCloseTo(inside ? x[((i * c + k) * h + sy) * w + sx] ?? NaN : 9, 6);
    }
  });

  // numpy.pad([1, 2, 3], 4, mode): edge, reflect, symmetric.
  test.each<[PaddingMode, number[]]>([
    ['constant', [0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0]],
    ['edge', [1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3]],
    ['reflect', [1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3]],
    ['symmetric', [3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1]],
  ])('padding mode %s', async (paddingMode, expected) => {
    const row = tensor([[[[1, 2, 3]]]]);
    expect(await values(applyRandomCrop(row, { height: 1, width: 11, top: [0], left: [-4] }, { paddingMode }))).toEqual(expected);
    const pixel = applyRandomCrop(tensor([[[[7]]]]), { height: 1, width: 3, top: [0], left: [-1] }, { paddingMode });
    expect(await values(pixel)).toEqual(paddingMode === 'constant' ? [0, 7, 0] : [7, 7, 7]);
  });

  test('nothing at no shift; whole numbers stay whole; an empty batch', async () => {
    const x = tensor(sample(12), [1, 1, 3, 4]);
    expect(await values(applyRandomCrop(x, { height: 3, width: 4, top: [0], left: [0] }))).toEqual(await values(x));
    expect(applyRandomCrop(ops.cast(x, 'int32'), { height: 1, width: 1, top: [1], left: [1] }).dtype).toBe('int32');
    expect(applyRandomCrop(zeros([0, 3, 4, 4]), drawRandomCrop(key, 0, { height: 4, width: 4, padding: 1 })).shape).toEqual([0, 3, 4, 4]);
  });
});

test('errors', async () => {
  await useReference();
  const places = { height: 2, width: 2, top: [0], left: [0] };
  expect(() => applyRandomCrop(zeros([2, 4]), places)).toThrow('applyRandomCrop: `images` must be [N, C, H, W], received [2, 4].');
  expect(() => applyRandomCrop(zeros([2, 1, 2, 2]), places)).toThrow('expected a place for each of 2 images, received 1 tops and 1 lefts.');
  expect(() => applyRandomCrop(zeros([1, 1, 2, 2]), places, { paddingMode: 'wrap' as never })).toThrow('`paddingMode` must be one of');
});
