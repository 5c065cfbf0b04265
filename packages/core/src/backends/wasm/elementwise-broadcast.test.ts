import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { broadcastStrides, sizeOf } from '../../tensor/shape';
import { bench, type Bench, noise, ulps } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

/** The element of x that belongs to the i-th of `target`. */
function pick(x: ArrayLike<number>, shape: readonly number[], target: readonly number[], i: number): number {
  const strides = broadcastStrides(shape, target);
  let at = 0;
  for (let axis = target.length - 1; axis >= 0; axis--) {
    at += (i % target[axis]!) * strides[axis]!;
    i = Math.floor(i / target[axis]!);
  }
  return x[at]!;
}

const shapes: [number[], number[], number[]][] = [
  [[5], [5], [5]], [[3, 4], [4], [3, 4]], [[3, 4], [3, 1], [3, 4]], [[3, 1], [1, 5], [3, 5]], [[2, 3, 4], [], [2, 3, 4]],
  [[2, 1, 4], [3, 1], [2, 3, 4]], [[4, 1, 2, 1], [1, 3, 1, 5], [4, 3, 2, 5]], [[130, 1], [70], [130, 70]], [[2, 3, 1, 7], [3, 4, 1], [2, 3, 4, 7]],
  [[1, 1], [1], [1, 1]], [[0, 3], [3], [0, 3]], [[3, 0], [3, 1], [3, 0]], [[200, 1, 90], [1, 3, 1], [200, 3, 90]],
];

describe.each(shapes)('broadcasting %j with %j', (left, right, target) => {
  const x = noise(sizeOf(left), 1);
  const z = noise(sizeOf(right), 2);
  const want = Float32Array.from({ length: sizeOf(target) }, (_, i) => pick(x, left, target, i) - pick(z, right, target, i));

  it('subtracts', async () => {
    expect((await b.run('sub', [b.floats(x, left), b.floats(z, right)], [b.like(target)]))[0]).toEqual(want);
  });

  it('selects with a mask of another shape', async () => {
    const mask = Uint8Array.from(x, (v) => Number(v > 0));
    const [y] = await b.run('where', [b.bools(mask, left), b.floats(z, right), b.floats([9])], [b.like(target)]);
    expect(y).toEqual(Float32Array.from(want, (_, i) => (pick(mask, left, target, i) ? pick(z, right, target, i) : 9)));
  });
});

describe('element types', () => {
  it('computes on int32, division truncating towards zero', async () => {
    const x = [7, -7, 7, -7, 2 ** 31 - 1, 0];
    const z = [2, 2, -2, -2, 1, 5];
    const run = async (name: string): Promise<number[]> => [...(await b.run(name, [b.ints(x), b.ints(z)], [b.like([6], 'int32')]))[0]!];
    expect(await run('div')).toEqual([3, -3, -3, 3, 2 ** 31 - 1, 0]);
    expect(await run('add')).toEqual([9, -5, 5, -9, -(2 ** 31), 5]);
    expect(await run('maximum')).toEqual([7, 2, 7, -2, 2 ** 31 - 1, 5]);
    expect([...(await b.run('sign', [b.ints([-4, 0, 9])], [b.like([3], 'int32')]))[0]!]).toEqual([-1, 0, 1]);
  });

  it('compares into bool, NaN unequal to itself', async () => {
    const run = async (name: string): Promise<TensorBytes> => (await b.run(name, [b.floats([1, NaN, 2]), b.floats([1, NaN, 1])], [b.like([3], 'bool')]))[0] as TensorBytes;
    expect(await run('equal')).toEqual(Uint8Array.from([1, 0, 0]));
    expect(await run('notEqual')).toEqual(Uint8Array.from([0, 1, 1]));
    expect(await run('greater')).toEqual(Uint8Array.from([0, 0, 1]));
    expect((await b.run('logicalXor', [b.bools([0, 0, 1, 1]), b.bools([0, 1, 0, 1])], [b.like([4], 'bool')]))[0]).toEqual(Uint8Array.from([0, 1, 1, 0]));
  });

  it('casts', async () => {
    expect([...(await b.run('castToInt', [b.floats([1.9, -1.9, 3e9])], [b.like([3], 'int32')]))[0]!]).toEqual([1, -1, 2 ** 31 - 1]);
    expect([...(await b.run('castToFloat', [b.ints([3, -4])], [b.like([2])]))[0]!]).toEqual([3, -4]);
    expect([...(await b.run('castToFloat', [b.bools([1, 0])], [b.like([2])]))[0]!]).toEqual([1, 0]);
    expect([...(await b.run('castToBool', [b.floats([0, -0, NaN, 2])], [b.like([4], 'bool')]))[0]!]).toEqual([0, 0, 1, 1]);
  });

  it('min and max give NaN where an operand is NaN', async () => {
    for (const name of ['minimum', 'maximum']) {
      const [y] = await b.run(name, [b.floats([NaN, 1, 2]), b.floats([1, NaN, 3])], [b.like([3])]);
      expect([...y!].map((v) => Number.isNaN(v))).toEqual([true, true, false]);
    }
    expect([...(await b.run('relu', [b.floats([NaN, -1, 2])], [b.like([3])]))[0]!]).toEqual([NaN, 0, 2]);
    expect([...(await b.run('clamp', [b.floats([NaN, -1, 9])], [b.like([3])], {}, [0, 5]))[0]!]).toEqual([NaN, 0, 5]);
  });

  it('refuses a type that a kernel does not take', async () => {
    await expect(b.run('exp', [b.ints([1])], [b.like([1])])).rejects.toThrow('exp: no kernel for int32.');
    await expect(b.run('noSuchKernel', [b.ints([1])], [b.like([1])])).rejects.toThrow("wasm: no kernel named 'noSuchKernel'.");
  });
});

type TensorBytes = Uint8Array;

describe('optimizer steps', () => {
  const scalars = [1e-3, 0.9, 0.999, 1e-8, 1 - 0.9, Math.sqrt(1 - 0.999), 0, 1e-5];
  const n = 4099;
  const [p, g, m, v] = [noise(n, 1), noise(n, 2), noise(n, 3).map((x) => x * 0.1), noise(n, 4).map((x) => x * x)];

  it('writes over its inputs, as one pass of adam', async () => {
    const [rp, rm, rv] = [b.floats(p), b.floats(m), b.floats(v)];
    const got = await b.run('adamStep', [rp, b.floats(g), rm, rv, b.floats([1], [])], [rp, rm, rv], {}, scalars);
    const [lr, b1, b2, eps, c1, c2, , decay] = scalars as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < n; i++) {
      const mn = m[i]! + (1 - b1) * (g[i]! - m[i]!);
      const vn = b2 * v[i]! + (1 - b2) * g[i]! ** 2;
      const pn = p[i]! - decay * p[i]! - (lr / c1) * mn / (Math.sqrt(vn) / c2 + eps);
      expect(Math.abs(got[0]![i]! - pn)).toBeLessThan(2e-7);
      expect(Math.abs(got[1]![i]! - mn)).toBeLessThan(1e-7);
      // 1 - beta2 is worked in float64: in float32 it would be off by 1e-5.
      expect(Math.abs(got[2]![i]! - vn)).toBeLessThan(2e-7 * vn + 1e-12);
    }
  });

  it('changes nothing where the gate is 0', async () => {
    const bad = g.map((x, i) => (i === 7 ? NaN : x));
    const got = await b.run('adamStep', [b.floats(p), b.floats(bad), b.floats(m), b.floats(v), b.floats([0], [])], [b.like([n]), b.like([n]), b.like([n])], {}, scalars);
    expect(got).toEqual([p, m, v]);
  });
});

describe('two arguments', () => {
  const some = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e-30, 1e30, -1e30, 2.5, -2.5, 16777217, Infinity, -Infinity, NaN];
  const pairs = some.flatMap((x) => some.map((y) => [Math.fround(x), Math.fround(y)] as const));
  const [left, right] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];

  it.each([['atan2', Math.atan2], ['pow', Math.pow]] as const)('%s agrees on all special values', async (name, truth) => {
    const [y] = await b.run(name, [b.floats(left), b.floats(right)], [b.like([pairs.length])]);
    pairs.forEach(([l, r], i) => {
      // C and PyTorch give 1 where JavaScript gives NaN.
      const want = name === 'pow' && (l === 1 || (l === -1 && Math.abs(r) === Infinity)) ? 1 : Math.fround(truth(l, r));
      const got = y![i]!;
      const same = Object.is(got, want) || (got !== 0 && Math.abs(got - want) <= 1e-7 * Math.abs(want));
      expect(same, `${name}(${l}, ${r}): got ${got}, expected ${want}`).toBe(true);
    });
  });

  it('pow and atan2 stay within 1 ulp', async () => {
    const x = noise(20_000, 8).map((v) => Math.abs(v) * 10 + 1e-3);
    const z = noise(20_000, 9).map((v) => v * 20);
    const [p] = await b.run('pow', [b.floats(x), b.floats(z)], [b.like([x.length])]);
    const [t] = await b.run('atan2', [b.floats(z), b.floats(noise(20_000, 10))], [b.like([x.length])]);
    const w = noise(20_000, 10);
    for (let i = 0; i < x.length; i++) {
      for (const [got, truth] of [[p![i]!, x[i]! ** z[i]!], [t![i]!, Math.atan2(z[i]!, w[i]!)]] as const) {
        expect(ulps(got, truth)).toBeLessThan(1);
      }
    }
  });
});
