/**
 * Fits with as many plugins at once as go together, each plugin in one of them, stopped at random steps and gone on from their checkpoint:
 * every bit of weights, optimizer, plugin states and history is that of the fit that was not stopped. On one thread and on two.
 */
import { type AnyPlugin, loadCheckpoint, losses, memoryStore, nn, optim, random, ready, schedules, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { ConcreteDropout, Dropout, DropPath } from '@parsimony/dropout';
import { BatchNorm1d } from '@parsimony/norms';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { groups } from './groups';
import { pluginsByName } from './plugins';

/** Large enough that kernels are shared among threads. */
const buildModel = (): nn.Sequential => new nn.Sequential(
  new nn.Linear(784, 96), new BatchNorm1d(96), new nn.ReLU(), new Dropout({ p: 0.3 }),
  new nn.Residual(new nn.Sequential(new nn.Linear(96, 96), new nn.Tanh(), new DropPath({ p: 0.2 }))), new ConcreteDropout(new nn.Linear(96, 10)));

const teacher = (): nn.Module => new nn.Sequential(new nn.Linear(784, 10)).init(random.key(99));

const trainerOf = (names: readonly string[]): Trainer => new Trainer({
  model: buildModel(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: schedules.cosine({ value: 0.01 }) }), seed: 11, accumulate: 2, evaluateEvery: 3,
  plugins: names.map((name): AnyPlugin => pluginsByName[name]?.(teacher()) ?? expect.unreachable(name)),
});

// Before the groups are told: a teacher has weights.
await ready();

let data: Splits;
beforeAll(async () => { data = await loadMnist({ trainSize: 88, validationSize: 24 }); });

/** 15 steps: five an epoch, the last smaller; evaluations after each third step. */
const fit = () => ({ train: data.train, validation: data.validation, epochs: 3, batchSize: 20 });
const steps = 15;

const bits = async (tensors: Readonly<Record<string, Tensor>>): Promise<string[]> =>
  Promise.all(Object.entries(tensors).map(async ([name, x]) => `${name} ${Buffer.from((await x.data()).buffer).toString('base64')}`));

/** All that a fit ends with, without times. */
async function everything(trainer: Trainer): Promise<unknown> {
  const { weights, optimizer, kept, plugins, history, totals, evaluated, lrScales, stopped } = await trainer.snapshot();
  const of = async (sets: readonly Readonly<Record<string, Tensor>>[]): Promise<string[][]> => Promise.all(sets.map(bits));
  return {
    tensors: await of([weights.params, weights.buffers, optimizer.state.tensors, ...(kept ? [kept.weights.params, kept.weights.buffers] : []), ...Object.values(plugins).map(({ state }) => state.tensors)]),
    json: JSON.stringify([optimizer.state.json, kept && [kept.why, kept.epoch, kept.step], Object.values(plugins).map(({ state }) => state.json), { ...totals, seconds: 0 }, evaluated, lrScales, stopped]),
    history: history.map(({ values: { seconds: _, ...values }, ...row }) => ({ ...row, values })),
  };
}

describe.each([1, 2])('on %i threads', (threads) => {
  beforeAll(async () => { await useBackend('wasm', { threads }); });

  describe.each(groups((names) => { trainerOf(names); }).map((names) => [names.join(', '), names] as const))('%s', (_, names) => {
    test('goes on exactly from a random step', async () => {
      const whole = trainerOf(names);
      const { steps: done } = await whole.fit(fit());
      expect(done).toBe(steps);
      const expected = await everything(whole);
      await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: steps - 1 }), async (at) => {
        const store = memoryStore();
        const controller = new AbortController();
        const first = trainerOf(names);
        await first.fit({
          ...fit(), checkpoint: { store }, signal: controller.signal,
          onProgress: (event) => { if (event.kind === 'step' && event.step === at) controller.abort(); },
        });
        first.dispose();
        expect((await loadCheckpoint(store)).step).toBe(at);
        const second = trainerOf(names);
        await second.fit({ ...fit(), resume: store });
        expect(await everything(second)).toEqual(expected);
        second.dispose();
      }), { numRuns: 4, seed: 20261120 + threads });
    }, 300_000);
  });
});
