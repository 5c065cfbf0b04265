import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, type Bench, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

function naive(x: ArrayLike<number>, shape: readonly number[], strides: readonly number[], offset: number): number[] {
  const out: number[] = [];
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) out.push(x[at]!);
    else for (let i = 0; i < shape[axis]!; i++) walk(axis + 1, at + i * strides[axis]!);
  };
  walk(0, offset);
  return out;
}

describe('strided', () => {
  const cases: [string, number, number[], number[], number][] = [
    ['a copy', 24, [2, 3, 4], [12, 4, 1], 0],
    ['a transpose', 35, [7, 5], [1, 7], 0],
    ['a large transpose', 90 * 130, [130, 90], [1, 130], 0],
    ['axes 0 2 1', 2 * 9 * 10, [2, 10, 9], [90, 1, 10], 0],
    ['axes 2 0 1', 3 * 5 * 6, [6, 3, 5], [1, 30, 6], 0],
    ['axes 1 0 3 2', 2 * 3 * 8 * 9, [3, 2, 9, 8], [72, 216, 1, 9], 0],
    ['heads of attention', 2 * 6 * 4 * 8, [2, 4, 6, 8], [192, 8, 32, 1], 0],
    ['a slice', 100, [4, 3], [10, 1], 23],
    ['a stepped slice', 100, [4, 3], [20, 3], 1],
    ['a flip', 12, [3, 4], [4, -1], 3],
    ['a flip of both axes', 12, [3, 4], [-4, -1], 11],
    ['a broadcast', 5, [3, 5, 2], [0, 1, 0], 0],
    ['a scalar', 3, [], [], 2],
    ['a broadcast scalar', 1, [9], [0], 0],
    ['nothing', 5, [0, 3], [3, 1], 0],
  ];
  it.each(cases)('%s', async (_, count, shape, strides, offset) => {
    const x = noise(count);
    const [y] = await b.run('strided', [b.floats(x)], [b.like(shape)], { strides, offset });
    expect([...y!]).toEqual(naive(x, shape, strides, offset));
  });

  it('keeps the bits of int32', async () => {
    const [y] = await b.run('strided', [b.ints([2 ** 31 - 1, -5, 0x7fc00001, 4])], [b.like([2, 2], 'int32')], { strides: [1, 2], offset: 0 });
    expect([...y!]).toEqual([2 ** 31 - 1, 0x7fc00001, -5, 4]);
  });
});

it('fills floats, ints and bools of any length', async () => {
  for (const n of [0, 1, 3, 4, 66_001]) {
    expect((await b.run('fill', [], [b.like([n])], {}, [1.5]))[0]).toEqual(new Float32Array(n).fill(1.5));
    expect((await b.run('fill', [], [b.like([n], 'int32')], {}, [-7]))[0]).toEqual(new Int32Array(n).fill(-7));
    expect((await b.run('fill', [], [b.like([n], 'bool')], {}, [1]))[0]).toEqual(new Uint8Array(n).fill(1));
  }
});
