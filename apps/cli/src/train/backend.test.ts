/** The backends of a configuration: checked, started, and a training goes on from one to another. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backendInfo, type Executor } from '@parsimony/core';
import { afterEach, describe, expect, test } from 'vitest';
import { checkBackend, startBackend } from './backend';
import { checkConfig } from './config';
import { loadData, trainOnce } from './experiment';

let executor: Executor | undefined;
afterEach(() => executor?.dispose());

describe('a backend', () => {
  test.each([
    ['gpux', "train: `backend` must be one of 'wasm', 'auto', 'gpu', received \"gpux\". Did you mean 'gpu'?"],
    [3, "train: `backend` must be one of 'wasm', 'auto', 'gpu', or an object such as { name: 'gpu', mode: 'webgpu' }, received 3."],
    [{ name: 'wasm' }, "train: `backend.name` must be one of 'gpu', received \"wasm\"."],
    [{ name: 'gpu', mode: 'webgl2' }, "train: `backend.mode` must be one of 'webgpu', 'headlessgl', 'webasm', 'cpu', received \"webgl2\"."],
    [{ name: 'gpu', mod: 'cpu' }, 'train: `backend`: unknown option `mod`. Did you mean `mode`?'],
    [{ name: 'gpu', wgsl: 1 }, 'train: `backend.wgsl` must be true or false, received 1.'],
  ])('%j is refused', (backend, message) => expect(() => checkConfig('train', { backend })).toThrow(message));

  test.each(['wasm', 'auto', 'gpu', { name: 'gpu' }, { name: 'gpu', mode: 'cpu', wgsl: false }])('%j is taken', (backend) => expect(checkBackend('train', backend)).toEqual(backend));

  test('auto falls back to wasm with its threads, and says why', async () => {
    executor = await startBackend('auto', 1, () => {});
    expect(backendInfo().description).toMatch(/chosen by 'auto'/);
  });
});

test('a training that begins on gpu.js and goes on on wasm ends as one on wasm alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parsimony-backend-'));
  const config = checkConfig('test', { trainSize: 64, validationSize: 32, epochs: 2, batchSize: 32, models: ['mlp'] });
  const silent = { update: () => {}, finish: () => {} };
  executor = await startBackend('wasm', 1, () => {});
  const { train, validation } = await loadData(config, 'mlp');
  // All of MNIST's test images would take gpu.js half a minute here.
  const data = { train, validation, test: validation };
  const run = async (epochs: number, place?: string): Promise<{ readonly test: number; readonly losses: readonly number[] }> => {
    const record = await trainOnce({ ...config, epochs }, 'mlp', 'plain', 1, data, silent, place === undefined ? {} : { place: { checkpoints: place, saveWeights: async () => {} } });
    if ('interrupted' in record) throw new Error('nothing interrupts it');
    const { outcome, history } = record;
    return { test: outcome.test, losses: history.map(({ values }) => values['loss'] ?? Number.NaN) };
  };
  const expected = await run(2);
  await executor.dispose();
  let compiled = 0;
  const gpu = await startBackend({ name: 'gpu', mode: 'webasm' }, 1, () => { compiled++; });
  expect(backendInfo().description).toContain('mode webasm');
  const first = await run(1, folder);
  expect(compiled).toBe(1);
  await gpu.dispose();
  executor = await startBackend('wasm', 1, () => {});
  const rest = await run(2, folder);
  rest.losses.forEach((loss, i) => expect(loss).toBeCloseTo(expected.losses[i] ?? Number.NaN, 4));
  expect(first.losses[0]).toBeCloseTo(expected.losses[0] ?? Number.NaN, 4);
  expect(rest.test).toBeCloseTo(expected.test, 2);
  rmSync(folder, { recursive: true, force: true });
}, 120_000);
