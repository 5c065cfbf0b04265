/** What is drawn: ranges, distributions, and independence from image to image. */
import { type Json, random, schedules } from '@parsimony/core';
import { expectDropRate, expectMoments, expectUncorrelated } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import {
  drawFor, elasticTransform, randomAffine, randomApply, randomChoice, randomHorizontalFlip, randomOrder, randomPerspective, randomResizedCrop, randomRotation, randomVerticalFlip, randomZoomOut,
  type Transform,
} from '../index';

const n = 20_000;
const size = { channels: 3, height: 60, width: 80 };
const drawn = <P extends Json>(transform: Transform<P>, of = size): P[] => drawFor(transform, random.key(6), n, of);

/** Uniform in [low, high): mean, variance (high - low)^2 / 12, kurtosis 9/5; and neighbours independent. */
function expectUniform(values: readonly number[], low: number, high: number): void {
  expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
  expect(Math.max(...values)).toBeLessThanOrEqual(high);
  expectMoments(values, { mean: (low + high) / 2, variance: (high - low) ** 2 / 12, kurtosis: 1.8 });
  expectUncorrelated(values.slice(1), values.slice(0, -1));
}
/** Uniform on whole numbers low … high, N of them: variance (N^2 - 1) / 12, kurtosis 3 (3 N^2 - 7) / (5 (N^2 - 1)). */
function expectWhole(values: readonly number[], low: number, high: number): void {
  const m = (high - low + 1) ** 2;
  expect([Math.min(...values), Math.max(...values)]).toEqual([low, high]);
  expect(values.every(Number.isInteger)).toBe(true);
  expectMoments(values, { mean: (low + high) / 2, variance: (m - 1) / 12, kurtosis: 3 * (3 * m - 7) / (5 * (m - 1)) });
  expectUncorrelated(values.slice(1), values.slice(0, -1));
}
const failures = (values: readonly boolean[], p: number): void => { expectDropRate(values.map(Number), 1 - p); expectUncorrelated(values.slice(1).map(Number), values.slice(0, -1).map(Number)); };

test('flips: the rate, and none depends on the other', () => {
  const [across, over] = [drawn(randomHorizontalFlip({ p: 0.3 })), drawn(randomVerticalFlip({ p: 0.3 }))];
  failures(across, 0.3);
  // Alone, both read the same stream of their image; side by side in a composition each has its own, as below.
  expect(across).toEqual(over);
  const both = drawn(randomOrder({ transforms: [randomHorizontalFlip(), randomVerticalFlip()] }));
  expectUncorrelated(both.map(({ params }) => Number(params[0])), both.map(({ params }) => Number(params[1])));
  expectUncorrelated(both.map(({ order }) => order[0] as number), both.map(({ params }) => Number(params[0])));
  failures(both.map(({ order }) => order[0] === 0), 0.5);
});

test('rotation: the angle', () => {
  expectUniform(drawn(randomRotation({ degrees: [-20, 50] })), -20, 50);
  expectUniform(drawn(randomRotation({ degrees: 15 })), -15, 15);
});

test('affine: each part in its range, independent of the others', () => {
  const all = drawn(randomAffine({ degrees: 30, translate: [0.1, 0.25], scale: [0.5, 2], shear: [-3, 9, 0, 4] }));
  const parts = [all.map(({ angle }) => angle), all.map(({ scale }) => scale), all.map(({ shear }) => shear[0]), all.map(({ shear }) => shear[1]), all.map(({ translate }) => translate[0]), all.map(({ translate }) => translate[1])];
  const [angle = [], scale = [], shearX = [], shearY = [], x = [], y = []] = parts;
  expectUniform(angle, -30, 30);
  expectUniform(scale, 0.5, 2);
  expectUniform(shearX, -3, 9);
  expectUniform(shearY, 0, 4);
  for (const [i, a] of parts.entries()) for (const b of parts.slice(0, i)) expectUncorrelated(a, b);
  // Rounded from a uniform in (-8, 8): the ends have half the share of the others. Variance 16^2 / 12 + 1/12 less a bit: within 1 %.
  expect([Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)]).toEqual([-8, 8, -15, 15]);
  expect([...x, ...y].every((v) => Number.isInteger(v) && !Object.is(v, -0))).toBe(true);
  // Variance of the sum over k = -7 … 7 of k^2 / 16 and 2 * 64 / 32: 280 / 16 + 4 = 21.5; kurtosis (sum k^4 / 16 + 4096 / 16) / 21.5^2 = (9352 + 4096) / 16 / 462.25.
  expectMoments(x, { mean: 0, variance: 21.5, kurtosis: 13448 / 16 / 462.25 });
});

test('perspective: whole corners in their rectangles', () => {
  const all = drawn(randomPerspective({ distortionScale: 0.5, p: 1 }));
  const at = (corner: number, k: number): number[] => all.map((quad) => quad?.[corner]?.[k] ?? NaN);
  // Half of half of 80 x 60.
  expectWhole(at(0, 0), 0, 20);
  expectWhole(at(0, 1), 0, 15);
  expectWhole(at(1, 0), 59, 79);
  expectWhole(at(2, 1), 44, 59);
  expectWhole(at(3, 0), 0, 20);
  expectUncorrelated(at(0, 0), at(3, 0));
  failures(drawn(randomPerspective({ p: 0.8 })).map((quad) => quad !== null), 0.8);
});

describe('resized crop', () => {
  test('area uniform, aspect ratio log-uniform, where all parts fit', () => {
    // A large image, so that whole pixels are fine; parts of at most a quarter fit whatever their ratio is, so none is drawn again.
    const large = { channels: 1, height: 6000, width: 6000 };
    const parts = drawn(randomResizedCrop({ size: 8, scale: [0.05, 0.25], ratio: [1 / 3, 3] }), large);
    const close = (values: readonly number[], low: number, high: number): void => expectUniform(values.map((v) => Math.min(Math.max(v, low), high)), low, high);
    // Half a pixel in a side of 775 at least moves these by 1e-3 of their size, far below a standard error, 4e-3 of the range.
    close(parts.map(({ height, width }) => height * width / 36e6), 0.05, 0.25);
    close(parts.map(({ height, width }) => Math.log(width / height)), -Math.log(3), Math.log(3));
    const places = parts.map(({ top, height }) => top / (6000 - height + 1));
    expectMoments(places, { mean: 0.5, variance: 1 / 12, kurtosis: 1.8 });
    expectUncorrelated(parts.map(({ height, width }) => height * width), parts.map(({ height, width }) => Math.log(width / height)));
  });

  test('always inside; in the middle with the nearest allowed ratio where nothing fits', () => {
    for (const { top, left, height, width } of drawn(randomResizedCrop({ size: 8 }))) {
      expect(top >= 0 && left >= 0 && height > 0 && width > 0 && top + height <= 60 && left + width <= 80).toBe(true);
    }
    const fallback = (of: typeof size, ratio: readonly [number, number]): unknown => drawFor(randomResizedCrop({ size: 8, scale: [1, 1], ratio }), random.key(1), 1, of)[0];
    expect(fallback({ channels: 1, height: 10, width: 100 }, [3 / 4, 4 / 3])).toEqual({ top: 0, left: 43, height: 10, width: 13 });
    expect(fallback({ channels: 1, height: 100, width: 10 }, [3 / 4, 4 / 3])).toEqual({ top: 43, left: 0, height: 13, width: 10 });
    expect(fallback({ channels: 1, height: 1, width: 1 }, [5, 6])).toEqual({ top: 0, left: 0, height: 1, width: 1 });
  });
});

test('zoom out: places inside, sides H / r', () => {
  const all = drawn(randomZoomOut({ sideRange: [2, 4], p: 1 }));
  const heights = all.map((place) => place?.height ?? NaN);
  expect([Math.min(...heights), Math.max(...heights)]).toEqual([15, 30]);
  expect(all.every((place) => place && place.top + place.height <= 60 && place.left + place.width <= 80)).toBe(true);
  // Of r uniform in (2, 4), 1 / r has mean ln 2 / 2 and mean square 1/8; rounding adds 1/12 to the variance of 60 / r, whose kurtosis is 2.1 by integration.
  const mean = 60 * Math.log(2) / 2;
  expectMoments(heights, { mean, variance: 3600 / 8 - mean ** 2 + 1 / 12, kurtosis: 2.1 });
});

test('elastic: a seed of each image\'s own, alpha by schedule', () => {
  expect(new Set(drawn(elasticTransform()).map(({ seed }) => seed.join())).size).toBe(n);
  const scheduled = elasticTransform({ alpha: schedules.linear({ start: 0, end: 10 }) });
  expect(drawFor(scheduled, random.key(1), 1, size, { step: 5, totalSteps: 10 })[0]?.alpha).toEqual([5, 5]);
});

test('combinators: rates of choice, of application, and of orders', () => {
  const flip = randomHorizontalFlip();
  const chosen = drawn(randomChoice({ transforms: [flip, flip, flip], p: [1, 0, 3] })).map(([i]) => i);
  expect(new Set(chosen)).toEqual(new Set([0, 2]));
  failures(chosen.map((i) => i === 2), 0.75);
  failures(drawn(randomApply({ transforms: [flip], p: 0.2 })).map((params) => params !== null), 0.2);
  const orders = drawn(randomOrder({ transforms: [flip, flip, flip] })).map(({ order }) => order.join(''));
  for (const order of ['012', '021', '102', '120', '201', '210']) failures(orders.map((o) => o === order), 1 / 6);
});

test('errors', () => {
  const cases: readonly [() => unknown, string][] = [
    [() => randomRotation({ degrees: [5, 1] }), 'RandomRotation: `degrees` must be [low, high] with low at most high, received [5,1].'],
    [() => randomAffine({ degrees: 0, scale: [0, 1] }), 'RandomAffine: `scale[0]` must be in (0, inf), received 0.'],
    [() => randomAffine({ degrees: 0, translate: [2, 0] }), 'RandomAffine: `translate[0]` must be in [0, 1], received 2.'],
    [() => randomAffine({ degrees: 0, shear: 90 }), 'RandomAffine: `shear[0]` must be in (-90, 90), received -90.'],
    [() => randomResizedCrop({ size: 3, scale: [0.1, 2] }), 'RandomResizedCrop: `scale[1]` must be in (0, 1], received 2.'],
    [() => randomResizedCrop({ size: 3, interpolation: 'cubic' as never }), "RandomResizedCrop: `interpolation` must be one of 'nearest', 'bilinear', 'bicubic', received \"cubic\"."],
    [() => randomPerspective({ interpolation: 'bicubic' as never }), "RandomPerspective: `interpolation` must be one of 'nearest', 'bilinear', received \"bicubic\"."],
    [() => randomZoomOut({ sideRange: [0.5, 2] }), 'RandomZoomOut: `sideRange[0]` must be in [1, inf), received 0.5.'],
    [() => randomChoice({ transforms: [randomHorizontalFlip()], p: [0] }), 'RandomChoice: `p` must have a weight above 0, received [0].'],
    [() => randomChoice({ transforms: [] }), 'RandomChoice: `transforms` must be a list of at least one transform, received [].'],
    [() => randomApply({ transforms: [randomHorizontalFlip as never] }), 'Call the factory: `randomCrop()`.'],
    [() => randomOrder({ transforms: [randomResizedCrop({ size: 3 })] }).outputSize(size), 'RandomOrder: whatever is drawn, images must come out in one size; of [3, 60, 80] RandomResizedCrop makes [3, 3, 3].'],
  ];
  for (const [run, message] of cases) expect(run).toThrow(message);
});
