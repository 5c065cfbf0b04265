import { type AnyPlugin, arrayDataset, type Dataset, losses, nn, optim, Trainer, useBackend } from '@parsimony/core';
import { sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { withInfinities } from './fits';
import { skipNonFinite } from './index';

/** Steps of four samples; those at `bad` have infinite inputs. */
const data = (steps: number, bad: (step: number) => boolean): Dataset => withInfinities(arrayDataset({
  inputs: Float32Array.from(sample(steps * 12, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: steps * 4 }, (_, i) => i % 2), numClasses: 2,
}), (ids) => bad((ids[0] ?? 0) / 4));

async function run(plugins: AnyPlugin[], steps: number, bad: (step: number) => boolean) {
  const trainer = new Trainer({ model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.1 }), seed: 3, plugins });
  const applied: boolean[] = [];
  const result = await trainer.fit({ train: data(steps, bad), epochs: 1, batchSize: 4, shuffle: false, onProgress: (event) => { if (event.kind === 'step') applied.push(event.applied); } })
    .catch((error: Error) => ({ history: [], error: error.message }));
  return { ...result, applied, weights: await Promise.all(Object.values(trainer.model.parameters()).map(async (x) => Array.from(await x.data()))) };
}

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('bad steps are left out and counted; the rest is as if they were not there', async () => {
    const { history, applied, weights } = await run([skipNonFinite()], 12, (step) => step % 4 === 1);
    expect(history[0]?.values['skippedSteps']).toBe(3);
    expect(applied.flatMap((open, step) => (open ? [] : [step]))).toEqual([1, 5, 9]);
    expect(weights.flat().every(Number.isFinite)).toBe(true);
  });

  test('too many in a row end the fit', async () => {
    const { error, applied } = { error: '', ...await run([skipNonFinite({ maxConsecutive: 3 })], 12, (step) => step >= 4) };
    // It is looked at after steps 3, 6 and 9; the third in a row is the 7th step.
    expect(error).toContain('skipNonFinite: the last 5 steps had a loss or gradients that are not finite and were not applied; the weights are those after step 4.');
    expect(applied).toHaveLength(8);
  });

  test('without a limit none do', async () => {
    const { history } = await run([skipNonFinite({ maxConsecutive: null })], 30, (step) => step > 2);
    expect(history[0]?.values['skippedSteps']).toBe(27);
  });

  test('without the plugin the first one stops the fit', async () => {
    const { error } = { error: '', ...await run([], 4, (step) => step === 2) };
    expect(error).toContain('fit: at step 2');
    expect(error).toContain('the step was not applied');
  });
});

test('errors', async () => {
  await useReference();
  expect(() => skipNonFinite({ maxConsecutive: 1.5 })).toThrow('skipNonFinite: `maxConsecutive` must be a whole number in [1, inf), received 1.5.');
  expect(() => skipNonFinite({ most: 3 } as never)).toThrow('skipNonFinite: unknown option `most`.');
});
