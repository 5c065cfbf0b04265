/** Three hundred steps on gpu.js with as many plugins at once as go together, each plugin in one of the fits: memory in use does not grow, and all of it is given back. */
import { type AnyPlugin, arrayDataset, losses, memory, nn, optim, random, ready, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { Dropout } from '@parsimony/dropout';
import { BatchNorm1d } from '@parsimony/norms';
import { sample } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { groups } from './groups';
import { pluginsByName } from './plugins';

// The crop of `pluginsByName` is of 28 by 28.
const pixels = 28 * 28;
const buildModel = (): nn.Sequential => new nn.Sequential(new nn.Linear(pixels, 6), new BatchNorm1d(6), new nn.Tanh(), new Dropout({ p: 0.3 }), new nn.Linear(6, 6), new nn.Linear(6, 3));
const plugins = (names: readonly string[], teacher: nn.Module): AnyPlugin[] => names.map((name) => pluginsByName[name]?.(teacher) ?? expect.unreachable(name));
const trainerOf = (names: readonly string[], teacher: nn.Module): Trainer => new Trainer({
  model: buildModel(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed: 1, evaluateEvery: 50, plugins: plugins(names, teacher),
});

const dispose = (tensors: Readonly<Record<string, Tensor>>): void => { for (const tensor of Object.values(tensors)) tensor.dispose(); };
// Epochs of five steps, the last batch smaller.
const train = arrayDataset({ inputs: Float32Array.from(sample(18 * pixels, { seed: 1 })), shape: [pixels], labels: Int32Array.from({ length: 18 }, (_, i) => i % 3), numClasses: 3 });

await ready();
const planned = new nn.Sequential(new nn.Linear(pixels, 3)).init(random.key(9));
const sets = groups((names) => { trainerOf(names, planned).dispose(); });

describe.each(sets.map((names) => [names.join(', '), names] as const))('%s', (_, names) => {
  test('the last of 300 steps use no more bytes than the first', async () => {
    const executor = gpuExecutor({ mode: 'webasm', strict: true });
    await useBackend(executor);
    const before = memory().tensors;
    const teacher = new nn.Sequential(new nn.Linear(pixels, 3)).init(random.key(9));
    const trainer = trainerOf(names, teacher);
    const seen: number[] = [];
    const { steps } = await trainer.fit({
      train, validation: train, epochs: 60, batchSize: 4,
      onProgress: (event) => { if (event.kind === 'step' && event.step % 5 === 0) seen.push(executor.bytes()); },
    });
    expect(steps).toBe(300);
    // Both hundreds have evaluations, whose best weights are kept.
    expect(Math.max(...seen.slice(40))).toBeLessThanOrEqual(Math.max(...seen.slice(0, 20)));
    trainer.dispose();
    dispose(trainer.model.stateDict());
    dispose(teacher.stateDict());
    expect(memory().tensors).toBe(before);
    expect(executor.bytes()).toBe(0);
    await executor.dispose();
  }, 300_000);
});
