import { describe, expect, test } from 'vitest';
import * as random from './index';

const block = (k: readonly [number, number], c: readonly [number, number, number, number]): number[] => {
  const out = new Uint32Array(4);
  random.philox(k[0], k[1], c[0], c[1], c[2], c[3], out);
  return [...out];
};

describe('Philox4x32-10', () => {
  // The known-answer vectors published with Random123 (kat_vectors, philox4x32 10).
  test('published vectors', () => {
    expect(block([0, 0], [0, 0, 0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const f = 0xffffffff;
    expect(block([f, f], [f, f, f, f])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    expect(block([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]))
      .toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
  });
});

describe('draws', () => {
  const n = 200_000;
  // Means and variances of n independent draws lie within 5 standard errors: once in 1.7 million by chance; the seed is fixed.
  const near = (actual: number, expected: number, sd: number): void => expect(Math.abs(actual - expected)).toBeLessThan(5 * sd / Math.sqrt(n));
  const mean = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => a + b, 0) / x.length;
  const variance = (x: ArrayLike<number>): number => { const m = mean(x); return mean(Array.from(x, (v) => (v - m) ** 2)); };

  test('uniform: mean 1/2, variance 1/12', () => {
    const x = random.uniform(random.key(1), n);
    near(mean(x), 0.5, Math.sqrt(1 / 12));
    near(variance(x), 1 / 12, Math.sqrt(1 / 80 - 1 / 144));
    expect(x.every((v) => v >= 0 && v < 1)).toBe(true);
  });

  test('normal: mean and variance', () => {
    const x = random.normal(random.key(2), n, { mean: 3, std: 2 });
    near(mean(x), 3, 2);
    near(variance(x), 4, Math.sqrt(2) * 4);
  });

  test('bernoulli: the rate', () => near(mean(random.bernoulli(random.key(3), n, 0.3)), 0.3, Math.sqrt(0.21)));

  test.each([[0.2, 0.2], [1, 3], [5, 2]])('beta(%d, %d): mean and variance', (a, b) => {
    const x = random.beta(random.key(4), n, a, b);
    const v = a * b / ((a + b) ** 2 * (a + b + 1));
    near(mean(x), a / (a + b), Math.sqrt(v));
    // The fourth central moment is at most 1/16 of the unit interval's, so the variance's standard error is at most sqrt(1/16 / n).
    near(variance(x), v, 0.25);
  });

  test('permutation: a permutation, uniform over the 24 of four', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 24_000; seed++) {
      const p = random.permutation(random.key(seed), 4);
      expect([...p].sort()).toEqual([0, 1, 2, 3]);
      counts.set(p.join(), (counts.get(p.join()) ?? 0) + 1);
    }
    const chi2 = [...counts.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(24);
    expect(chi2).toBeLessThan(58.6); // 23 degrees of freedom, one in 60,000
  });

  test('keys of different paths, steps and calls give different, uncorrelated draws', () => {
    const base = random.key(9);
    const a = random.normal(random.foldIn(base, 'a'), n);
    for (const other of [random.foldIn(base, 'b'), random.at(random.foldIn(base, 'a'), { step: 1 }), random.at(random.foldIn(base, 'a'), { call: 1 }), random.at(random.foldIn(base, 'a'), { pass: 1 })]) {
      const b = random.normal(other, n);
      near(mean(a.map((v, i) => v * (b[i] as number))), 0, 1);
    }
  });

  test('refuses seeds and ranges that are none', () => {
    expect(() => random.key(-1)).toThrow(/seed/);
    expect(() => random.key(1.5)).toThrow(/seed/);
    expect(() => random.uniform(random.key(0), 3, { low: 1, high: 1 })).toThrow('`high` must be in (1, inf)');
    expect(() => random.beta(random.key(0), 1, 0)).toThrow('`a`');
    expect(() => random.bernoulli(random.key(0), 1, 1.1)).toThrow('`p`');
    expect(() => random.uniform(random.key(0), 3, { lo: 1 } as object)).toThrow('random.uniform: unknown option `lo`. Did you mean `low`?');
    expect(() => random.at(random.key(0), { steps: 1 } as object)).toThrow('random.at: unknown option `steps`.');
    // Rejection would never end.
    for (const bound of [0, 1.5, Number.NaN]) expect(() => random.integers(random.key(0))(bound)).toThrow('`bound` must be a whole number in [1, 4294967296]');
  });

  test('refuses keys that are none', () => {
    const none = 7 as unknown as ReturnType<typeof random.key>;
    const draws = [
      () => random.bits(none, 1), () => random.uniform(none, 1), () => random.normal(none, 1), () => random.bernoulli(none, 1, 0.5), () => random.beta(none, 1, 1),
      () => random.permutation(none, 1), () => random.integers(none), () => random.foldIn(none, 'a'), () => random.at(none, {}),
    ];
    for (const draw of draws) expect(draw).toThrow('`key` must be a random key, received 7. Make one with `random.key(seed)`.');
  });
});
