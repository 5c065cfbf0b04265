/** Checkpoints that do not fit, or are not whole: the error says why, and nothing has changed. */
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../backends/registry';
import { type CheckpointStore, loadCheckpoint, memoryStore, nn, ops, optim, type Tensor } from '../../index';
import { key } from '../../random/key';
import type { FitOptions } from '../options';
import { average, busyFit as fit, busyTrainer as trainer } from '../testing/busy';
import { makePlugin, makeTrainer, points, weightsOf } from '../testing/small';
import { steps, upTo } from '../testing/stored';
import { fileOf } from './files';

beforeAll(() => useBackend('wasm', { threads: 1 }));

describe('a checkpoint is refused', () => {
  const written = async (): Promise<CheckpointStore> => {
    const store = memoryStore();
    await upTo(12, { store, everySteps: 6, keepLast: 2 });
    return store;
  };
  const resume = (store: CheckpointStore, of = trainer(), more: Partial<FitOptions> = {}): Promise<unknown> => of.fit({ ...fit, resume: store, ...more });
  const changed = async (store: CheckpointStore, change: (bytes: Uint8Array) => Uint8Array): Promise<CheckpointStore> => {
    await store.write(fileOf(12), [change(await store.read(fileOf(12)))]);
    return store;
  };
  /** The header's metadata changed, lengths as they were. */
  const text = (from: string, to: string) => (bytes: Uint8Array): Uint8Array => {
    const decoded = Array.from(bytes, (b) => String.fromCharCode(b)).join('');
    expect(decoded).toContain(from);
    return Uint8Array.from(decoded.replace(from, to), (c) => c.charCodeAt(0));
  };

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ['cut short in its data', (b) => b.subarray(0, -1), `memory/${fileOf(12)}: it is cut short: its tensors take `],
    ['cut short in its header', (b) => b.subarray(0, 100), `memory/${fileOf(12)}: it is cut short: its header should end at byte `],
    ['empty', () => new Uint8Array(0), `memory/${fileOf(12)}: it is cut short, or no safetensors file: it has 0 bytes.`],
    ['of a later format', text('"version":"1"', '"version":"2"'), `memory/${fileOf(12)}: it is a checkpoint of format version 2; this @parsimony/core reads version 1. Install the @parsimony/core that wrote it, or a newer one.`],
    ['of no format', text('"version":"1"', '"varsion":"1"'), `memory/${fileOf(12)}: it is a checkpoint of no format version; this @parsimony/core reads version 1.`],
    ['with a bit changed in a tensor', (b) => { b[b.length - 9]! ^= 1; return b; }, 'it is damaged: its checksum is '],
    ['with a digit changed in its JSON', text('\\"step\\":12', '\\"step\\":13'), 'it is damaged: its checksum is '],
    ['whose header is no JSON', text('{"__metadata__"', '["__metadata__"'), 'it is damaged, or no safetensors file: its header is not JSON ('],
    ['without a tensor that it names', text('"optimizer/', '"optimiser/'), 'is missing'],
    ['that holds weights only', text('parsimony-checkpoint', 'something-else-here!'), 'it is a safetensors file, but no checkpoint of a fit. Weights are loaded with `model.loadStateDict('],
  ])('%s, and the one before it is named and good', async (_, change, message) => {
    const store = await changed(await written(), change);
    await expect(resume(store)).rejects.toThrow(message);
    await expect(resume(store)).rejects.toThrow(`There is one before: memory/${fileOf(6)}; resume from that, or remove ${fileOf(12)}.`);
    await expect(loadCheckpoint(store)).rejects.toThrow(message);
    expect(await steps(store)).toEqual([6, 12]);
    await store.remove(fileOf(12));
    await expect(resume(store)).resolves.toMatchObject({ steps: 24 });
  });

  const path = `the checkpoint memory/${fileOf(12)}`;
  test.each<[string, () => Promise<unknown>, string]>([
    ['with another seed', async () => resume(await written(), trainer(undefined, { seed: 2 })), `fit: ${path} was taken with seed 1, the Trainer has seed 2.`],
    ['with other data', async () => resume(await written(), trainer(), { train: points(48) }), `fit: ${path} was taken with \`trainSize\` 44, this fit has 48. Give the same training data.`],
    ['with another batch size', async () => resume(await written(), trainer(), { batchSize: 4 }), `fit: ${path} was taken with \`batchSize\` 8, this fit has 4. Give the same one.`],
    ['with fewer epochs', async () => resume(await written(), trainer(), { epochs: 1 }), `fit: ${path} was taken after 2 epochs, and this fit has \`epochs\` 1. Give more.`],
    ['with another optimizer', async () => resume(await written(), trainer(undefined, { optimizer: optim.sgd({ lr: 1 }) })), `fit: ${path} was taken with the optimizer 'adam', the Trainer has 'sgd'.`],
    ['with another state of the optimizer', async () => resume(await written(), trainer(undefined, { optimizer: optim.adam({ amsgrad: true }) })), "has another state of the optimizer 'adam': `inner.0.weight.max_exp_avg_sq` is not there in it, and [8, 2] here; 3 more differ."],
    ['for a model with other paths', async () => resume(await written(), trainer([], { model: new nn.Sequential(new nn.Linear(2, 2)) })), `fit: ${path} is of another model: \`0.weight\` is not there in it, and [2, 2] here; 6 more differ.`],
    ['for a model of other sizes', async () => {
      const store = memoryStore();
      const model = (hidden: number): nn.Sequential => new nn.Sequential(new nn.Linear(2, hidden), new nn.Linear(hidden, 2));
      await makeTrainer({ model: model(3) }).fit({ train: points(4), epochs: 1, batchSize: 4, checkpoint: { store } });
      return makeTrainer({ model: model(4) }).fit({ train: points(4), epochs: 1, batchSize: 4, resume: store });
    }, 'is of another model: `0.weight` is [3, 2] in it, and [4, 2] here; 2 more differ. Build the model as it was.'],
    ['without its plugin', async () => resume(await written(), trainer([])), `fit: ${path} was taken with the plugin average 1.0.0 and the options {}, which the Trainer does not have. Add it, or begin anew.`],
    ['with a plugin more', async () => resume(await written(), trainer([average(), makePlugin('more', {}, { options: { p: 0.5 } })])), `fit: ${path} was taken without the plugin more 1.0.0, which the Trainer has with the options {"p":0.5}. Leave it out, or begin anew.`],
    ['with other options of a plugin', async () => resume(await written(), trainer([average({ options: { p: 0.5 } })])), `fit: ${path} was taken with the plugin average 1.0.0 and the options {}; the Trainer has it with {"p":0.5}.`],
    ['with a newer plugin that cannot migrate', async () => resume(await written(), trainer([average({ version: '2.0.0', stateVersion: 1 })])), `fit: the state of average in ${path} has version 0 (of 1.0.0); this is 2.0.0 with version 1 and no way to migrate. Install average 1.0.0.`],
    ['with a plugin whose migrate throws', async () => resume(await written(), trainer([average({ stateVersion: 1, migrate: () => { throw new Error('lost'); } })])), 'average, in migrate: lost'],
    ['where there is none', () => resume(memoryStore()), 'memory: there is no checkpoint in it (step-….safetensors).'],
  ])('%s, and is there afterwards', async (_, attempt, message) => { await expect(attempt()).rejects.toThrow(message); });

  test('with plugins in another order', async () => {
    const store = memoryStore();
    const [a, b] = [makePlugin('a'), makePlugin('b')];
    await trainer([a, b]).fit({ ...fit, checkpoint: { store } });
    await expect(trainer([b, a]).fit({ ...fit, resume: store })).rejects.toThrow(`fit: the checkpoint memory/${fileOf(24)} was taken with the plugins in the order a, b; the Trainer has b, a.`);
  });

  test('an older state is migrated; another version may know more options', async () => {
    const store = await written();
    const second = trainer([average({
      version: '1.1.0', options: { new: true }, stateVersion: 1,
      migrate: (state, from) => ({ tensors: { mean: ops.mul(state.tensors['mean'] as Tensor, 1) }, json: (state.json as number) + from }),
    })]);
    const { findings } = await second.fit({ ...fit, resume: store });
    const whole = trainer();
    await whole.fit(fit);
    expect(await weightsOf(second)).toEqual(await weightsOf(whole));
    expect(findings.map(({ message }) => message)).toEqual([`${path} was taken with the version of average "1.0.0"; this fit has "1.1.0", so it is another run than the one that was begun.`]);
  });

  test.each<[string, unknown]>([['nothing', undefined], ['no JSON', { tensors: {} }], ['no tensors', { json: 1 }], ['a number for a tensor', { tensors: { mean: 1 }, json: 1 }], ['a promise', Promise.resolve({ tensors: {}, json: 1 })]])('where migrate gives %s, and the model is as it was', async (_, made) => {
    const other = trainer([average({ stateVersion: 1, migrate: () => made as never })]);
    await expect(resume(await written(), other)).rejects.toThrow(/^average, in migrate: average: a state is \{ tensors, json \}, with tensors by name, received/);
    const fresh = trainer();
    fresh.model.init(key(1));
    expect(await weightsOf(other)).toEqual(await weightsOf(fresh));
  });

  test('a refused one leaves the model as it was', async () => {
    const store = await written();
    const other = trainer([average({ options: { p: 1 } })]);
    await expect(resume(store, other)).rejects.toThrow('options');
    const fresh = trainer([average({ options: { p: 1 } })]);
    fresh.model.init(key(1));
    expect(await weightsOf(other)).toEqual(await weightsOf(fresh));
  });
});
