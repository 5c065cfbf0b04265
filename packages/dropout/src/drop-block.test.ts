import { ones, ops, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, expectUncorrelated, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { clampBlock, dropBlock2d, DropBlock2d, dropBlock3d, DropBlock3d, growBlocks, seedRate } from './drop-block';

const key = random.key(29);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe.each(techniqueBackends)('DropBlock on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('a seed grows to one block, odd or even, at any edge', async () => {
    const grown = async (seeds: number[][], block: number[]): Promise<unknown> => (await growBlocks(tensor([[seeds]]), block).array() as number[][][][])[0]?.[0];
    expect(await grown([[0, 0, 1], [0, 0, 0]], [2, 2])).toEqual([[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]);
    expect(await grown([[1, 0], [0, 0]], [3, 1])).toEqual([[1, 0], [1, 0], [1, 0], [0, 0]]);
    expect(await grown([[0, 1]], [1, 4])).toEqual([[0, 1, 1, 1, 1]]);
    expect(await values(growBlocks(tensor([[[[[1]], [[0]]]]]), [2, 1, 1]))).toEqual([1, 1, 0]);
  });

  test('gamma, and the clamping of blocks', () => {
    // .1 * 64 / 9 / 36
    expect(seedRate(0.1, [8, 8], [3, 3])).toBeCloseTo(0.1 * 64 / 9 / 36, 15);
    expect(seedRate(0.1, [8, 6], [2, 4])).toBeCloseTo(0.1 * 48 / 8 / 21, 15);
    expect(seedRate(0.3, [4, 4], [4, 4])).toBeCloseTo(0.3, 15);
    // One number is clamped to the smallest axis, as in torchvision, and sizes by axis each to its own.
    expect(clampBlock(7, [4, 3])).toEqual([3, 3]);
    expect(clampBlock([7, 2], [4, 3])).toEqual([4, 2]);
  });

  test('the output of ones has mean 1, and elements are 0 or all the same', async () => {
    const y = await values(dropBlock2d(ones([4, 5, 9, 7]), { p: 0.3, blockSize: 3, key }));
    const kept = y.filter((v) => v !== 0);
    expect(new Set(kept).size).toBe(1);
    expect(kept[0]).toBeCloseTo(y.length / kept.length, 4);
  });

  // An element is kept where none of the places whose block reaches it is a seed: (1 - gamma)^places. Maps are independent, so the standard
  // error of the share that is dropped is at most sqrt(q (1 - q) / maps) for a mean share q.
  const share = (map: readonly number[], block: readonly number[], gamma: number): number => {
    const places = map.map((n, axis) => {
      const k = block[axis] ?? 1;
      return Array.from({ length: n }, (_, i) => Math.min(i, n - k) - Math.max(0, i - k + 1) + 1);
    }).reduce((all, line) => all.flatMap((a) => line.map((b) => a * b)), [1]);
    return places.reduce((sum, count) => sum + 1 - (1 - gamma) ** count, 0) / places.length;
  };
  test.each([
    ['odd', [9, 7], [3, 3], dropBlock2d],
    ['even', [8, 8], [4, 4], dropBlock2d],
    ['even by odd', [5, 6], [2, 3], dropBlock2d],
    ['the whole map', [4, 4], [4, 4], dropBlock2d],
    ['volumes', [4, 5, 4], [2, 3, 2], dropBlock3d],
  ] as const)('drop rate, blocks %s', async (_, map, blockSize, drop) => {
    const [p, maps] = [0.2, 600];
    const y = await values(drop(ones([maps / 10, 10, ...map]), { p, blockSize, key }));
    const expected = share(map, blockSize, seedRate(p, map, blockSize));
    expect(expected).toBeLessThanOrEqual(p + 1e-12);
    const found = y.filter((v) => v === 0).length / y.length;
    expect(Math.abs(found - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / maps));
    // Independent over channels and samples, and steps.
    const size = map.reduce((a, b) => a * b, 1);
    const centre = (all: number[]): number[] => all.filter((__, i) => i % size === Math.floor(size / 2)).map((v) => Number(v !== 0));
    expectUncorrelated(centre(y).slice(1), centre(y).slice(0, -1));
    expectUncorrelated(centre(y).slice(10), centre(y).slice(0, -10));
    expectUncorrelated(centre(y), centre(await values(drop(ones([maps / 10, 10, ...map]), { p, blockSize, key: random.at(key, { step: 1 }) }))));
  });

  test('with blocks of 1 it is dropout with a factor of its own', async () => {
    const y = await values(dropBlock2d(ones([5, 5, 20, 20]), { p: 0.4, blockSize: 1, key }));
    expect(Math.abs(y.filter((v) => v === 0).length / y.length - 0.4)).toBeLessThan(5 * Math.sqrt(0.24 / y.length));
  });

  test('p of 0 and 1, a zero-size batch, one sample, non-contiguous input, a schedule', async () => {
    const train = (step = 0) => training({ key, step, totalSteps: 10 });
    const x = tensor(sample(2 * 3 * 5 * 4, { seed: 3 }), [2, 3, 5, 4]);
    expect(new DropBlock2d({ p: 0, blockSize: 3 }).forward(x, train())).toBe(x);
    await expectClose(new DropBlock2d({ p: 1, blockSize: 1 }).forward(x, train()), new Float64Array(120), { atol: 0 });
    expect(new DropBlock2d({ p: 0.5, blockSize: 3 }).forward(zeros([0, 3, 5, 4]), train()).shape).toEqual([0, 3, 5, 4]);
    expect(new DropBlock3d({ p: 0.5, blockSize: 2 }).forward(ones([1, 1, 3, 3, 3]), train()).shape).toEqual([1, 1, 3, 3, 3]);
    const turned = ops.permute(x, [0, 1, 3, 2]);
    expect(await values(dropBlock2d(turned, { p: 0.5, blockSize: 2, key }))).toEqual(await values(dropBlock2d(ops.add(turned, 0), { p: 0.5, blockSize: 2, key })));
    const layer = new DropBlock2d({ p: schedules.linear({ start: 0, end: 0.2, steps: 10 }), blockSize: 3 });
    expect(layer.forward(x, train(0))).toBe(x);
    expect(layer.forward(x, train(9))).not.toBe(x);
  });
});

test('errors', async () => {
  await useReference();
  expect(() => new DropBlock2d({ p: 0.1, blockSize: 0 })).toThrow('DropBlock2d: `blockSize` must be a whole number in [1, inf), received 0.');
  expect(() => new DropBlock2d({ p: 0.1, blockSize: [2, 2, 2] })).toThrow('DropBlock2d: `blockSize.length` must be a whole number in [2, 2], received 3.');
  expect(() => new DropBlock3d({ p: 0.1, blockSize: [2, 2.5, 2] })).toThrow('DropBlock3d: `blockSize[1]` must be a whole number in [1, inf), received 2.5.');
  expect(() => new DropBlock3d({ p: 0.1, blockSize: 2, eps: 0 })).toThrow('DropBlock3d: `eps` must be in (0, inf), received 0.');
  expect(() => new DropBlock2d({ blockSize: 2 } as never)).toThrow('DropBlock2d: `p` must be a number or a schedule, received undefined.');
  expect(() => dropBlock2d(ones([2, 3, 4]), { p: 0.1, blockSize: 2, key })).toThrow('dropBlock2d: `x` must be [N, C, H, W], received [2, 3, 4].');
});
