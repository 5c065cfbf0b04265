import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, type Bench, close, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

const folds = {
  sum: [0, (a: number, v: number) => a + v],
  max: [-Infinity, (a: number, v: number) => (Number.isNaN(a) || Number.isNaN(v) ? NaN : Math.max(a, v))],
  min: [Infinity, (a: number, v: number) => (Number.isNaN(a) || Number.isNaN(v) ? NaN : Math.min(a, v))],
  prod: [1, (a: number, v: number) => a * v],
} as const;

function naive(x: ArrayLike<number>, outer: number, n: number, inner: number, op: keyof typeof folds): Float64Array {
  const [start, fold] = folds[op];
  return Float64Array.from({ length: outer * inner }, (_, at) => {
    let value: number = start;
    for (let j = 0; j < n; j++) value = fold(value, x[(Math.floor(at / inner) * n + j) * inner + (at % inner)]!);
    return value;
  });
}

const shapes = [[1, 1, 1], [3, 7, 1], [2, 33, 1], [1, 100_000, 1], [5, 4, 3], [2, 700, 17], [1, 1500, 64], [3, 9, 130], [4, 1, 5]] as const;

describe.each(['sum', 'max', 'min', 'prod'] as const)('reduce %s', (op) => {
  it.each(shapes)('[%i, %i, %i]', async (outer, n, inner) => {
    const x = noise(outer * n * inner).map((v) => (op === 'prod' ? 1 + v / n : v));
    const [y] = await b.run('reduce', [b.floats(x, [outer, n, inner])], [b.like([outer, inner])], { op });
    // A product's error grows with its length: half a unit in the last place a factor.
    expect(close(y!, naive(x, outer, n, inner, op))).toBeLessThan(op === 'prod' ? 1e-6 + n * 2 ** -24 : 1e-5);
    const ints = noise(outer * n * inner).map((v) => Math.round(op === 'prod' ? 1 + Math.abs(v) / 3 : v * 100));
    const [z] = await b.run('reduce', [b.ints(ints, [outer, n, inner])], [b.like([outer, inner], 'int32')], { op });
    expect([...z!]).toEqual([...naive(ints, outer, n, inner, op)].map((v) => v | 0));
  });

  it('reduces nothing to the neutral element, and nothing of nothing', async () => {
    if (op === 'sum' || op === 'prod') {
      const [y] = await b.run('reduce', [b.floats([], [2, 0, 3])], [b.like([2, 3])], { op });
      expect([...y!]).toEqual(new Array(6).fill(op === 'sum' ? 0 : 1));
    }
    const [y] = await b.run('reduce', [b.floats([], [0, 3, 1])], [b.like([0, 1])], { op });
    expect(y).toHaveLength(0);
  });
});

it('max and min give NaN where there is one', async () => {
  const x = noise(60);
  x[37] = NaN;
  for (const op of ['max', 'min']) {
    const [y] = await b.run('reduce', [b.floats(x, [2, 30, 1])], [b.like([2, 1])], { op });
    expect(Number.isNaN(y![0])).toBe(false);
    expect(Number.isNaN(y![1])).toBe(true);
    const [z] = await b.run('reduce', [b.floats(x, [2, 6, 5])], [b.like([2, 5])], { op });
    expect([...z!].map((v) => Number.isNaN(v))).toEqual([false, false, false, false, false, false, false, true, false, false]);
  }
});

it('sums a million float32 of one sign to 1e-6', async () => {
  const x = noise(1_000_000).map((v) => 1 + v * 0.5);
  const [y] = await b.run('reduce', [b.floats(x, [1, x.length, 1])], [b.like([1, 1])], { op: 'sum' });
  const truth = x.reduce((s, v) => s + v, 0);
  expect(Math.abs(y![0]! - truth) / truth).toBeLessThan(1e-6);
  const [z] = await b.run('reduce', [b.floats(x, [1, 250_000, 4])], [b.like([1, 4])], { op: 'sum' });
  expect(Math.abs(Array.from(z!).reduce((s, v) => s + v, 0) - truth) / truth).toBeLessThan(1e-6);
});
