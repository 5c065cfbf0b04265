import { beforeAll, describe, expect, test } from 'vitest';
import { ready } from '../backends/registry';
import { optim } from '../index';
import { foldIn, key } from '../random/key';
import { integers } from '../random/draw';
import { average, busyFit, busyTrainer, everything, Noisy } from './testing/busy';
import { makePlugin, makeTrainer } from './testing/small';
import type { FitSnapshot } from './snapshot';
import type { Trainer } from './trainer';

beforeAll(ready);

const trainer = busyTrainer;
const fit = busyFit;

describe('a fit that is resumed', () => {
  const draw = integers(foldIn(key(2026), 'steps'));
  test.each([1, 5, 6, 12, 20, 23, ...Array.from({ length: 4 }, () => 1 + draw(23))])('after step %i gives the bits of one that was not', async (stop) => {
    const whole = trainer();
    await whole.fit(fit);
    let saved: FitSnapshot | undefined;
    const first = trainer();
    await first.fit({ ...fit, onProgress: async (e) => { if (e.kind === 'step' && e.step === stop) saved = await first.snapshot(); } });
    const second = trainer();
    await second.fit({ ...fit, ...(saved ? { resume: saved } : {}) });
    expect(saved?.step).toBe(stop);
    expect(await everything(second)).toEqual(await everything(whole));
  });

  test('after an abort, from a snapshot taken then, whose kept weights the model has', async () => {
    const whole = trainer();
    await whole.fit(fit);
    const controller = new AbortController();
    const first = trainer();
    const { reason, kept } = await first.fit({ ...fit, signal: controller.signal, onProgress: (e) => { if (e.kind === 'eval' && e.step === 15) controller.abort(); } });
    expect([reason, kept?.why]).toEqual(['aborted', 'best']);
    const second = trainer();
    await second.fit({ ...fit, resume: await first.snapshot() });
    expect(await everything(second)).toEqual(await everything(whole));
  });

  test.each<[string, () => Trainer, string]>([
    ['another seed', () => makeTrainer({ model: new Noisy(), plugins: [average()], seed: 2 }), 'fit: the snapshot was taken with seed 1, the Trainer has seed 2.'],
    ['another optimizer', () => makeTrainer({ model: new Noisy(), plugins: [average()], optimizer: optim.sgd({ lr: 1 }) }), "the snapshot was taken with the optimizer 'adam', the Trainer has 'sgd'."],
    ['another model', () => makeTrainer({ plugins: [] }), 'fit: the snapshot is of another model: `0.weight` is not there in it, and [8, 2] here; 8 more differ. Build the model as it was.'],
    ['a plugin fewer', () => trainer([]), 'fit: the snapshot was taken with the plugin average 1.0.0 and the options {}, which the Trainer does not have.'],
    ['a plugin more', () => trainer([average(), makePlugin('late')]), 'fit: the snapshot was taken without the plugin late 1.0.0, which the Trainer has with the options {}. Leave it out, or begin anew.'],
    ['other options of a plugin', () => trainer([average({ options: { of: 'weights' } })]), 'fit: the snapshot was taken with the plugin average 1.0.0 and the options {}; the Trainer has it with {"of":"weights"}. Give the same options, or begin anew.'],
    ['a newer state', () => trainer([average({ stateVersion: 2 })]), 'fit: the state of average in the snapshot has version 0 (of 1.0.0); this is 1.0.0 with version 2 and no way to migrate.'],
  ])('is refused with %s', async (_, other, message) => {
    const first = trainer();
    await first.fit({ ...fit, epochs: 1 });
    await expect(other().fit({ ...fit, resume: await first.snapshot() })).rejects.toThrow(message);
  });

  test('takes a plugin that can begin late, and migrates an older state', async () => {
    const first = trainer();
    await first.fit({ ...fit, epochs: 1 });
    const migrated: number[] = [];
    const second = trainer([average({ stateVersion: 2, migrate: (state, from) => { migrated.push(from); return state; } }), makePlugin('new', {}, { requiredOnLoad: false })]);
    const { steps } = await second.fit({ ...fit, resume: await first.snapshot() });
    expect([steps, migrated]).toEqual([24, [0]]);
  });

  test('there is nothing to take before the first', async () => {
    await expect(trainer().snapshot()).rejects.toThrow('snapshot: there is no fit yet.');
  });
});
