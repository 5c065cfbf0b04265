import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../backends/registry';
import { joined } from '../../checkpoint/store';
import { type CheckpointStore, loadCheckpoint, memory, memoryStore, ops, readSafetensors } from '../../index';
import { integers } from '../../random/draw';
import { foldIn, key } from '../../random/key';
import { scalar } from '../../tensor/create';
import type { CheckpointOptions } from '../checkpoint/options';
import type { AnyPlugin } from '../contract';
import type { FitSnapshot } from '../snapshot';
import type { Trainer } from '../trainer';
import { average, busyFit as fit, busyTrainer as trainer, everything, Noisy } from '../testing/busy';
import { makePlugin, makeTrainer, points, weightsOf } from '../testing/small';
import { filesOf, steps, upTo } from '../testing/stored';
import { fileOf } from './files';

beforeAll(() => useBackend('wasm', { threads: 1 }));

describe.each([1, 2])('a fit that is resumed from its checkpoint, on %i threads', (threads) => {
  beforeAll(() => useBackend('wasm', { threads }));
  const draw = integers(foldIn(key(2026), `checkpoints ${threads}`));
  test.each([0, 5, 6, 23, 24, ...Array.from({ length: 4 }, () => 1 + draw(23))])('after step %i has the bits of one that was not', async (step) => {
    const whole = trainer();
    await whole.fit(fit);
    const store = memoryStore();
    await upTo(step, { store, everySteps: 1 });
    expect((await steps(store)).at(-1)).toBe(step);
    const second = trainer();
    const { history } = await second.fit({ ...fit, resume: store, checkpoint: { store } });
    expect(history.length).toBe(8);
    expect(await everything(second)).toEqual(await everything(whole));
  });
});

describe('checkpoints', () => {
  test('are written at the start, when due, and at the end; the last ones and the best stay', async () => {
    const store = memoryStore();
    const told: number[] = [];
    const { checkpoints, history } = await trainer().fit({ ...fit, checkpoint: { store, everyEpochs: 2, keepLast: 1 }, onProgress: (e) => { if (e.kind === 'checkpoint') told.push(e.step); } });
    expect(told).toEqual([12, 24]);
    expect(await steps(store)).toEqual([24]);
    expect(checkpoints).toEqual({ last: `memory/${fileOf(24)}`, best: undefined, ranked: [] });
    // With evaluations at epoch ends each is a candidate for the best.
    const atEnds = memoryStore();
    const { checkpoints: found } = await trainer(undefined, { evaluateEvery: undefined as never }).fit({ ...fit, checkpoint: { store: atEnds, keepBest: { monitor: 'learningRate', mode: 'max' } } });
    expect(await steps(atEnds)).toEqual([6, 18, 24]);
    expect(found).toEqual({ last: `memory/${fileOf(24)}`, best: `memory/${fileOf(6)}`, ranked: [`memory/${fileOf(6)}`] });
    expect(history.length).toBe(8);
  });
  test.each<[string, Partial<CheckpointOptions>, number[]]>([
    ['steps', { everySteps: 7 }, [7, 14, 21, 24]],
    ['epochs by default', {}, [6, 12, 18, 24]],
    ['both', { everySteps: 4, everyEpochs: 2 }, [4, 8, 12, 16, 20, 24]],
    ['seconds, each step', { everySeconds: 1e-9 }, Array.from({ length: 24 }, (_, i) => i + 1)],
    ['seconds, never but at the end', { everySeconds: 1e9 }, [24]],
  ])('every so many %s', async (_, options, expected) => {
    const told: number[] = [];
    await trainer().fit({ ...fit, checkpoint: { store: memoryStore(), ...options }, onProgress: (e) => { if (e.kind === 'checkpoint') told.push(e.step); } });
    expect(told).toEqual(expected);
  });

  test('hold everything under names that say what it is', async () => {
    const store = memoryStore();
    const first = trainer();
    await first.fit({ ...fit, checkpoint: { store } });
    const { tensors, metadata } = readSafetensors(await store.read(fileOf(24)));
    const model = ['inner.0.weight', 'inner.0.bias', 'inner.2.weight', 'inner.2.bias'];
    const names = (prefix: string, of: readonly string[]): string[] => of.map((name) => `${prefix}/${name}`);
    expect(Object.keys(tensors).sort()).toEqual([
      ...names('best', [...model, 'count']), ...names('model', [...model, 'count']),
      ...names('optimizer', model.flatMap((path) => [`${path}.exp_avg`, `${path}.exp_avg_sq`])), 'plugin/average/mean',
    ].sort());
    const { seed, epoch, step, batch, history, plugins, optimizer } = JSON.parse(metadata['json'] as string) as Record<string, unknown>;
    expect([seed, epoch, step, batch, (history as unknown[]).length]).toEqual([1, 4, 24, 0, 8]);
    expect(plugins).toEqual([{ key: 'average', name: 'average', version: '1.0.0', options: {}, stateVersion: 0, json: 24, tensors: ['mean'] }]);
    expect(optimizer).toMatchObject({ name: 'adam', json: { step: 24 } });
    expect(metadata).toMatchObject({ format: 'parsimony-checkpoint', version: '1' });
  });

  test('load as snapshots for other uses, and leave no tensors behind', async () => {
    const store = memoryStore();
    const first = trainer();
    await first.fit({ ...fit, checkpoint: { store } });
    const { kept } = await loadCheckpoint(store);
    const model = new Noisy().loadStateDict({ ...kept?.weights.params, ...kept?.weights.buffers });
    const own = await weightsOf(first);
    for (const [path, x] of Object.entries(model.stateDict())) expect([...await x.data()]).toEqual(own[path]);
    const again = trainer();
    await again.fit({ ...fit, resume: store });
    const before = memory();
    for (let i = 0; i < 3; i++) await again.fit({ ...fit, resume: store, checkpoint: { store } });
    expect(memory()).toEqual(before);
  });

  test('of another fit are not mixed with this one', async () => {
    const store = memoryStore();
    await upTo(12, { store, everySteps: 5, keepLast: 3 });
    expect(await steps(store)).toEqual([0, 5, 10]);
    await expect(trainer().fit({ ...fit, checkpoint: { store } })).rejects.toThrow("fit: memory has checkpoints of another fit, the newest of step 10. Go on with it (`resume: 'memory'`), begin anew in another folder, or pass `overwrite: true`.");
    expect(await steps(store)).toEqual([0, 5, 10]);
    await trainer().fit({ ...fit, epochs: 1, checkpoint: { store, overwrite: true } });
    expect(await steps(store)).toEqual([0, 6]);
  });

  test('of another fit are not removed by one that was resumed from elsewhere, and not taken for its own', async () => {
    const [mine, other] = [memoryStore(), memoryStore()];
    await upTo(12, { store: mine, everySteps: 6 });
    await trainer(undefined, { seed: 5 }).fit({ ...fit, checkpoint: { store: other, everySteps: 6, keepLast: 9 } });
    const before = await filesOf(other);
    await expect(trainer().fit({ ...fit, resume: mine, checkpoint: { store: other } })).rejects.toThrow('fit: memory has checkpoints of another fit, the newest of step 24.');
    expect(await filesOf(other)).toEqual(before);
    await trainer().fit({ ...fit, resume: mine, checkpoint: { store: other, overwrite: true, keepLast: 9 } });
    expect(await steps(other)).toEqual([12, 18, 24]);
    // In an empty one the first is written before any step, though stores of memory have one name.
    const empty = memoryStore();
    await trainer().fit({ ...fit, resume: mine, checkpoint: { store: empty, keepLast: 9 } });
    expect(await steps(empty)).toEqual([12, 18, 24]);
  });

  test('are the best by the rule that holds now', async () => {
    const store = memoryStore();
    const atEnds = (): ReturnType<typeof trainer> => trainer(undefined, { evaluateEvery: undefined as never });
    const first = await atEnds().fit({ ...fit, epochs: 2, checkpoint: { store, keepBest: { monitor: 'learningRate', mode: 'max' } } });
    expect(first.checkpoints?.best).toBe(`memory/${fileOf(6)}`);
    const second = await atEnds().fit({ ...fit, resume: store, checkpoint: { store, keepBest: { monitor: 'learningRate', mode: 'min' } } });
    expect(second.checkpoints?.best).toBe(`memory/${fileOf(24)}`);
    const third = await atEnds().fit({ ...fit, epochs: 5, resume: store, checkpoint: { store, keepLast: 1, keepBest: false } });
    expect([third.checkpoints?.best, await steps(store)]).toEqual([undefined, [30]]);
  });

  /** Gives epoch after epoch the validation loss of a curve. */
  const curve = (...values: number[]): AnyPlugin => makePlugin('curve', { aroundEval: async (ctx, next) => ({ ...await next(), loss: values[ctx.epoch] ?? Number.NaN }) });
  const small = { train: points(16), validation: points(8), batchSize: 8 };
  const along = (...values: number[]): Trainer => makeTrainer({ plugins: [curve(...values)] });
  const keepBest = { monitor: 'validationLoss', mode: 'min', count: 3 } as const;

  test('are the k best, whatever their age, with the last ones; of equal ones the earlier', async () => {
    const store = memoryStore();
    const values = [5, 3, 4, 3, 9, 1, 8, 8, NaN, 7];
    const { checkpoints } = await along(...values).fit({ ...small, epochs: 10, checkpoint: { store, keepLast: 1, keepBest } });
    expect(checkpoints?.ranked).toEqual([12, 4, 8].map((step) => `memory/${fileOf(step)}`));
    expect(checkpoints?.best).toBe(`memory/${fileOf(12)}`);
    expect(await steps(store)).toEqual([4, 8, 12, 20]);
    const upwards = memoryStore();
    await along(...values).fit({ ...small, epochs: 10, checkpoint: { store: upwards, keepLast: 1, keepBest: { ...keepBest, mode: 'max', count: 2 } } });
    expect(await steps(upwards)).toEqual([10, 14, 20]);
  });

  test('go on being the k best after the fit was resumed, and a count that fell lets go of the worst', async () => {
    const values = [5, 3, 4, 3, 9, 1, 8];
    for (const cut of [1, 2, 4, 5]) {
      const store = memoryStore();
      const options = { store, keepLast: 1, keepBest };
      const given = along(...values);
      const stop = new AbortController();
      await given.fit({ ...small, epochs: 7, signal: stop.signal, checkpoint: options, onProgress: ({ kind, ...e }) => { if (kind === 'epoch' && 'epoch' in e && e.epoch === cut) stop.abort(); } });
      const { checkpoints } = await along(...values).fit({ ...small, epochs: 7, resume: store, checkpoint: options });
      expect(checkpoints?.ranked).toEqual([12, 4, 8].map((step) => `memory/${fileOf(step)}`));
      expect(await steps(store)).toEqual([4, 8, 12, 14]);
      const fewer = await along(...values, 2).fit({ ...small, epochs: 8, resume: store, checkpoint: { ...options, keepBest: { ...keepBest, count: 2 } } });
      expect(fewer.checkpoints?.ranked).toEqual([12, 16].map((step) => `memory/${fileOf(step)}`));
      expect(await steps(store)).toEqual([12, 16]);
    }
  });

  test('of a fit whose folder has another\'s files leave those alone, and files of other names', async () => {
    const store = memoryStore();
    await along(1, 2).fit({ ...small, epochs: 2, checkpoint: { store, keepBest } });
    await store.write('notes.txt', [Uint8Array.of(1)]);
    const before = await filesOf(store);
    await expect(along(3, 2, 1).fit({ ...small, epochs: 3, checkpoint: { store, keepBest } })).rejects.toThrow('has checkpoints of another fit');
    expect(await filesOf(store)).toEqual(before);
    await along(3, 2, 1).fit({ ...small, epochs: 3, checkpoint: { store, keepLast: 1, keepBest: { ...keepBest, count: 1 }, overwrite: true } });
    expect(await filesOf(store)).toEqual(['notes.txt', fileOf(6)]);
  });

  test('of a fit that went back to an earlier one are replaced', async () => {
    const store = memoryStore();
    await upTo(20, { store, everySteps: 5, keepLast: 9 });
    const at5 = memoryStore();
    await at5.write(fileOf(5), [await store.read(fileOf(5))]);
    await trainer().fit({ ...fit, epochs: 2, resume: at5, checkpoint: { store, keepLast: 9 } });
    expect(await steps(store)).toEqual([0, 5, 6, 12]);
  });

  test('of a finished fit give its result at once', async () => {
    const store = memoryStore();
    const stopper = (): AnyPlugin => makePlugin('stopper', { stepEnd: (ctx) => { if (ctx.step === 7) ctx.stop('enough'); } });
    const first = trainer([average(), stopper()]);
    const { reason, history, steps: done } = await first.fit({ ...fit, checkpoint: { store } });
    expect([reason, done]).toEqual(['enough', 8]);
    const second = trainer([average(), stopper()]);
    const again = await second.fit({ ...fit, resume: store, checkpoint: { store } });
    expect([again.reason, again.steps, again.history]).toEqual(['enough', 8, history]);
    expect(await everything(second)).toEqual(await everything(first));
    // One that was stopped at an epoch's last step still ends that epoch.
    const ended: number[] = [];
    const late = (): AnyPlugin => makePlugin('late', { stepEnd: (ctx) => { if (ctx.step === 5) ctx.stop('enough'); }, epochEnd: (ctx) => { ended.push(ctx.step); } });
    await trainer([late()]).fit({ ...fit, checkpoint: { store: memoryStore() } });
    expect(ended).toEqual([6]);
  });

  test('of an aborted fit go on; more epochs may follow', async () => {
    const store = memoryStore();
    const controller = new AbortController();
    const { reason, checkpoints } = await trainer().fit({ ...fit, signal: controller.signal, checkpoint: { store }, onProgress: (e) => { if (e.kind === 'step' && e.step === 9) controller.abort(); } });
    expect([reason, checkpoints?.last]).toEqual(['aborted', `memory/${fileOf(9)}`]);
    const second = trainer();
    const { steps: done, findings } = await second.fit({ ...fit, epochs: 5, resume: store });
    expect(done).toBe(30);
    expect(findings.map(({ code, message }) => [code, message])).toEqual([['resumed-otherwise', `the checkpoint memory/${fileOf(9)} was taken with epochs 4; this fit has 5, so it is another run than the one that was begun.`]]);
  });

  test('mix no tensors of plugins whose names begin alike', async () => {
    const holding = (name: string, tensor: string): AnyPlugin => makePlugin(name, {}, { init: () => ({ tensors: { [tensor]: ops.mul(scalar(1), 1) }, json: null }) });
    const beginning = (...plugins: AnyPlugin[]): Promise<unknown> => makeTrainer({ plugins }).fit({ train: points(4), epochs: 1, batchSize: 4, checkpoint: { store: memoryStore() } });
    await expect(beginning(holding('a', 'b/c'), holding('a/b', 'c'))).rejects.toThrow('checkpoint: two tensors are called `plugin/a/b/c`, of plugins whose names begin alike. Call the tensor of one of them otherwise.');
    await expect(beginning(holding('a', 'b/c'), holding('a/b', 'd'))).resolves.toBeDefined();
  });

  test('know numbers that JSON has not', async () => {
    const store = memoryStore();
    const odd = { json: { best: Infinity, none: NaN, minus: -0 } };
    await makeTrainer({ plugins: [makePlugin('odd', {}, { init: () => ({ tensors: {}, ...odd }) })] }).fit({ train: points(4), epochs: 1, batchSize: 4, checkpoint: { store } });
    expect(Object.values((await loadCheckpoint(store)).plugins)[0]?.state.json).toStrictEqual(odd.json);
  });
});

describe('options', () => {
  const store = memoryStore();
  test.each<[object, string]>([
    [{}, 'fit: checkpoint: expected `directory` or `store`, received neither.'],
    [{ store, directory: 'a' }, 'received both'],
    [{ store: {} }, 'fit: checkpoint: `store` must be a CheckpointStore'],
    [{ directory: 3 }, 'directoryStore: expected the path of a folder, received 3.'],
    [{ store, everySteps: 0 }, '`everySteps` must be a whole number in [1, inf), received 0.'],
    [{ store, everySeconds: 0 }, '`everySeconds` must be in (0, inf), received 0.'],
    [{ store, keepLast: 0 }, '`keepLast` must be a whole number in [1, inf), received 0.'],
    [{ store, keepBest: true }, 'keepBest'],
    [{ store, keepBest: { monitor: 'loss', mode: 'low' } }, "`keepBest.mode` must be one of 'min', 'max', received \"low\"."],
    [{ store, every: 1 }, 'fit: checkpoint: unknown option `every`.'],
  ])('%o', async (checkpoint, message) => { await expect(trainer().fit({ ...fit, checkpoint: checkpoint as CheckpointOptions })).rejects.toThrow(message); });
  test.each([[''], [3], [{}], [null]])('resume: %o', async (resume) => {
    await expect(trainer().fit({ ...fit, resume: resume as unknown as FitSnapshot })).rejects.toThrow('fit: `resume` must be the path of a folder or file, a store, or what `snapshot()` gave, received');
  });
  test('a store of any kind does', async () => {
    const files = new Map<string, Uint8Array>();
    const own: CheckpointStore = {
      name: 'own', list: async () => [...files.keys(), 'notes.txt'], read: async (file) => files.get(file) as Uint8Array,
      write: async (file, chunks) => { files.set(file, joined(chunks)); }, remove: async (file) => { files.delete(file); },
    };
    await trainer().fit({ ...fit, epochs: 1, checkpoint: { store: own } });
    expect([...files.keys()]).toEqual([fileOf(0), fileOf(6)]);
  });
});
