/** Erasing: draws, what is erased, the same on devices as on the host, errors. */
import { random, tensor, useBackend } from '@parsimony/core';
import { expectClose, expectDropRate, expectMoments, expectUncorrelated, sample } from '@parsimony/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../../tooling/reference/check/backends';
import { applyToBatch, applyToScenes, drawFor, parseTransform, type Pixels } from '../../transform';
import * as F from '../functional';
import { cutout, gridMask, randomErasing } from './index';

const size = { channels: 3, height: 32, width: 24 };
const key = random.key(5);
const all = [
  cutout({ size: 9, value: 'random' }), cutout({ size: [4, 8], holes: 3, p: 0.7, value: [0.1, 0.2, 0.3] }), gridMask({ unitSize: [5, 9] }), gridMask({ unitSize: [6, 6], rotate: 0, p: 0.5, fill: 0.5 }),
  randomErasing(), randomErasing({ p: 1, value: 'random' }), randomErasing({ p: 1, value: [0.5] }),
];
const white = (channels = 1): Pixels => ({ data: new Uint8Array(channels * 32 * 24).fill(255), channels, height: 32, width: 24 });
const zeros = ({ data }: Pixels): number => data.filter((v) => v === 0).length;

describe('random erasing', () => {
  const drawn = drawFor(randomErasing({ p: 1, scale: [0.02, 0.33], ratio: [0.3, 3.3] }), key, 20_000, { channels: 3, height: 2000, width: 2000 });
  const found = drawn.filter((each) => each !== null);

  test('areas are uniform, ratios log-uniform, and samples independent', () => {
    // A square image holds all of these but the largest areas at the widest ratios (area times ratio of 1 or more); those are drawn again.
    const fits = 1 / 3.3;
    const small = found.filter(({ height, width }) => height * width / 4e6 < fits * 0.99);
    const areas = small.map(({ height, width }) => height * width / 4e6);
    const ratios = small.map(({ height, width }) => Math.log(height / width));
    const [low, high] = [Math.log(0.3), Math.log(3.3)];
    expectMoments(ratios, { mean: (low + high) / 2, variance: (high - low) ** 2 / 12, kurtosis: 1.8 });
    const top = fits * 0.99;
    expectMoments(areas, { mean: (0.02 + top) / 2, variance: (top - 0.02) ** 2 / 12, kurtosis: 1.8 });
    expectUncorrelated(areas, ratios);
    expectUncorrelated(areas.slice(1), areas.slice(0, -1));
    expect([Math.min(...ratios) >= low - 0.01, Math.max(...ratios) <= high + 0.01]).toEqual([true, true]);
  });

  test('places are uniform over what fits', () => {
    expectMoments(found.map(({ top, height }) => top / (2000 - height)), { mean: 0.5, variance: 1 / 12, kurtosis: 1.8 });
    expectUncorrelated(found.map(({ top, height }) => top / (2000 - height)), found.map(({ left, width }) => left / (2000 - width)));
  });

  test('its probability; nothing where nothing fits in ten tries', () => {
    expectDropRate(drawFor(randomErasing(), key, 10_000, size).map((each) => (each === null ? 0 : 1)), 0.5);
    expect(new Set(drawFor(randomErasing({ p: 1, scale: [1, 1] }), key, 50, size))).toEqual(new Set([null]));
    const scene = { image: white() };
    expect(randomErasing().apply(scene, null)).toBe(scene);
  });

  test('noise is normal in floats and uniform in bytes, and a replay has the same', () => {
    const transform = randomErasing({ p: 1, scale: [0.3, 0.3], ratio: [1, 1], value: 'random' });
    const big = { channels: 3, height: 200, width: 200 };
    const [params] = drawFor(transform, key, 1, big);
    const of = (data: Float32Array | Uint8Array): Pixels => transform.apply({ image: { data, ...big } }, JSON.parse(JSON.stringify(params)) as never).image;
    const [floats, bytes] = [of(new Float32Array(120_000).fill(100)), of(new Uint8Array(120_000).fill(0))];
    expectMoments(Array.from(floats.data).filter((v) => v !== 100), { mean: 0, variance: 1, kurtosis: 3 });
    // Those that are 0 cannot be told from the image: uniform in 1 … 255, variance (255^2 - 1) / 12.
    expectMoments(Array.from(bytes.data).filter((v) => v !== 0), { mean: 128, variance: (255 ** 2 - 1) / 12, kurtosis: 1.8 });
    expect(of(new Float32Array(120_000).fill(100)).data).toEqual(floats.data);
  });
});

describe('cutout', () => {
  test('holes are cut off at the edge, and their middles uniform over the image', () => {
    const holes = drawFor(cutout({ size: 8 }), key, 20_000, size).map(([hole]) => hole as NonNullable<typeof hole>);
    const inner = holes.filter(({ top, left, height, width }) => height === 8 && width === 8 && top > 0 && left > 0);
    // Middle y in 0 … 31: the hole is whole for y from 4 to 28, and then uniform; 1 … 20 of them have top > 0.
    expectMoments(inner.map(({ top }) => top), { mean: 12.5, variance: (24 ** 2 - 1) / 12, kurtosis: 1.8 });
    expect([Math.min(...holes.map(({ height }) => height)), Math.max(...holes.map(({ height }) => height))]).toEqual([4, 8]);
    expectDropRate(holes.map(({ height, width }) => (height === 8 && width === 8 ? 1 : 0)), 1 - (25 / 32) * (17 / 24));
    expectUncorrelated(holes.map(({ top }) => top), holes.map(({ left }) => left));
  });

  test('as many pixels as the hole has, in every channel; its values', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 1, max: 40 }), (seed, side) => {
      const transform = cutout({ size: side });
      const [holes = []] = drawFor(transform, random.key(seed), 1, size);
      expect(zeros(transform.apply({ image: white(3) }, holes).image)).toBe(3 * (holes[0]?.height ?? 0) * (holes[0]?.width ?? 0));
    }));
    const hole = { top: 1, left: 0, height: 1, width: 2, noise: null };
    const image = { data: new Uint8Array(12).fill(9), channels: 3, height: 2, width: 2 };
    expect(cutout({ size: 2, value: [1, 2, 3] }).apply({ image }, [hole]).image.data).toEqual(Uint8Array.of(9, 9, 1, 1, 9, 9, 2, 2, 9, 9, 3, 3));
  });

  test('with probability 0 nothing', () => {
    expect(drawFor(cutout({ size: 8, p: 0 }), key, 4, size)).toEqual([[], [], [], []]);
  });
});

describe('grid mask', () => {
  test('erases (1 - bar / unit)^2 of a grid of whole units, whatever its place', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }), fc.constantFrom(0.25, 0.5, 0.6), (top, left, ratio) => {
      const { image } = gridMask({ unitSize: [8, 8], ratio }).apply({ image: white() }, { unit: 8, top, left, angle: 0 });
      const bar = Math.ceil(8 * ratio);
      expect(zeros(image)).toBe(32 * 24 * ((8 - bar) / 8) ** 2);
    }));
  });

  test('turned by a quarter, a square image is as if its grid were', () => {
    const image = { data: new Uint8Array(256).fill(1), channels: 1, height: 16, width: 16 };
    const transform = gridMask({ unitSize: [5, 5] });
    const upright = transform.apply({ image }, { unit: 5, top: 0, left: 0, angle: 0 }).image;
    const turned = transform.apply({ image }, { unit: 5, top: 0, left: 0, angle: 90 }).image;
    expect(turned.data).toEqual(F.rotate(upright, -90).data);
  });

  test('draws', () => {
    const grids = drawFor(gridMask({ unitSize: [6, 9], p: 0.8 }), key, 10_000, size);
    expectDropRate(grids.map((grid) => (grid === null ? 0 : 1)), 0.2);
    const found = grids.filter((grid) => grid !== null);
    expectMoments(found.map(({ unit }) => unit), { mean: 7.5, variance: 15 / 12, kurtosis: (3 / 5) * (3 * 16 - 7) / 15 });
    expectMoments(found.map(({ angle }) => angle), { mean: 180, variance: 360 ** 2 / 12, kurtosis: 1.8 });
    expect(found.every(({ unit, top, left }) => top < unit && left < unit)).toBe(true);
  });
});

describe('as data', () => {
  test.each(all.map((transform) => [String(transform), transform] as const))('%s prints, reloads and replays', (printed, transform) => {
    expect(String(parseTransform(JSON.parse(JSON.stringify(transform))))).toBe(printed);
    const params = drawFor(transform as never, key, 6, size) as never[];
    const scene = { image: { ...size, data: Float32Array.from(sample(2304, { seed: 5, low: 0, high: 1 })) } };
    const [first, second] = [params, JSON.parse(JSON.stringify(params)) as never[]].map((drawn) => applyToScenes(transform as never, drawn.map(() => scene), drawn));
    expect(second).toEqual(first);
  });
});

describe.each([...techniqueBackends, 'gpu cpu'])('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each(all.map((transform) => [String(transform), transform] as const))('%s as on the host', async (_, transform) => {
    const n = 7;
    const data = Float32Array.from(sample(n * 2304, { seed: 3, low: 0, high: 1 }));
    const params = drawFor(transform as never, key, n, size) as never[];
    const host = applyToBatch(transform as never, { data, count: n, ...size }, params);
    const device = transform.applyToTensor?.(tensor(data, [n, 3, 32, 24]), params);
    await expectClose(device as never, { data: host.data as Float32Array, shape: [n, 3, 32, 24] }, { rtol: 0, atol: 1e-6 });
  });
});

test('erase as torchvision: a rectangle, cut off at the edge', () => {
  const image = { data: Uint8Array.of(1, 2, 3, 4), channels: 1, height: 2, width: 2 };
  expect(F.erase(image, { top: -1, left: 1, height: 2, width: 5 }).data).toEqual(Uint8Array.of(1, 0, 3, 4));
  expect(image.data).toEqual(Uint8Array.of(1, 2, 3, 4));
});

test('refused', () => {
  expect(() => randomErasing({ ratio: [0, 1] })).toThrow('RandomErasing: `ratio[0]` must be in (0, inf), received 0.');
  expect(() => randomErasing({ value: 'noise' as never })).toThrow("RandomErasing: `value` must be a number, one for each channel, or 'random', received \"noise\".");
  expect(() => randomErasing({ value: [1, 2] }).outputSize(size)).toThrow('RandomErasing: `value` must be a number or one for each of 3 channels, received [1,2].');
  expect(() => cutout({ size: 4, hole: 2 } as never)).toThrow('Cutout: unknown option `hole`. Did you mean `holes`?');
  expect(() => gridMask({ unitSize: [1, 4] })).toThrow('GridMask: `unitSize[0]` must be a whole number in [2, inf), received 1.');
  expect(() => gridMask({ unitSize: [4, 4], ratio: 1 })).toThrow('GridMask: `ratio` must be in (0, 1), received 1.');
  expect(() => F.erase({ data: new Float32Array(0), channels: 0, height: 1, width: 1 }, { top: 0, left: 0, height: 1, width: 1 })).toThrow('An empty image cannot be transformed.');
});
