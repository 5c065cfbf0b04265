/** A process that trains and writes checkpoints is killed at 100 random moments. What it leaves is whole each time, and exact. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundleForNode } from '../../../../../tooling/vitest/bundle.ts';
import { useBackend } from '../../backends/registry';
import { crc32 } from '../../checkpoint/crc32';
import { directoryStore } from '../../checkpoint/directory-store';
import type { Params } from '../../types';
import { busyTrainer, longFit } from '../testing/busy';
import { decodeCheckpoint } from './decode';
import { stepsIn } from './files';

const kills = 100;

/** Of all weights, in one order on both sides. */
async function weightsCrc(state: Params): Promise<number> {
  const sorted = Object.entries(state).sort(([a], [b]) => (a < b ? -1 : 1));
  return crc32(await Promise.all(sorted.map(async ([, x]) => new Uint8Array((await x.data()).buffer))));
}

/** A process that has compiled everything and waits for its folder, so that moments fall into its work and not its start. */
async function waiting(program: string): Promise<ChildProcess> {
  const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(child, 'message');
  return child;
}

test(`${kills} kills at random moments each leave a whole checkpoint, and the fit goes on exactly`, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'parsimony-kill-'));
  const directory = join(folder, 'run');
  const store = directoryStore(directory);
  const seen = new Map<number, number>();
  let unfinished = 0;
  let child: ChildProcess | undefined;
  try {
    await useBackend('wasm', { threads: 1 });
    const program = await bundleForNode(fileURLToPath(new URL('../testing/killed-child.ts', import.meta.url)), folder, 'child');
    child = await waiting(program);
    child.send(directory);
    // Before its first checkpoint a fit has nothing to lose.
    await once(child, 'message');
    for (let i = 0; i < kills; i++) {
      const next = waiting(program);
      // Every other one once its fit has gone on by a step; the others may be reading yet. So however slow the machine, steps are made.
      if (i % 2 === 1) await once(child, 'message');
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * 60); });
      child.kill('SIGKILL');
      await once(child, 'exit');
      const steps = await stepsIn(store);
      expect(steps.length).toBeGreaterThan(0);
      for (const file of readdirSync(directory).filter((name) => name.startsWith('step-'))) {
        const { snapshot } = decodeCheckpoint(file, await store.read(file));
        seen.set(snapshot.step, await weightsCrc({ ...snapshot.weights.params, ...snapshot.weights.buffers }));
      }
      if (existsSync(join(directory, 'unfinished.tmp'))) unfinished++;
      child = await next;
      child.send(directory);
    }
    child.kill('SIGKILL');

    // The same fit, in one go, has the same weights after each of those steps.
    const last = Math.max(...seen.keys());
    const whole = busyTrainer();
    const expected = new Map<number, number>();
    const controller = new AbortController();
    await whole.fit({
      ...longFit, signal: controller.signal,
      onProgress: async (e) => {
        if (e.kind === 'start') expected.set(0, await weightsCrc(whole.model.stateDict()));
        if (e.kind === 'step' && seen.has(e.step)) expected.set(e.step, await weightsCrc(whole.model.stateDict()));
        if (e.kind === 'step' && e.step === last) controller.abort();
      },
    });
    expect([...seen].sort(([a], [b]) => a - b)).toEqual([...expected].filter(([step]) => seen.has(step)).sort(([a], [b]) => a - b));
    expect(last).toBeGreaterThan(kills / 2);
    await context.annotate(`${last} steps; ${unfinished} of ${kills} kills fell into the writing of a file`);
  } finally {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);
