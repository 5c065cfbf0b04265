import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stridesOf } from '../../tensor/shape';
import { bench, type Bench, close, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

/** Calls `fn` with every index of a shape. */
function each(shape: readonly number[], fn: (index: number[], flat: number) => void): void {
  const total = shape.reduce((p, n) => p * n, 1);
  for (let flat = 0; flat < total; flat++) {
    let rest = flat;
    const index = shape.toReversed().map((n) => {
      const at = rest % n;
      rest = Math.floor(rest / n);
      return at;
    }).toReversed();
    fn(index, flat);
  }
}

describe('stridedAdd', () => {
  const cases: [string, number[], number[], number, number][] = [
    ['a slice', [3, 4], [10, 1], 12, 60], ['a permutation', [4, 5, 6], [1, 4, 20], 0, 120], ['a flip', [3, 4], [4, -1], 3, 12],
    ['a broadcast, summing', [50, 7], [0, 1], 0, 7], ['overlapping windows', [20, 5], [1, 1], 0, 24], ['a stepped slice', [5, 5], [20, 3], 2, 100],
    ['everything in one place', [6, 6], [0, 0], 1, 3], ['nothing', [0, 3], [3, 1], 0, 4],
  ];
  it.each(cases)('%s', async (_, shape, strides, offset, size) => {
    const x = noise(shape.reduce((p, n) => p * n, 1));
    const want = new Float64Array(size);
    each(shape, (index, flat) => { want[offset + index.reduce((s, i, k) => s + i * strides[k]!, 0)]! += x[flat]!; });
    expect(close((await b.run('stridedAdd', [b.floats(x, shape)], [b.like([size])], { strides, offset }))[0]!, want)).toBeLessThan(1e-6);
  });
});

it.each([[[2, 3], [1, 2], [5, 6]], [[3, 2, 4], [0, 1, 0], [3, 4, 4]], [[5], [3], [9]], [[2, 2], [0, 0], [2, 2]], [[0, 2], [1, 1], [2, 4]]])('pad %j by %j to %j', async (shape, before, target) => {
  const x = noise(shape.reduce((p, n) => p * n, 1));
  const strides = stridesOf(target);
  const want = new Float32Array(target.reduce((p, n) => p * n, 1)).fill(-3);
  each(shape, (index, flat) => { want[index.reduce((s, i, k) => s + (i + before[k]!) * strides[k]!, 0)] = x[flat]!; });
  expect((await b.run('pad', [b.floats(x, shape)], [b.like(target)], { before }, [-3]))[0]).toEqual(want);
  const ints = x.map((v) => Math.round(v * 9));
  expect((await b.run('pad', [b.ints(ints, shape)], [b.like(target, 'int32')], { before }, [-3]))[0]!.filter((v) => v === -3).length).toBeGreaterThanOrEqual(want.length - x.length);
});

it.each([0, 1, 2])('concat along axis %i', async (axis) => {
  const parts = [2, 0, 3, 1].map((n, i) => {
    const shape = [3, 2, 5];
    shape[axis] = n;
    return { shape, data: noise(shape.reduce((p, v) => p * v, 1), i + 1) };
  });
  const target = [3, 2, 5];
  target[axis] = 6;
  const want: number[] = [];
  each(target, (index) => {
    let at = index[axis]!;
    const part = parts.find(({ shape }) => {
      if (at < shape[axis]!) return true;
      at -= shape[axis]!;
      return false;
    })!;
    const strides = stridesOf(part.shape);
    want.push(part.data[index.reduce((s, i, k) => s + (k === axis ? at : i) * strides[k]!, 0)]!);
  });
  const [y] = await b.run('concat', parts.map(({ shape, data }) => b.floats(data, shape)), [b.like(target)], { axis });
  expect([...y!]).toEqual(want);
});

it.each([[2, 9, 1], [3, 20, 7], [1, 5, 100]])('cumsum of [%i, %i, %i]', async (outer, n, inner) => {
  const x = noise(outer * n * inner);
  for (const reverse of [false, true]) {
    const want = new Float64Array(x.length);
    for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let q = 0; q < n; q++) {
        const p = (o * n + (reverse ? n - 1 - q : q)) * inner + i;
        sum += x[p]!;
        want[p] = sum;
      }
    }
    const shape = [outer, n, inner];
    expect(close((await b.run('cumsum', [b.floats(x, shape)], [b.like(shape)], { reverse }))[0]!, want)).toBeLessThan(1e-6);
  }
  expect([...(await b.run('cumsum', [b.ints([1, 2, 3], [1, 3, 1])], [b.like([1, 3, 1], 'int32')], { reverse: false }))[0]!]).toEqual([1, 3, 6]);
});

describe('totals', () => {
  it('sumSquares over several tensors', async () => {
    const parts = [noise(50_001, 1), noise(7, 2), new Float32Array(0), noise(16_384, 3)];
    const truth = parts.reduce((s, p) => s + p.reduce((t, v) => t + v * v, 0), 0);
    const [y] = await b.run('sumSquares', parts.map((p) => b.floats(p)), [b.like([])]);
    expect(Math.abs(y![0]! - truth) / truth).toBeLessThan(1e-6);
    expect([...(await b.run('sumSquares', [], [b.like([])]))[0]!]).toEqual([0]);
  });

  it.each([NaN, Infinity, -Infinity])('allFinite finds %d wherever it is', async (bad) => {
    for (const at of [0, 1, 4098, 20_002]) {
      const x = noise(20_003);
      x[at] = bad;
      expect([...(await b.run('allFinite', [b.floats(noise(9)), b.floats(x)], [b.like([])]))[0]!]).toEqual([0]);
    }
    expect([...(await b.run('allFinite', [b.floats([3.4e38, -1e-45]), b.ints([2 ** 31 - 1])], [b.like([])]))[0]!]).toEqual([1]);
  });
});
