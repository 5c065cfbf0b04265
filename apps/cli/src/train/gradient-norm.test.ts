/** The watcher of gradients: right, in every run, and without a trace in what is trained. */
import { type AnyPlugin, arrayDataset, definePlugin, losses, memoryStore, nn, ops, optim, type Params, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { clipByGlobalNorm, clipByValue } from '@parsimony/gradients';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkConfig } from './config';
import { gradientNorm, gradNormKeys, withGradientNorm } from './gradient-norm';
import { makeTrainer, pluginsOf } from './recipes';

beforeAll(() => useBackend('wasm', { threads: 1 }));

const [key] = gradNormKeys;
const wave = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(1 + 3 * i));
const train = arrayDataset({ inputs: wave(96), shape: [3], labels: Int32Array.from({ length: 32 }, (_, i) => i % 2), numClasses: 2 });
const make = (plugins: readonly AnyPlugin[], accumulate = 1): Trainer => new Trainer({
  model: new nn.Sequential(new nn.Linear(3, 5), new nn.Tanh(), new nn.Linear(5, 2)), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.01 }), seed: 3, plugins, accumulate,
});
const weights = async (trainer: Trainer): Promise<unknown> => Object.fromEntries(await Promise.all(
  Object.entries(trainer.model.stateDict()).map(async ([path, x]) => [path, [...await (x as Tensor).data()]] as const)));

/** Keeps the gradients of each step, behind everything. */
function witness(seen: Promise<number>[]): AnyPlugin {
  const norm = async (grads: Params): Promise<number> => Math.hypot(...(await Promise.all(Object.values(grads).map(async (g) => [...await g.data()]))).flat());
  return definePlugin({
    name: 'witness', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['grads'] }, batchSemantics: 'per-sample',
    hooks: { transformGrads: { order: 'post', handler: (grads) => { seen.push(norm(grads)); return undefined; } } },
  });
}

describe('what it logs', () => {
  test.each([1, 4])('is the norm of the gradients of a step in %d microbatches', async (accumulate) => {
    const seen: Promise<number>[] = [];
    const { history } = await make([gradientNorm(), witness(seen)], accumulate).fit({ train, epochs: 2, batchSize: 32 });
    const norms = await Promise.all(seen);
    expect(norms).toHaveLength(2);
    history.forEach(({ values }, epoch) => expect(values[key]).toBeCloseTo(norms[epoch] ?? Number.NaN, 5));
  });

  test('is the norm before anything clips, doubles or removes them', async () => {
    const { history: [plain] } = await make([gradientNorm()]).fit({ train, epochs: 1, batchSize: 32 });
    const double = definePlugin({
      name: 'double', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { grads: 'affine' } }, batchSemantics: 'per-sample',
      hooks: { transformGrads: { order: 'pre', handler: (grads) => Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.mul(g, 2)])) as typeof grads } },
    });
    for (const plugins of [[double], [clipByValue({ clipValue: 1e-3 })], [clipByValue({ clipValue: 1e-3 }), clipByGlobalNorm({ maxNorm: 1e-3 })]]) {
      const { history: [row] } = await make(withGradientNorm(plugins)).fit({ train, epochs: 1, batchSize: 32 });
      expect(row?.values[key]).toBe(plain?.values[key]);
    }
    // Alone, clipping by the norm logs that one itself.
    const { history: [clipped] } = await make(withGradientNorm([clipByGlobalNorm({ maxNorm: 1e-3 })])).fit({ train, epochs: 1, batchSize: 32 });
    expect(clipped?.values).not.toHaveProperty(key);
    expect(clipped?.values[gradNormKeys[1]]).toBe(plain?.values[key]);
  });
});

test('every run has it once', async () => {
  const named = async (run: 'plain' | 'regularized', plugins: readonly object[]): Promise<readonly string[]> => (await pluginsOf('mlp', run, checkConfig('test', { plugins }), 10)).map(({ name }) => name);
  expect(await named('plain', [{ name: 'clipByGlobalNorm' }])).toEqual(['@parsimony/cli/gradient-norm']);
  expect(await named('regularized', [{ name: 'mixup' }])).toEqual(['@parsimony/cli/gradient-norm', '@parsimony/augment/mixup']);
  expect(await named('regularized', [{ name: 'mixup' }, gradientNorm()])).toEqual(['@parsimony/augment/mixup', '@parsimony/cli/gradient-norm']);
  expect(await named('regularized', [{ name: 'clipByGlobalNorm' }])).toEqual(['@parsimony/gradients/clip-by-global-norm']);
  const text = (await makeTrainer(checkConfig('test', {}), { model: 'mlp', run: 'plain', seed: 0, classes: 10 })).explain();
  expect(text).toMatch(/@parsimony\/cli\/gradient-norm +\d+\.\d+\.\d+/);
});

describe('it leaves no trace', () => {
  test('in the bits of what is trained', async () => {
    const [without, with_] = [make([]), make([gradientNorm()])];
    await without.fit({ train, epochs: 3, batchSize: 8 });
    await with_.fit({ train, epochs: 3, batchSize: 8 });
    expect(await weights(with_)).toEqual(await weights(without));
  });

  test('in going on: with it from a checkpoint taken with it, and from one taken without it', async () => {
    const whole = make([gradientNorm()]);
    const { history } = await whole.fit({ train, epochs: 3, batchSize: 8 });
    for (const first of [[gradientNorm()], []]) {
      const store = memoryStore();
      const stop = new AbortController();
      await make(first).fit({ train, epochs: 3, batchSize: 8, checkpoint: { store }, signal: stop.signal, onProgress: (event) => { if (event.kind === 'step' && event.step === 6) stop.abort(); } });
      const resumed = make([gradientNorm()]);
      const result = await resumed.fit({ train, epochs: 3, batchSize: 8, checkpoint: { store }, resume: store });
      expect(await weights(resumed)).toEqual(await weights(whole));
      expect(result.history[2]?.values[key]).toBe(history[2]?.values[key]);
      if (first.length > 0) expect(result.history[1]?.values[key]).toBe(history[1]?.values[key]);
    }
  });
});
