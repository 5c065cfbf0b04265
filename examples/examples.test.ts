import { losses, nn, optim, Trainer } from '@parsimony/core';
import { pluginContract } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { trainOwnLoop } from './own-loop';
import { trainOwnModel } from './own-model';
import { sparseActivations, trainOwnPlugin } from './own-plugin';

test("a model of one's own", async () => {
  const { accuracy, paths, explained } = await trainOwnModel();
  expect(accuracy).toBeGreaterThan(0.95);
  expect(paths.slice(0, 7)).toEqual(['stem.weight', 'stem.bias', 'blocks.0.scale', 'blocks.0.value.weight', 'blocks.0.value.bias', 'blocks.0.gate.weight', 'blocks.0.gate.bias']);
  for (const i of [0, 1, 2]) expect(explained).toMatch(new RegExp(`blocks\\.${i}\\.scale .* no decay .* weight-decay: one-dimensional`));
}, 120_000);

describe("a plugin of one's own", () => {
  test('does what it is for', async () => {
    const { plain, sparse } = await trainOwnPlugin();
    expect(sparse).toBeLessThan(plain / 2);
  }, 120_000);

  test('says what is wrong', () => {
    const make = (path: string) => new Trainer({ model: new nn.Sequential(new nn.Linear(2, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 1, plugins: [sparseActivations({ path })] });
    expect(() => make('7')).toThrow('sparse-activations: the model has no module `7`; it has: 0.');
    expect(() => sparseActivations({ path: '1', lambda: -1 })).toThrow('sparse-activations: `lambda` must be in [0, inf), received -1.');
  });

  // The suite of every plugin: no effect at zero strength, exact resume, accumulation, memory, options through JSON.
  for (const { name, run } of pluginContract({ plugin: sparseActivations, options: { path: '1', lambda: 0.1 }, zero: { path: '1', lambda: 0 } })) test(name, () => run());
});

test("a training loop of one's own", async () => {
  const { losses: means, accuracy, tensors } = await trainOwnLoop();
  expect(accuracy).toBeGreaterThan(0.95);
  expect(means.at(-1)).toBeLessThan((means[0] ?? 0) * 0.6);
  expect(tensors.at(-1)).toBe(tensors[0]);
}, 120_000);
