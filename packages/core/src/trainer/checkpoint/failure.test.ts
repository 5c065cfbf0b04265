/** Fits that fail: the error names where, what was kept and how to go on; and going on gives the bits of a fit that did not fail. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../backends/registry';
import { type CheckpointStore, type Dataset, directoryStore, loadCheckpoint, memoryStore, ops, optim, type ParsimonyError, type Tensor } from '../../index';
import type { AnyPlugin } from '../contract';
import { hookNames } from '../hook-names';
import { average, busyFit as fit, busyTrainer as trainer, everything } from '../testing/busy';
import { makePlugin } from '../testing/small';
import { fileOf } from './files';

beforeAll(() => useBackend('wasm', { threads: 1 }));

const folder = mkdtempSync(join(tmpdir(), 'parsimony-failure-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const failureOf = (fitting: Promise<unknown>): Promise<ParsimonyError> => fitting.then(() => { throw new Error('it did not fail'); }, (error: ParsimonyError) => error);

describe('a plugin that throws', () => {
  const late = hookNames.filter((hook) => hook !== 'transformModel' && hook !== 'collectParamGroups');
  test.each(late)('in %s: the checkpoint before is named, and the mended fit goes on exactly', async (hook) => {
    const ended: string[] = [];
    let broken = true;
    // In the middle of the second epoch, or at its end, or at the end of the fit.
    const plugin = (): AnyPlugin => {
      const handler = (...args: readonly unknown[]): unknown => {
        const ctx = args.find((arg) => typeof arg === 'object' && arg !== null && 'totalSteps' in arg) as unknown as { readonly step: number };
        if (broken && ctx.step >= (hook.startsWith('fit') ? 0 : 8)) throw new Error('boom');
        if (!hook.startsWith('around')) return hook.startsWith('collect') ? [] : undefined;
        return (args[1] as () => unknown)();
      };
      return makePlugin('fragile', { [hook]: hook === 'transformActivation' ? { match: '**', handler } : handler }, { teardown: () => { ended.push('teardown'); } });
    };
    const store = memoryStore();
    const error = await failureOf(trainer([average(), plugin()]).fit({ ...fit, checkpoint: { store, everySteps: 3 } }));
    const [last] = [...await store.list()].sort().reverse();
    expect(error).toMatchObject({ code: 'plugin', plugin: 'fragile', hook });
    const kept = last === undefined ? 'There is no checkpoint yet\\.' : `Kept: memory/${last}\\. Once the cause is mended, go on with \`resume: 'memory'\`\\.`;
    expect(error.message).toMatch(new RegExp(`^fragile, in ${hook}: boom\\. Done before it: \\d+ steps, \\d whole epochs?\\. ${kept}$`));
    expect(ended).toEqual(['teardown']);
    expect(last === undefined).toBe(hook === 'fitStart');
    broken = false;
    const whole = trainer([average(), plugin()]);
    await whole.fit(fit);
    const mended = trainer([average(), plugin()]);
    await mended.fit({ ...fit, ...(last === undefined ? {} : { resume: store }) });
    expect(await everything(mended)).toEqual(await everything(whole));
  });

  test.each(['transformModel', 'collectParamGroups', 'init', 'fitStart'] as const)('in %s of a fit that is resumed: what it was to go on from is named, and whole', async (where) => {
    const ended: string[] = [];
    let broken = false;
    const boom = (): void => { if (broken) throw new Error('boom'); };
    const plugin = (): AnyPlugin => makePlugin('fragile', {
      transformModel: () => { if (where === 'transformModel') boom(); return undefined; }, collectParamGroups: () => { if (where === 'collectParamGroups') boom(); return []; },
      fitStart: () => { if (where === 'fitStart') boom(); },
    }, { init: () => { if (where === 'init') boom(); return { tensors: {}, json: null }; }, teardown: () => { ended.push('teardown'); } });
    const store = memoryStore();
    await trainer([plugin()]).fit({ ...fit, epochs: 2, checkpoint: { store } });
    broken = true;
    ended.length = 0;
    const error = await failureOf(trainer([plugin()]).fit({ ...fit, resume: store, checkpoint: { store } }));
    expect(error).toMatchObject({ code: 'plugin', plugin: 'fragile', hook: where });
    const [done, source] = where === 'fitStart' ? [`Done before it: 12 steps, 2 whole epochs. Kept: memory/${fileOf(12)}.`, `memory/${fileOf(12)}`] : ['The fit had not begun; memory is as it was.', 'memory'];
    expect(error.message).toBe(`fragile, in ${where}: boom. ${done} Once the cause is mended, go on with \`resume: '${source}'\`.`);
    expect(ended).toEqual(['teardown']);
    broken = false;
    expect((await trainer([plugin()]).fit({ ...fit, resume: store, checkpoint: { store } })).steps).toBe(24);
  });

  test('leaves no snapshot to be taken of half a step', async () => {
    const half = trainer([makePlugin('half', { stepEnd: (ctx) => { if (ctx.step === 3) throw new Error('boom'); } })]);
    await failureOf(half.fit(fit));
    await expect(half.snapshot()).rejects.toThrow('snapshot: the fit failed in the middle of step 4, so weights and states may be of different steps.');
  });
});

describe('data that throw in the middle of an epoch', () => {
  const flaky = (data: Dataset, failing: { now: boolean }): Dataset => ({
    ...data, batch: (ids) => { if (failing.now && ids.includes(3)) throw new Error('the share is gone'); return data.batch(ids); },
  });
  test.each(['train', 'validation'] as const)('%s', async (which) => {
    const failing = { now: false };
    const store = memoryStore();
    const given = { ...fit, [which]: flaky(fit[which], failing) };
    const error = await failureOf(trainer().fit({ ...given, checkpoint: { store, everySteps: 4 }, onProgress: (e) => { failing.now ||= e.kind === 'step' && e.step === 13; } }));
    expect(error.code).toBe('data');
    expect(error.message).toMatch(/^Dataset\.batch: the data source threw: the share is gone\. Done before it: (1[3-9]|2\d) steps, [23] whole epochs\. Kept: memory\/step-0000000\d+\.safetensors\. Once/);
    expect((error.cause as Error).message).toBe('the share is gone');
    failing.now = false;
    const [whole, second] = [trainer(), trainer()];
    await whole.fit(fit);
    await second.fit({ ...given, resume: store });
    expect(await everything(second)).toEqual(await everything(whole));
  });
});

test('a loss that is not finite: the last good checkpoint stays, and a lower rate may go on from it', async () => {
  const store = memoryStore();
  const poison = (at: number): AnyPlugin => makePlugin('poison', { transformBatch: (batch, ctx) => (ctx.step === at ? { ...batch, inputs: ops.mul(batch.inputs as Tensor, NaN) } : undefined) });
  const error = await failureOf(trainer([average(), poison(9)]).fit({ ...fit, checkpoint: { store, everySteps: 4, keepLast: 9 } }));
  expect(error.code).toBe('non-finite');
  expect(error.message).toMatch(/^fit: at step 9 the loss is NaN; the step was not applied.* Done before it: 9 steps, 1 whole epoch\. Kept: memory\/step-000000008\.safetensors\. Once the cause is mended, go on with `resume: 'memory'`\.$/);
  expect((await loadCheckpoint(store)).step).toBe(8);
  const { steps, findings } = await trainer([average(), poison(-1)], { optimizer: optim.adam({ lr: 1e-3 }) }).fit({ ...fit, resume: store });
  expect([steps, findings.map(({ code }) => code)]).toEqual([24, ['resumed-otherwise']]);
});

describe('a full disk', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  test('in the middle of a fit', async () => {
    const store = memoryStore();
    let room = 3;
    const small: CheckpointStore = { ...store, name: 'disk', write: async (file, chunks) => { if (room-- === 0) throw full; return store.write(file, chunks); } };
    const error = await failureOf(trainer().fit({ ...fit, checkpoint: { store: small, everySteps: 2 } }));
    expect(error).toMatchObject({ code: 'file', cause: full });
    expect(error.message).toBe(`fit: the checkpoint disk/${fileOf(6)} could not be written: ENOSPC: no space left on device, write. Done before it: 6 steps, 1 whole epoch. Kept: disk/${fileOf(4)}. Once the cause is mended, go on with \`resume: 'disk'\`.`);
    const [whole, second] = [trainer(), trainer()];
    await whole.fit(fit);
    await second.fit({ ...fit, resume: store, checkpoint: { store } });
    expect(await everything(second)).toEqual(await everything(whole));
  });

  // Writing to /dev/full is a full disk to the system call.
  test.skipIf(!existsSync('/dev/full'))('as the system tells it, in a folder: what was there stays, the unfinished file goes', async () => {
    const directory = join(folder, 'full');
    mkdirSync(directory);
    const open = (): string[] => readdirSync('/proc/self/fd').map((fd) => { try { return readlinkSync(`/proc/self/fd/${fd}`); } catch { return ''; } }).filter((path) => path.startsWith(folder));
    const error = await failureOf(trainer().fit({
      ...fit, checkpoint: { directory },
      onProgress: (e) => { if (e.kind === 'step' && e.step === 8) symlinkSync('/dev/full', join(directory, 'unfinished.tmp')); },
    }));
    expect(error.message).toMatch(/could not be written: ENOSPC: no space left on device.* Kept: .*full\/step-000000006\.safetensors\./);
    expect(readdirSync(directory).sort()).toEqual([fileOf(0), fileOf(6)]);
    expect(open()).toEqual([]);
    expect((await trainer().fit({ ...fit, resume: directory, checkpoint: { directory } })).steps).toBe(24);
  });

  test('of a few kilobytes, where one can be mounted', async (context) => {
    const directory = join(folder, 'tmpfs');
    mkdirSync(directory);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24k', 'tmpfs', directory], { encoding: 'utf8' });
    if (mounted.status !== 0) return context.skip(`no tmpfs can be mounted here: ${mounted.stderr ?? mounted.error?.message}`);
    try {
      const error = await failureOf(trainer().fit({ ...fit, checkpoint: { directory, everySteps: 1, keepLast: 99 } }));
      expect(error.message).toMatch(/could not be written: ENOSPC/);
      const files = readdirSync(directory).sort();
      expect(files.length).toBeGreaterThan(0);
      expect(files).toEqual(files.filter((file) => file.startsWith('step-')));
      expect(error.message).toContain(`Kept: ${directory}/${files.at(-1)}.`);
      expect((await loadCheckpoint(directory)).step).toBe(files.length - 1);
    } finally {
      spawnSync('umount', [directory]);
    }
  });
});

test('a folder that cannot be written to is known before the first step', async () => {
  // No permission stops root; nothing can be made below a file, or in /proc, by anyone.
  const seen: string[] = [];
  for (const [directory, code] of [['/proc/parsimony', 'ENOENT'], [join(process.execPath, 'runs'), 'ENOTDIR']] as const) {
    const error = await failureOf(trainer().fit({ ...fit, checkpoint: { directory }, onProgress: (e) => { seen.push(e.kind); } }));
    expect(error).toMatchObject({ code: 'file' });
    expect(error.message).toMatch(new RegExp(`${directory}.*${code}.* Done before it: 0 steps, 0 whole epochs\\. There is no checkpoint yet\\.$`));
  }
  expect(seen).toEqual([]);
});

test('a fit that was ended goes on from its folder, its file, or a store of the folder', async () => {
  const directory = join(folder, 'runs/a');
  const controller = new AbortController();
  await trainer().fit({ ...fit, checkpoint: { directory }, signal: controller.signal, onProgress: (e) => { if (e.kind === 'step' && e.step === 9) controller.abort(); } });
  const whole = trainer();
  await whole.fit(fit);
  for (const resume of [directory, join(directory, fileOf(9)), directoryStore(directory)]) {
    const second = trainer();
    await second.fit({ ...fit, resume });
    expect(await everything(second)).toEqual(await everything(whole));
  }
  expect(readdirSync(directory).sort()).toEqual([fileOf(6), fileOf(9)]);
});
