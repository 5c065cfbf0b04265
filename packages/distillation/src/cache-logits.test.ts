/** Logits in shards: written once, gone on with, read lazily, and refused where they are damaged or of something else. */
import {
  type AnyPlugin, arrayDataset, type CheckpointStore, type Inputs, losses, memory, memoryStore, nn, ops, optim, random, readSafetensors, type Tensor, Trainer, useBackend, writeSafetensors,
} from '@parsimony/core';
import { augment, mixup, randomHorizontalFlip } from '@parsimony/augment';
import { expectClose, sample } from '@parsimony/testkit';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { cacheLogits, type CacheLogitsOptions, distillation, openLogits } from './index';

const size = 20;
const data = (n = size) => arrayDataset({ inputs: Float32Array.from(sample(n * 3, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: n }, (_, i) => i % 2), numClasses: 2 });
const big = (seed = 9) => new nn.Sequential(new nn.Linear(3, 6), new nn.ReLU(), new nn.Linear(6, 2)).init(random.key(seed));
const make = (plugins: AnyPlugin[], accumulate = 1) =>
  new Trainer({ model: new nn.Sequential(new nn.Linear(3, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins, accumulate });
const weightOf = async ({ model }: Trainer) => Array.from(await (model.parameters()['0.weight'] as Tensor).data());
/** Counts calls, and can end as a killed process does. */
const counted = (teacher: nn.Module, failAt = Infinity) => {
  const state = { calls: 0 };
  const run = (inputs: Inputs): Tensor => {
    if (state.calls++ >= failAt) throw new Error('killed');
    return teacher.forward(inputs as Tensor);
  };
  return { state, run };
};
const small = { batchSize: 4, shardSize: 8, fingerprint: 'a' };

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each([1, 3])('a fit with cached logits has the weights of one with the teacher itself, in %d microbatches', async (accumulate) => {
    const teacher = big();
    const logits = await cacheLogits({ to: memoryStore(), teacher, data: data(), ...small });
    const ends = [];
    for (const one of [teacher, logits]) {
      const trainer = make([distillation({ teacher: one, alpha: 0.2 })], accumulate);
      await trainer.fit({ train: data(), epochs: 3, batchSize: 7 });
      ends.push(await weightOf(trainer));
    }
    await expectClose(ends[1] ?? [], ends[0] ?? [], { rtol: 1e-5 });
  });

  test('beside another teacher', async () => {
    const [a, b] = [big(1), big(2)];
    const logits = await cacheLogits({ to: memoryStore(), teacher: b, data: data() });
    const ends = [];
    for (const teacher of [[a, b], [a, logits]]) {
      const trainer = make([distillation({ teacher, alpha: 0 })]);
      await trainer.fit({ train: data(), epochs: 2, batchSize: 8 });
      ends.push(await weightOf(trainer));
    }
    await expectClose(ends[1] ?? [], ends[0] ?? [], { rtol: 1e-5 });
  });

  test('rows by number, in any order', async () => {
    const teacher = big();
    const logits = await cacheLogits({ to: memoryStore(), teacher, data: data(), ...small });
    const ids = Int32Array.of(19, 0, 8, 7, 0);
    const { inputs } = await data().batch(ids);
    await expectClose(await logits.read(ids), teacher.forward(inputs as Tensor), { rtol: 1e-6 });
    expect([logits.size, logits.shape]).toEqual([size, [2]]);
    await expect(logits.read(Int32Array.of(20))).rejects.toThrow('memory: there are logits of 20 samples, and none of sample 20.');
  });
});

describe('files', () => {
  beforeAll(async () => { await useBackend('wasm'); });
  const write = (store: CheckpointStore | string, rest: Partial<CacheLogitsOptions> = {}) => cacheLogits({ to: store, teacher: big(), data: data(), batchSize: 4, shardSize: 8, ...rest });

  test('in a folder: an index and shards, and a second call runs no teacher', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logits-'));
    try {
      const { state, run } = counted(big());
      const told: number[] = [];
      await write(folder, { teacher: run, fingerprint: 'a', onProgress: ({ samples }) => { told.push(samples); } });
      expect([state.calls, told, readdirSync(folder).sort()]).toEqual([5, [8, 16, 20], ['logits-00000.safetensors', 'logits-00001.safetensors', 'logits-00002.safetensors', 'logits.json']]);
      const again = await write(folder, { teacher: run, fingerprint: 'a' });
      expect(state.calls).toBe(5);
      await expectClose(await (await openLogits(folder)).read(Int32Array.of(3, 17)), await again.read(Int32Array.of(3, 17)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('goes on from where it was interrupted', async () => {
    const store = memoryStore();
    const first = counted(big(), 3);
    await expect(write(store, { teacher: first.run, fingerprint: 'a' })).rejects.toThrow('killed');
    expect(await store.list()).toEqual(['logits.json', 'logits-00000.safetensors']);
    await expect(openLogits(store)).rejects.toThrow('memory: not all logits are written: `cacheLogits` was interrupted. Call it again, and it goes on.');
    const second = counted(big());
    const logits = await write(store, { teacher: second.run, fingerprint: 'a' });
    expect(second.state.calls).toBe(3);
    const { inputs } = await data().batch(Int32Array.of(2, 18));
    await expectClose(await logits.read(Int32Array.of(2, 18)), big().forward(inputs as Tensor), { rtol: 1e-6 });
  });

  test('shards are read when a batch first needs them, once', async () => {
    const inner = memoryStore();
    await write(inner);
    const read: string[] = [];
    const logits = await openLogits({ ...inner, read: (file) => { read.push(file); return inner.read(file); } });
    await logits.read(Int32Array.of(1, 2));
    await logits.read(Int32Array.of(9, 3));
    expect(read).toEqual(['logits.json', 'logits-00000.safetensors', 'logits-00001.safetensors']);
  });

  test('a damaged, cut, foreign or missing shard is named', async () => {
    const shard = 'logits-00001.safetensors';
    const broken = async (change: (bytes: Uint8Array, store: CheckpointStore) => Promise<Uint8Array> | Uint8Array) => {
      const store = memoryStore();
      await write(store);
      await store.write(shard, [await change(await store.read(shard), store)]);
      return (await openLogits(store)).read(Int32Array.of(9));
    };
    await expect(broken((bytes) => { bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 64; return bytes; })).rejects.toThrow(`memory/${shard}: it is damaged: its numbers are not those that were written. Delete it and write the logits again`);
    await expect(broken((bytes) => bytes.slice(0, -8))).rejects.toThrow(`memory/${shard}: it is cut short`);
    await expect(broken((_, store) => store.read('logits-00000.safetensors'))).rejects.toThrow(`memory/${shard}: it belongs to other logits`);
    await expect(broken(async (bytes) => writeSafetensors({ logits: ops.slice(readSafetensors(bytes).tensors['logits'] as Tensor, [{ end: 5 }]) }))).rejects.toThrow(`memory/${shard}: it should hold \`logits\` of shape [8, 2], and has [5, 2]`);
    const store = memoryStore();
    await write(store);
    await store.remove(shard);
    await expect((await openLogits(store)).read(Int32Array.of(9))).rejects.toThrow(shard);
    // Written anew, the rest is kept.
    const { state, run } = counted(big());
    await write(store, { teacher: run, fingerprint: (await openLogits(store)).fingerprint });
    expect(state.calls).toBe(2);
  });

  test('another data set, teacher or size of shards is refused', async () => {
    const store = memoryStore();
    await write(store);
    await expect(write(store, { data: data(21) })).rejects.toThrow('cacheLogits: memory has logits of a data set of 20 samples; this one has 21. Give another folder, or delete this one.');
    await expect(write(store, { teacher: big(2) })).rejects.toThrow('cacheLogits: memory has logits of another teacher (fingerprint ');
    await expect(write(store, { shardSize: 9 })).rejects.toThrow('cacheLogits: memory has logits of 8 samples a file; `shardSize` is 9.');
    await expect(make([distillation({ teacher: await openLogits(store) })]).fit({ train: data(10), epochs: 1, batchSize: 5 })).rejects.toThrow('distillation: the cached logits of 20 samples, [2] each, and this fit trains on 10.');
    await store.write('logits.json', [new TextEncoder().encode('{"format": "pars')]);
    await expect(openLogits(store)).rejects.toThrow('memory/logits.json: it is damaged');
    await expect(openLogits(memoryStore())).rejects.toThrow('memory: there are no logits here.');
  });

  test('mixed batches are refused, augmented ones warned of', async () => {
    const logits = await write(memoryStore());
    expect(() => make([distillation({ teacher: logits }), mixup({ alpha: 1 })])).toThrow('the cached logits are of samples as they are, and @parsimony/augment/mixup mixes them');
    expect(make([distillation({ teacher: logits }), augment({ transform: randomHorizontalFlip(), shape: [1, 3] })]).findings).toMatchObject([{ severity: 'warning', code: 'augmented-cached-logits' }]);
    expect(make([distillation({ teacher: logits })]).findings).toEqual([]);
  });

  test.each<[object, string]>([
    [{ to: '' }, 'cacheLogits: `to` must be the path of a folder or a store, received "".'],
    [{ teacher: 3 }, 'cacheLogits: `teacher` must be a module with its weights or a function from inputs to scores, received 3.'],
    [{ data: [] }, 'cacheLogits: `data` must be a data set with samples'],
    [{ shardSize: 0 }, 'cacheLogits: `shardSize` must be a whole number in [1, inf), received 0.'],
    [{ batch: 1 }, 'cacheLogits: unknown option `batch`.'],
    [{ teacher: () => 1 }, 'cacheLogits: the teacher must give one tensor of scores, at once, received 1.'],
    [{ teacher: (x: Tensor) => ops.sum(x) }, 'cacheLogits: the teacher must give scores [4, ...] for 4 samples, received [].'],
  ])('%j', async (options, message) => {
    await expect(write(memoryStore(), options as never)).rejects.toThrow(message);
  });

  test('a resumed fit has the bits of one that was not interrupted', async () => {
    const logits = await write(memoryStore());
    const run = async (options: object) => {
      const trainer = make([distillation({ teacher: logits, alpha: 0.1 })], 2);
      await trainer.fit({ train: data(), epochs: 4, batchSize: 8, ...options });
      return { trainer, weights: await weightOf(trainer) };
    };
    const straight = await run({});
    const store = memoryStore();
    await run({ epochs: 2, checkpoint: { store } });
    expect((await run({ resume: store })).weights).toEqual(straight.weights);
  });

  test('nothing is left behind', async () => {
    const logits = await write(memoryStore());
    const counts = new Map<number, ReturnType<typeof memory>>();
    await make([distillation({ teacher: logits })]).fit({ train: data(), epochs: 40, batchSize: 4, onProgress: (event) => { if (event.kind === 'step') counts.set(event.step, memory()); } });
    expect(counts.get(200)).toEqual(counts.get(10));
  });
});
