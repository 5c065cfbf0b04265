/** Sums between threads, and their gradients. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { gradientCheck, useReference } from '@parsimony/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundleForNode } from '../../../../tooling/vitest/bundle.ts';
import { joinCollective, ops, random, shareCollective, tensor, training, useBackend } from '../index';
import { type Outcome, type Part, takePart } from './testing/member';

const folder = mkdtempSync(join(tmpdir(), 'parsimony-collective-'));
let program = '';
beforeAll(async () => { program = await bundleForNode(fileURLToPath(new URL('./testing/member.ts', import.meta.url)), folder, 'member'); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** This thread and others, each with its values. */
async function together(values: readonly (readonly number[])[], task: Part['task'] = 'values'): Promise<(Outcome | string)[]> {
  const shared = shareCollective(values.length);
  const workers = values.slice(1).map((own, i) => new Worker(program, { workerData: { shared, rank: i + 1, values: own, task } satisfies Part }));
  const theirs = workers.map(async (worker) => (await once(worker, 'message') as [Outcome | string])[0]);
  // This thread blocks in the sum: the others must have been started by then.
  await Promise.all(workers.map((worker) => once(worker, 'online')));
  const own = await takePart({ shared, rank: 0, values: values[0] ?? [], task }).catch(String);
  const all = [own, ...await Promise.all(theirs)];
  await Promise.all(workers.map((worker) => worker.terminate()));
  return all;
}

describe('between threads', () => {
  beforeEach(async () => { await useBackend('wasm', { threads: 1 }); });

  test.each([2, 3])('%i of them get the same sum, and the gradients of the sum of their losses', async (size) => {
    const values = Array.from({ length: size }, (_, rank) => [0.5 - rank, 1.5 * rank + 0.25]);
    const outcomes = await together(values) as Outcome[];
    // The same in plain numbers: L = W sum_i s_i^2, s_i = sum_r x_ri^2, W the sum of the ranks' weights.
    const weight = values.reduce((n, _, rank) => n + rank + 1, 0);
    const s = [0, 1].map((i) => values.reduce((n, x) => n + (x[i] as number) ** 2, 0));
    outcomes.forEach((outcome, rank) => {
      const x = values[rank] as number[];
      expect(outcome.sum).toEqual([0, 1].map((i) => values.reduce((n, v) => n + (v[i] as number), 0)));
      [0, 1].forEach((i) => {
        expect(outcome.first[i]).toBeCloseTo(4 * weight * (s[i] as number) * (x[i] as number), 4);
        // Of sum over ranks of g^2 = 16 W^2 s^3: 96 W^2 s^2 x.
        const second = 96 * weight ** 2 * (s[i] as number) ** 2 * (x[i] as number);
        expect((outcome.second[i] as number) / second).toBeCloseTo(1, 5);
      });
    });
  });

  test('more than a slot holds', async () => {
    const long = Array.from({ length: 300_000 }, (_, i) => i % 7);
    const [own, other] = await together([long, long.map((x) => x + 0.5)]) as [Outcome, Outcome];
    expect(own.sum).toEqual(long.map((x) => 2 * x + 0.5));
    expect(other.sum).toEqual(own.sum);
  });

  test('other shapes are refused on both sides', async () => {
    const messages = await together([[1, 2], [3, 4]], 'shape');
    for (const message of messages) expect(message).toContain("The replicas part ways: replica");
    expect(messages[0]).toContain("replica 0 is at 'allReduceSum' (2), replica 1 at 'allReduceSum' (3)");
  });
});

describe('alone', () => {
  test('the sum is the tensor, on every backend', async () => {
    await useReference();
    const sole = joinCollective(shareCollective(1), 0);
    const x = tensor([1, 2]);
    expect(sole.allReduceSum(x)).toBe(x);
    expect(training({ key: random.key(0) }).collective.size).toBe(1);
    await gradientCheck(({ v }) => ops.sum(ops.square(sole.allReduceSum(v))), { v: tensor([1, -2]) });
  });

  test('another backend is refused before anyone waits', async () => {
    await useReference();
    expect(() => joinCollective(shareCollective(2), 0).allReduceSum(tensor([1]))).toThrow("allReduceSum: replicas exchange tensors on the wasm backend; this one is on 'reference'. Call `await useBackend('wasm')`, or train with one replica.");
  });

  test('errors', async () => {
    await useBackend('wasm', { threads: 1 });
    expect(() => shareCollective(0)).toThrow('shareCollective: `size` must be a whole number in [1, 64], received 0.');
    expect(() => joinCollective({ size: 2, memory: new ArrayBuffer(8) } as never, 0)).toThrow('joinCollective: expected what `shareCollective` gave');
    expect(() => joinCollective(shareCollective(2), 2)).toThrow('joinCollective: `rank` must be a whole number in [0, 1], received 2.');
    expect(() => joinCollective(shareCollective(2), 0).allReduceSum(3 as never)).toThrow('allReduceSum: `x` must be a tensor, received 3.');
    expect(() => joinCollective(shareCollective(2), 0).allReduceSum(tensor([1], { dtype: 'int32' }))).toThrow('allReduceSum: `x` must be float32, received int32.');
    expect(() => training({ key: random.key(0), collective: {} as never })).toThrow('training: `collective` must be a Collective');
  });
});
