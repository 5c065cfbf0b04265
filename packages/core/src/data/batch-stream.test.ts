import { beforeAll, describe, expect, test } from 'vitest';
import { ready } from '../backends/registry';
import { Linear } from '../nn/linear';
import { crossEntropy } from '../losses';
import { sgd } from '../optim';
import { key, normal } from '../random';
import { memory } from '../tensor/scope';
import { tensor } from '../tensor/create';
import { Trainer } from '../trainer';
import type { Batch } from '../types';
import { arrayDataset } from './array-dataset';
import type { BatchContext, Dataset } from './dataset';
import { batches } from './loader';
import { subset } from './subset';

beforeAll(ready);

const N = 22;
const inner = arrayDataset({ inputs: Float32Array.from({ length: 2 * N }, (_, i) => Math.sin(i)), shape: [2], labels: Array.from({ length: N }, (_, i) => i % 3), numClasses: 3 });

interface Log { asked: string[]; contexts: (BatchContext | undefined)[]; open: number; most: number }

/** Adds noise drawn from the context; comes in another order than it was asked for. */
function noisy(ahead: number | undefined, log: Log = { asked: [], contexts: [], open: 0, most: 0 }, broken = -1): Dataset & { readonly log: Log } {
  return {
    size: N, numClasses: 3, ...(ahead === undefined ? {} : { ahead }), log,
    async batch(ids, context) {
      log.asked.push(ids.join());
      log.contexts.push(context);
      log.most = Math.max(log.most, ++log.open);
      try {
        await new Promise((resolve) => { setTimeout(resolve, (log.asked.length * 7) % 5); });
        if (context?.step === broken) throw new Error(`the wire broke at ${broken}`);
        const made = inner.batch(ids);
        if (!context) return made;
        const noise = normal(context.key, 2 * ids.length);
        const data = await made.inputs.data();
        made.inputs.dispose();
        return { ...made, inputs: tensor(Float32Array.from(data, (v, i) => v + (noise[i] as number)), [ids.length, 2]) };
      } finally {
        log.open--;
      }
    },
  };
}

const made = (): Trainer => new Trainer({ model: new Linear(2, 3), loss: crossEntropy(), optimizer: sgd({ lr: 0.1 }), seed: 4 });
const bits = async (trainer: Trainer): Promise<number[]> => (await Promise.all(Object.values(trainer.model.parameters()).map(async (x) => [...await x.data()]))).flat();
const settled = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 30); });

describe('batches asked for ahead', () => {
  test('give the bits of those asked for one by one, in fits and in loops of one\'s own', async () => {
    const results = await Promise.all([undefined, 0, 1, 4, 100].map(async (ahead) => {
      const trainer = made();
      const { history } = await trainer.fit({ train: noisy(ahead), validation: noisy(ahead), epochs: 3, batchSize: 5 });
      return [...await bits(trainer), ...history.map(({ values }) => values['loss']), ...history.map(({ values }) => values['validationLoss'])];
    }));
    for (const other of results.slice(1)) expect(other).toEqual(results[0]);
  });
  test('keep their order, and are no more than asked for', async () => {
    const data = noisy(3);
    const seen: string[] = [];
    for await (const { ids } of batches(data, { batchSize: 4, key: key(2) })) seen.push((await ids.data()).join());
    expect(seen).toEqual(data.log.asked);
    expect(data.log.most).toBe(4);
  });
  test('are drawn by the run and the step: a loop of one\'s own has those of a fit', async () => {
    const [fit, own] = [noisy(2), noisy(0)];
    await made().fit({ train: fit, epochs: 2, batchSize: 5 });
    for (const epoch of [0, 1]) for await (const batch of batches(own, { batchSize: 5, key: key(4), epoch, epochs: 2 })) expect(batch.size).toBeGreaterThan(0);
    expect(fit.log.contexts).toEqual(own.log.contexts);
    expect(fit.log.asked).toEqual(own.log.asked);
    expect(fit.log.contexts.map((context) => [context?.epoch, context?.step, context?.totalSteps])).toEqual(Array.from({ length: 10 }, (_, step) => [Math.floor(step / 5), step, 10]));
    expect(new Set(fit.log.contexts.map((context) => context?.key.join())).size).toBe(10);
  });
  test('evaluation draws nothing', async () => {
    const data = noisy(2);
    await made().evaluate(data, { batchSize: 4 });
    expect(data.log.contexts).toEqual(Array.from({ length: 6 }, () => undefined));
  });
  test.each([1, 3, 4, 5, 7])('resume at step %i to the bit', async (stop) => {
    const whole = made();
    await whole.fit({ train: noisy(3), epochs: 2, batchSize: 5 });
    const first = made();
    const control = new AbortController();
    await first.fit({ train: noisy(3), epochs: 2, batchSize: 5, signal: control.signal, onProgress: (event) => { if (event.kind === 'step' && event.step === stop) control.abort(); } });
    const second = made();
    await second.fit({ train: noisy(1), epochs: 2, batchSize: 5, resume: await first.snapshot() });
    expect(await bits(second)).toEqual(await bits(whole));
  });
  test('an error comes at its batch, and ends what was asked for after it', async () => {
    const data = noisy(4, undefined, 3);
    const trainer = made();
    await expect(trainer.fit({ train: data, epochs: 2, batchSize: 5 })).rejects.toThrow(/the data source threw: the wire broke at 3/);
    expect(data.log.open).toBe(0);
    const asked = data.log.asked.length;
    await settled();
    expect(data.log.asked.length).toBe(asked);
    trainer.dispose();
  });
  test('an error of a batch that nobody comes to is nobody\'s', async () => {
    const data = noisy(4, undefined, 3);
    const seen: number[] = [];
    for await (const batch of batches(data, { batchSize: 5, key: key(1) })) {
      seen.push(batch.size);
      if (seen.length === 2) break;
    }
    await settled();
    expect([seen, data.log.open]).toEqual([[5, 5], 0]);
  });
  test('what was asked for and not used is given back: after the last, a stop, an abort and an error', async () => {
    const before = memory();
    for (const stop of [undefined, 2, 'error'] as const) {
      const trainer = made();
      const control = new AbortController();
      const fit = trainer.fit({
        train: noisy(5, undefined, stop === 'error' ? 2 : -1), epochs: 2, batchSize: 5, signal: control.signal,
        onProgress: (event) => { if (event.kind === 'step' && event.step === stop) control.abort(); },
      });
      if (stop === 'error') await expect(fit).rejects.toThrow('the wire broke');
      else await fit;
      trainer.dispose();
      for (const x of Object.values(trainer.model.parameters())) x.dispose();
    }
    for await (const batch of batches(noisy(5), { batchSize: 5, key: key(1) })) if (batch.size > 0) break;
    expect(memory()).toEqual(before);
  });
  test('may come from a data set that does not wait', async () => {
    const before = memory();
    const seen: number[] = [];
    for await (const { ids } of batches({ ...inner, ahead: 3 }, { batchSize: 5 })) seen.push(...await ids.data());
    expect(seen).toEqual(Array.from({ length: N }, (_, i) => i));
    const throws: Dataset = { size: N, ahead: 2, batch: (ids): Batch => { if (ids[0] === 10) throw new Error('torn'); return inner.batch(ids); } };
    const sizes: number[] = [];
    await expect((async () => { for await (const batch of batches(throws, { batchSize: 5 })) sizes.push(batch.size); })()).rejects.toThrow('the data source threw: torn');
    expect(sizes).toEqual([5, 5]);
    expect(memory()).toEqual(before);
  });
  test('parts of a data set are asked ahead as the whole, and draw as it does', async () => {
    const data = noisy(3);
    const part = subset(data, [4, 2, 7]);
    expect(part.ahead).toBe(3);
    for await (const { ids } of batches(part, { batchSize: 2, key: key(1), shuffle: false })) expect((await ids.data())[0]).toBeLessThan(3);
    expect(data.log.contexts.map((context) => context?.step)).toEqual([0, 1]);
  });
  test.each([-1, 1.5, 2000, Number.NaN, '2'])('refuses to be %j ahead', async (ahead) => {
    const data = { ...noisy(0), ahead: ahead as number };
    await expect(made().fit({ train: data, epochs: 1, batchSize: 5 })).rejects.toThrow('fit: `train`: `ahead` of the data set must be a whole number in [0, 1024], received');
    await expect(batches(data, { batchSize: 5 }).next()).rejects.toThrow('Dataset: `ahead` of the data set must be');
  });
});
