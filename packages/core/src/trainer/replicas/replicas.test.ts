/** Fits on replicas: what one process gives, one set of weights, and an end in order whatever fails. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleForNode } from '../../../../../tooling/vitest/bundle.ts';
import { useBackend } from '../../backends/registry';
import { memory } from '../../tensor/scope';
import type { FitOptions, TrainerOptions } from '../options';
import { everything } from '../testing/busy';
import make, { type Kind } from '../testing/replica-trainer';
import { points, weightsOf } from '../testing/small';
import type { Trainer } from '../trainer';

const folder = mkdtempSync(join(tmpdir(), 'parsimony-replicas-'));
let module = '';
beforeAll(async () => {
  await useBackend('wasm', { threads: 1 });
  module = pathToFileURL(await bundleForNode(fileURLToPath(new URL('../testing/replica-trainer.ts', import.meta.url)), folder, 'trainer')).href;
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** 6 steps an epoch, the last of 4 samples. */
const options: FitOptions = { train: points(44), validation: points(9), epochs: 2, batchSize: 8 };
const trainer = (kind: Kind, more: Partial<TrainerOptions> = {}): Trainer => make(kind, more, module);
/** All that a fit leaves, save how many made it. */
async function left(own: Trainer): Promise<unknown> {
  const { settings, ...rest } = await everything(own) as { readonly settings: object };
  return { ...rest, settings: { ...settings, replicas: 0 } };
}
async function fitted(kind: Kind, more: Partial<TrainerOptions> = {}, fit: Partial<FitOptions> = {}): Promise<unknown> {
  const own = trainer(kind, more);
  await own.fit({ ...options, ...fit });
  return left(own);
}
/** Numbers anywhere in two values, to some digits. */
function expectClose(a: unknown, b: unknown, digits: number, path = ''): void {
  if (typeof b === 'number') return expect(a, path).toBeCloseTo(b, digits);
  if (typeof b !== 'object' || b === null) return expect(a, path).toEqual(b);
  expect(Object.keys(a as object), path).toEqual(Object.keys(b));
  for (const [name, value] of Object.entries(b)) expectClose((a as Record<string, unknown>)[name], value, digits, `${path}/${name}`);
}

describe('equal', () => {
  test.each([2, 3])('%i replicas give the losses, weights, states and history of one', async (replicas) => {
    expectClose(await fitted('plain', {}, { replicas }), await fitted('plain'), 4);
  });

  test('so do gradients at other weights within a step', async () => {
    expectClose(await fitted('sam', {}, { replicas: 2 }), await fitted('sam'), 4);
  });

  test('replicas that accumulate do as well', async () => {
    expectClose(await fitted('plain', { accumulate: 2 }, { replicas: 2 }), await fitted('plain', { accumulate: 2 }), 4);
  });

  test('a hook may go over the data', async () => {
    expectClose(await fitted('reads', {}, { replicas: 2 }), await fitted('reads'), 4);
  });
});

describe('masks', () => {
  test('of two replicas are those of two microbatches: independent, and by the seed alone', async () => {
    const [a, b, micro] = [await fitted('noisy', {}, { replicas: 2 }), await fitted('noisy', {}, { replicas: 2 }), await fitted('noisy', { accumulate: 2 })];
    expect(a).toEqual(b);
    // The counter of forwards is per replica.
    const weights = (all: unknown): unknown => Object.fromEntries(Object.entries((all as { model: Record<string, unknown> }).model).filter(([path]) => path !== 'count'));
    expectClose(weights(a), weights(micro), 4);
    const whole = weights(await fitted('noisy')) as Record<string, number[]>;
    expect((weights(a) as Record<string, number[]>)['inner.0.weight']?.[0]).not.toBeCloseTo(whole['inner.0.weight']?.[0] as number, 4);
  });
});

describe('one set of weights', () => {
  test('plugins with states, rates, logs and kept weights go along; checkpoints are written once and resume to the bit', async () => {
    const directory = join(folder, 'run');
    const whole = await fitted('busy', { accumulate: 2, evaluateEvery: 5 }, { replicas: 2, checkpoint: { directory, everySteps: 3, keepLast: 100 } });
    const files = readdirSync(directory).filter((name) => name.endsWith('.safetensors'));
    expect(files.length).toBeGreaterThan(2);
    const half = files.sort()[1] as string;
    const own = trainer('busy', { accumulate: 2, evaluateEvery: 5 });
    await own.fit({ ...options, replicas: 2, resume: join(directory, half) });
    expect(await left(own)).toEqual(whole);
  });

  test('buffers are those of replica 0', async () => {
    const own = trainer('buffers');
    await own.fit({ ...options, replicas: 2 });
    const state = await weightsOf(own);
    expect(state['count']).toEqual([12]);
    expect(state['last']?.every((x) => Number.isFinite(x) && x !== 0)).toBe(true);
  });

  test('a trainer that trained before goes on from its weights', async () => {
    const both = async (replicas: number): Promise<unknown> => {
      const own = trainer('plain');
      await own.fit({ ...options, epochs: 1 });
      await own.fit({ ...options, epochs: 1, replicas });
      return weightsOf(own);
    };
    expectClose(await both(2), await both(1), 4);
  });

  test('an abort ends all after the step', async () => {
    const stop = new AbortController();
    const own = trainer('plain');
    const { reason, steps } = await own.fit({ ...options, replicas: 2, signal: stop.signal, onProgress: (e) => { if (e.kind === 'step' && e.step === 4) stop.abort(); } });
    expect([reason, steps]).toEqual(['aborted', 4]);
  });

  test('no tensor is left over', async () => {
    const own = trainer('plain');
    await own.fit({ ...options, replicas: 2 });
    const before = memory();
    await own.fit({ ...options, replicas: 2 });
    expect(memory()).toEqual(before);
  });
});

describe('what goes wrong', () => {
  interface Told { readonly message: string; readonly stack?: string; readonly cause?: Told; readonly code?: string; readonly plugin?: string; readonly hook?: string }
  const failing = async (kind: Kind, fit: Partial<FitOptions> = {}, more: Partial<TrainerOptions> = {}): Promise<Told> =>
    trainer(kind, more).fit({ ...options, replicas: 2, ...fit }).then(() => { throw new Error('nothing was thrown'); }, (error: unknown) => error as Told);

  test('an error in a replica is told with replica, plugin, hook and cause', async () => {
    const error = await failing('throws');
    expect(error.message).toMatch(/^replica 1: throws, in transformLoss: too far\. Done before it: 2 steps/);
    expect([error.code, error.plugin, error.hook]).toEqual(['plugin', 'throws', 'transformLoss']);
    expect(error.cause?.message).toContain('too far');
    expect(error.cause?.stack).toContain('trainer.mjs');
    expect(error.cause?.cause?.cause).toMatchObject({ message: 'deeper' });
  });

  test('a thread that ends is not waited for', async () => {
    expect((await failing('exits')).message).toContain('replica 1: Error: its thread ended (exit code 3)');
  });

  test('one that decides otherwise', async () => {
    expect((await failing('stops')).message).toContain('The replicas part ways: replica');
  });

  test('weights that drift apart', async () => {
    expect((await failing('drifts')).message).toContain('have different weights. What a model or plugin does must not depend on');
  });

  test('a module that cannot be imported, or makes something else', async () => {
    expect((await failing('waits')).message).toContain('replica 1: Error: no such disk');
    expect((await failing('seed')).message).toContain('makes another trainer than the one whose `fit` was called: `seed` is 2, and 1 there. Pass what it was made with');
    expect((await failing('plain', {}, { factory: 'file:///nowhere.mjs' })).message).toContain('nowhere.mjs');
    const other = pathToFileURL(fileURLToPath(new URL('../../../package.json', import.meta.url))).href;
    expect((await failing('plain', {}, { factory: other })).message).toContain('replica 1: ');
    expect((await failing('plain', {}, { factory: 'node:os' })).message).toContain('node:os must export by default the function that makes the Trainer, received object.');
  });

  test('who watches throws: the others end, and a later fit runs', async () => {
    const own = trainer('plain');
    await expect(own.fit({ ...options, replicas: 2, onProgress: (e) => { if (e.kind === 'step' && e.step === 3) throw new Error('enough'); } })).rejects.toThrow('enough');
    await own.fit({ ...options, replicas: 2 });
  });

  test('data that fail are told as without replicas', async () => {
    const train = { size: 44, batch: () => { throw new Error('no disk'); } };
    await expect(trainer('plain').fit({ ...options, train, replicas: 2 })).rejects.toThrow('the data source threw: no disk');
  });

  test('options', async () => {
    const plain = trainer('plain');
    await expect(make('plain').fit({ ...options, replicas: 2 })).rejects.toThrow('fit: `replicas: 2` needs to know how to make this trainer in other threads.');
    await expect(plain.fit({ ...options, replicas: 0 })).rejects.toThrow('fit: `replicas` must be a whole number in [1, 64], received 0.');
    await expect(plain.fit({ ...options, replicas: 9 })).rejects.toThrow('fit: `replicas` must be at most the batch size, 8, received 9.');
    await expect(plain.fit({ ...options, replicas: 5 })).rejects.toThrow('fit: the last batch of an epoch has 4 of 44 samples, too few for 5 replicas. Pass dropLast: true');
    expect(() => make('plain', { factory: './here.ts' })).toThrow("Trainer: `factory` must be the address of a module, such as `import.meta.url`, received \"./here.ts\".");
    expect(() => make('plain', { factory: { module: 'file:///a.mjs', arguments: [] } as never })).toThrow('unknown option `arguments`');
  });
});

test('a fit that resumes on another number of replicas says so', async () => {
  const own = trainer('noisy');
  await own.fit({ ...options, epochs: 1 });
  const resume = await own.snapshot();
  const { findings } = await trainer('noisy').fit({ ...options, resume, replicas: 2 });
  expect(findings.find(({ message }) => message.includes('replicas'))).toMatchObject({ severity: 'info', code: 'resumed-otherwise', message: expect.stringContaining('taken with replicas 1; this fit has 2') as string });
});
