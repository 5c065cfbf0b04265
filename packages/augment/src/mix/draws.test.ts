/** Whether what mixers draw has the distributions they state. */
import { random } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { drawCutmix } from './cutmix';
import { drawFmix } from './fmix';
import { drawMixup } from './mixup';
import { drawMixupOrCutmix } from './mixup-or-cutmix';
import { drawMosaic } from './mosaic';
import type { MixMode } from './pairing';
import { drawRicap } from './ricap';

const n = 3000;
const keys = Array.from({ length: n }, (_, step) => random.at(random.key(11), { step }));

/**
 * The distribution function of Beta(a, a), by trapezoids on 0 to 1/2 and symmetry. x = t^(1/b) with b = min(a, 1) takes the pole at 0
 * away: x^(a - 1) (1 - x)^(a - 1) dx = x^(a - b) (1 - x)^(a - 1) dt / b.
 */
function betaCdf(a: number): (x: number) => number {
  const b = Math.min(a, 1);
  const steps = 20_000;
  const end = 0.5 ** b;
  const density = (i: number): number => { const x = ((end * i) / steps) ** (1 / b); return x ** (a - b) * (1 - x) ** (a - 1); };
  const sums = new Float64Array(steps + 1);
  for (let i = 1; i <= steps; i++) sums[i] = (sums[i - 1] as number) + density(i - 1) + density(i);
  const below = (x: number): number => {
    const at = (x ** b / end) * steps;
    const i = Math.min(steps - 1, Math.floor(at));
    const [low, high] = [sums[i] as number, sums[i + 1] as number];
    return (low + (high - low) * (at - i)) / (2 * (sums[steps] as number));
  };
  return (x) => (x <= 0.5 ? below(x) : 1 - below(1 - x));
}

/** Kolmogorov and Smirnov's statistic: sqrt(n) sup |F_n - F|. Above 1.95 once in 1,000 for draws of F; the seed is fixed. */
function distance(values: readonly number[], cdf: (x: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const most = sorted.reduce((worst, x, i) => Math.max(worst, cdf(x) - i / sorted.length, (i + 1) / sorted.length - cdf(x)), 0);
  return most * Math.sqrt(sorted.length);
}
/** Within 5 standard errors of a share. */
const expectShare = (count: number, of: number, p: number): void => { expect(Math.abs(count / of - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / of)); };

describe('lambda', () => {
  test('the distribution function of the test', () => {
    expect(betaCdf(1)(0.3)).toBeCloseTo(0.3, 8);
    // 6 x^2 / 2 - 6 x^3 / 3 at 0.2.
    expect(betaCdf(2)(0.2)).toBeCloseTo(0.104, 8);
    // Arcsine: 2 / pi asin(sqrt(x)).
    expect(betaCdf(0.5)(0.9)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(0.9)), 8);
  });

  test.each([0.2, 1, 2, 50])('is Beta(%d, same), by Kolmogorov and Smirnov', (alpha) => {
    const cdf = betaCdf(alpha);
    expect(distance(keys.map((key) => drawMixup(key, 2, { alpha }).lambda as number), cdf)).toBeLessThan(1.95);
    // One batch of many, each its own.
    const own = drawMixup(random.key(3), n, { alpha, mode: 'element' }).lambda as number[];
    expect(distance(own, cdf)).toBeLessThan(1.95);
    // Of another parameter it is not.
    expect(distance(own, betaCdf(alpha * 1.5))).toBeGreaterThan(1.95);
    // No correlation from one sample to the next: within 5 standard errors, 1 / sqrt(n) each.
    const ranks = own.map(cdf);
    const correlation = ranks.slice(1).reduce((sum, u, i) => sum + (u - 0.5) * ((ranks[i] ?? 0) - 0.5), 0) * (12 / (n - 1));
    expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(n));
  });

  test.each<MixMode>(['batch', 'pair', 'element'])('prob mixes that share, %s', (mode) => {
    const lambdas = keys.flatMap((key) => drawMixup(key, 4, { alpha: 1, prob: 0.3, mode }).lambda);
    // A pair has one draw for its two.
    const draws = mode === 'pair' ? lambdas.length / 2 : lambdas.length;
    expectShare((lambdas.filter((lambda) => lambda < 1).length / lambdas.length) * draws, draws, 0.3);
  });

  test('cutmix and mixup are drawn in the shares of the switch', () => {
    const draws = keys.map((key) => drawMixupOrCutmix(key, 2, { height: 32, width: 32, switchProb: 0.2, prob: 0.9, mixupAlpha: 5, cutmixAlpha: 5 }));
    expectShare(draws.filter(({ boxes }) => (boxes[0]?.height ?? 0) > 0).length, n, 0.18);
    expectShare(draws.filter(({ lambda }) => (lambda as number) < 1).length, n, 0.72);
    expect(draws.every(({ lambda, boxes }) => lambda === 1 || boxes[0]?.height === 0)).toBe(true);
    expect(distance(draws.flatMap(({ lambda }) => ((lambda as number) < 1 ? [lambda as number] : [])), betaCdf(5))).toBeLessThan(1.95);
  });
});

describe('pairs', () => {
  test.each([1, 2, 7, 8])('of %d samples are each other\'s partners and share their draw', (size) => {
    for (const key of keys.slice(0, 50)) {
      const { permutation, lambda } = drawMixup(key, size, { alpha: 1, mode: 'pair' });
      expect(permutation.map((partner) => permutation[partner])).toEqual(permutation.map((_, i) => i));
      expect(permutation.filter((partner, i) => partner === i)).toHaveLength(size % 2);
      permutation.forEach((partner, i) => { expect((lambda as number[])[partner]).toBe((lambda as number[])[i]); });
      const { boxes } = drawCutmix(key, size, { height: 9, width: 9, mode: 'pair' });
      permutation.forEach((partner, i) => { expect(boxes[partner]).toEqual(boxes[i]); });
    }
  });

  test('every partner is as likely', () => {
    const counts = new Array<number>(4).fill(0);
    for (const key of keys) {
      const partner = drawMixup(key, 4, { alpha: 1, mode: 'pair' }).permutation[0] as number;
      counts[partner] = (counts[partner] ?? 0) + 1;
    }
    expect(counts[0]).toBe(0);
    for (const count of counts.slice(1)) expectShare(count, n, 1 / 3);
  });
});

describe('boxes', () => {
  const area = (alpha: number): number[] => keys.map((key) => { const [box] = drawCutmix(key, 2, { height: 200, width: 100, alpha }).boxes; return box ? box.height * box.width : NaN; });

  test('lie inside, and are (1 - lambda) of the image or less', () => {
    for (const key of keys.slice(0, 500)) {
      for (const box of drawCutmix(key, 6, { height: 9, width: 14, mode: 'element' }).boxes) {
        expect(Math.min(box.top, box.left, box.height, box.width, 9 - box.top - box.height, 14 - box.left - box.width)).toBeGreaterThanOrEqual(0);
      }
    }
    // E (1 - lambda) is 1/2; what the edges cut off leaves less.
    const mean = area(1).reduce((sum, a) => sum + a, 0) / n / 20_000;
    expect(mean).toBeLessThan(0.5);
    expect(mean).toBeGreaterThan(0.25);
  });

  test('by sides they lie whole inside, the sides uniform', () => {
    const boxes = keys.map((key) => drawCutmix(key, 2, { height: 20, width: 10, minmax: [0.2, 0.8] }).boxes[0] ?? { top: NaN, left: NaN, height: NaN, width: NaN });
    for (const { top, left, height, width } of boxes) {
      expect(height >= 4 && height <= 16 && width >= 2 && width <= 8 && top + height <= 20 && left + width <= 10).toBe(true);
    }
    for (let height = 4; height <= 16; height++) expectShare(boxes.filter((box) => box.height === height).length, n, 1 / 13);
  });
});

describe('masks, mosaics and patches', () => {
  test('masks have the drawn share of ones, and low frequencies', () => {
    // Of neighbouring pixels, how many are alike.
    const alike = (decayPower: number): number => {
      const masks = keys.slice(0, 40).map((key) => drawFmix(key, 2, { height: 16, width: 16, alpha: 50, decayPower }).masks[0] ?? []);
      return masks.reduce((sum, mask) => sum + mask.filter((one, i) => i % 16 < 15 && one === mask[i + 1]).length, 0) / (40 * 16 * 15);
    };
    expect(alike(3)).toBeGreaterThan(0.8);
    expect(alike(0)).toBeLessThan(0.6);
    const cdf = betaCdf(1);
    const shares = keys.map((key) => {
      const { lambda } = drawMixup(key, 1, { alpha: 1 });
      const mask = drawFmix(key, 1, { height: 6, width: 5 }).masks[0] ?? [];
      // The draw of lambda is mixup's, so the number of ones is known: exactly that many.
      expect(mask.filter((one) => one === 1)).toHaveLength(Math.round((lambda as number) * 30));
      return lambda as number;
    });
    expect(distance(shares, cdf)).toBeLessThan(1.95);
  });

  test('the four of a mosaic lie in random order, the point in the middle', () => {
    const draws = keys.map((key) => drawMosaic(key, 5, { height: 10, width: 6 }).pieces[0] ?? []);
    for (const place of [0, 1, 2, 3]) expectShare(draws.filter((four) => four[place]?.sample === 0).length, n, 0.25 + 0.75 / 5);
    const rows = draws.map((four) => four[3]?.top ?? NaN);
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([5, 15]);
    for (let row = 5; row <= 15; row++) expectShare(rows.filter((top) => top === row).length, n, 1 / 11);
    const some = keys.flatMap((key) => drawMosaic(key, 4, { height: 4, width: 4, prob: 0.25 }).pieces.map((of) => of.length));
    expectShare(some.filter((count) => count === 4).length, some.length, 0.25);
  });

  test('the boundary of patches is Beta(beta, beta)', () => {
    // Rounded to a thousandth, which moves the distribution function by less than the test sees at 0.5.
    const heights = keys.map((key) => (drawRicap(key, 1, { height: 1000, width: 1, beta: 0.5 }).pieces[0]?.[0]?.height ?? NaN) / 1000);
    const cdf = betaCdf(0.5);
    for (const x of [0.1, 0.25, 0.5, 0.75, 0.9]) expectShare(heights.filter((height) => height <= x).length, n, cdf(x + 0.0005));
  });
});
