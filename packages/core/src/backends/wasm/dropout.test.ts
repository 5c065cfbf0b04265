import { afterAll, beforeAll, expect, it } from 'vitest';
import { bench, type Bench, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

/** Philox4x32-10 with 64-bit products, from the paper's definition (Salmon et al., 2011). */
function philox(counter: readonly number[], key: readonly number[]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  const word = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const a = 0xd2511f53n * c0;
    const d = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(d >> 32n) ^ c1 ^ k0, d & word, (a >> 32n) ^ c3 ^ k1, a & word];
    k0 = (k0 + 0x9e3779b9n) & word;
    k1 = (k1 + 0xbb67ae85n) & word;
  }
  return [c0, c1, c2, c3].map(Number);
}

const key = [0xa4093822, 0x299f31d0];
const tail = [0x85a308d3, 0x13198a2e, 0x03707344];

function mask(count: number, threshold: number): boolean[] {
  return Array.from({ length: count }, (_, i) => {
    const word = philox([Math.floor(i / 8), ...tail], key)[Math.floor((i % 8) / 2)]!;
    return (i % 2 === 0 ? word & 0xffff : word >>> 16) >= threshold;
  });
}

it('the definition used here gives the published vectors', () => {
  expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  expect(philox([0x243f6a88, ...tail], key)).toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
});

it.each([1, 3, 8, 31, 32, 33, 1000, 40_001])('keeps what the generator keeps of %i elements', async (count) => {
  const x = noise(count);
  const threshold = 19_661;
  const [y] = await b.run('dropout', [b.floats(x)], [b.like([count])], {}, [threshold, 2, ...key, ...tail]);
  const kept = mask(Math.min(count, 3000), threshold);
  const zero = (v: number): number => (v < 0 ? -0 : 0);
  kept.forEach((keep, i) => expect(y![i]).toBe(keep ? x[i]! * 2 : zero(x[i]!)));
});

it('drops all at a threshold of 65536 and none at 0', async () => {
  const x = noise(100).map(Math.abs);
  expect((await b.run('dropout', [b.floats(x)], [b.like([100])], {}, [65_536, 1, ...key, ...tail]))[0]).toEqual(new Float32Array(100));
  expect((await b.run('dropout', [b.floats(x)], [b.like([100])], {}, [0, 1, ...key, ...tail]))[0]).toEqual(x);
});
