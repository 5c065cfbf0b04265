/** Replicas with synchronized norms give what one process gives over the whole batch. */
import { arrayDataset, type FitOptions, type FitResult, type Trainer, useBackend } from '@parsimony/core';
import { moduleContract, sample } from '@parsimony/testkit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleForNode } from '../../../tooling/vitest/bundle.ts';
import { SyncBatchNorm } from './sync-batch-norm';
import makeTrainer, { type ReplicaCase } from './testing/replica-trainer';

const folder = mkdtempSync(join(tmpdir(), 'parsimony-replicas-'));
let module = '';
beforeAll(async () => {
  await useBackend('wasm', { threads: 1 });
  module = pathToFileURL(await bundleForNode(fileURLToPath(new URL('./testing/replica-trainer.ts', import.meta.url)), folder, 'trainer')).href;
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Every fifth label is ignored, so that replicas differ in how many count; 21 samples do not split evenly. */
const images = (size: number): ReturnType<typeof arrayDataset> => arrayDataset({
  inputs: Float32Array.from(sample(size * 2 * 5 * 5, { seed: 4, low: -1, high: 3 })), shape: [2, 5, 5],
  labels: Array.from({ length: size }, (_, i) => (i % 5 === 2 ? -100 : (i * 7) % 3)), numClasses: 3, ignoreIndex: -100,
});

interface Seen { readonly result: FitResult; readonly losses: number[]; readonly state: Record<string, number[]>; readonly trainer: Trainer }
async function run(what: ReplicaCase, options: Partial<FitOptions> = {}): Promise<Seen> {
  const trainer = makeTrainer(what, module);
  const losses: number[] = [];
  const result = await trainer.fit({
    train: images(42), validation: images(9), epochs: 3, batchSize: 21, ...options, onProgress: (e) => { if (e.kind === 'step') losses.push(e.loss); },
  });
  const state = Object.fromEntries(await Promise.all(Object.entries(trainer.model.stateDict()).map(async ([path, x]): Promise<[string, number[]]> => [path, Array.from(await x.data())])));
  return { result, losses, state, trainer };
}

function expectSame(a: Seen, b: Seen, digits: number): void {
  b.losses.forEach((loss, i) => { expect(a.losses[i], `loss ${i}`).toBeCloseTo(loss, digits); });
  expect(Object.keys(a.state)).toEqual(Object.keys(b.state));
  for (const [path, values] of Object.entries(b.state)) values.forEach((value, i) => { expect(a.state[path]?.[i], `${path}[${i}]`).toBeCloseTo(value, digits); });
  b.result.history.forEach(({ values: { seconds: _, ...values } }, i) => {
    for (const [name, value] of Object.entries(values)) expect(a.result.history[i]?.values[name], `${name} in row ${i}`).toBeCloseTo(value, digits);
  });
}

describe.each(['sync', 'none'] as const)('norm: %s', (norm) => {
  test.each([2, 3])('%i replicas give the losses, weights, running statistics and history of one', async (replicas) => {
    expectSame(await run({ norm }, { replicas }), await run({ norm }), 4);
  });

  test('and its gradients, microbatches included', async () => {
    const step = { train: images(21), epochs: 1 };
    expectSame(await run({ norm, bare: true }, { ...step, replicas: 2 }), await run({ norm, bare: true }, step), 5);
    if (norm === 'none') expectSame(await run({ norm, bare: true, accumulate: 3 }, { ...step, replicas: 2 }), await run({ norm, bare: true }, step), 5);
  });
});

describe('what is said', () => {
  const codes = ({ trainer }: Seen): string[] => trainer.findings.map(({ code }) => code);

  test('a norm that is not synchronized gives other results, and the plan warns', async () => {
    const [apart, whole, sync] = [await run({ norm: 'batch' }, { replicas: 2 }), await run({ norm: 'batch' }), await run({ norm: 'sync' }, { replicas: 2 })];
    expect(apart.losses[0]).not.toBeCloseTo(whole.losses[0] as number, 4);
    expect(codes(apart)).toContain('batch-norm-replicas');
    expect([...codes(whole), ...codes(sync)]).not.toContain('batch-norm-replicas');
    expect(apart.trainer.findings.find(({ code }) => code === 'batch-norm-replicas')?.message).toContain("Batch norm at `1` (BatchNorm2d) takes the statistics of each replica's part of the batch");
  });

  test('a part under 8 samples counts for norms that see it alone', async () => {
    expect(codes(await run({ norm: 'batch' }, { replicas: 3 }))).toContain('small-batch-norm');
    expect(codes(await run({ norm: 'sync' }, { replicas: 3 }))).not.toContain('small-batch-norm');
  });
});

test('one sample to each of three replicas is enough for statistics', async () => {
  const step = { train: images(3), epochs: 2, batchSize: 3 };
  expectSame(await run({ norm: 'sync' }, { ...step, replicas: 3 }), await run({ norm: 'sync' }, step), 4);
});

describe('alone it keeps the module contract', () => {
  const checks = moduleContract({ create: (extra) => new SyncBatchNorm(3, extra), input: [5, 3, 2], output: [5, 3, 2], gradientOrder: 2 });
  test.each(checks.map(({ name, run: check }) => [name, check] as const))('%s', (_, check) => check());
});
