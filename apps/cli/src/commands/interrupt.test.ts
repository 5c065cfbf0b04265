/** The command as a process: signals, and going on after them. On small data of its own, without a network or the real files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors, ready } from '@parsimony/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleForNode } from '../../../../tooling/vitest/bundle.ts';
import type { RunRecord } from '../report/record';

const folder = mkdtempSync(join(tmpdir(), 'parsimony-cli-'));
const data = join(folder, 'data');
let program = '';

/** IDX: two zero bytes, the type, the number of axes, their sizes, the elements. */
function idx(sizes: readonly number[], values: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
  header.setUint32(0, 0x0800 + sizes.length);
  sizes.forEach((size, i) => { header.setUint32(4 + 4 * i, size); });
  return Buffer.concat([new Uint8Array(header.buffer), values]);
}

beforeAll(async () => {
  await ready();
  // Beside the package, so that the few modules the bundle leaves out are found.
  const out = fileURLToPath(new URL('../../.vitest/interrupt', import.meta.url));
  mkdirSync(out, { recursive: true });
  program = await bundleForNode(fileURLToPath(new URL('../main.ts', import.meta.url)), out, 'main');
  mkdirSync(data);
  for (const [name, count] of [['train', 320], ['t10k', 64]] as const) {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    // A class is a bright row; noise that differs from image to image.
    const images = Uint8Array.from({ length: count * 784 }, (_, i) => (Math.floor((i % 784) / 56) === (labels[Math.floor(i / 784)] ?? 0) ? 200 : 0) + ((i * 7919) % 55));
    writeFileSync(join(data, `${name}-images-idx3-ubyte`), idx([count, 28, 28], images));
    writeFileSync(join(data, `${name}-labels-idx1-ubyte`), idx([count], labels));
  }
}, 120_000);
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

interface Ended { readonly code: number | null; readonly out: string }
interface Running { readonly child: ChildProcess; readonly ended: Promise<Ended>; seen(text: string): Promise<void> }

function run(cwd: string, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [program, 'train', ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  const waiting: { readonly text: string; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const take = (chunk: Buffer): void => {
    out += chunk.toString();
    for (const { text, resolve } of waiting) if (out.includes(text)) resolve();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise<Ended>((resolve) => { child.on('close', (code) => {
    for (const { text, reject } of waiting) reject(new Error(`"${text}" was not said:\n${out}`));
    resolve({ code, out });
  }); });
  return { child, ended, seen: (text) => new Promise((resolve, reject) => { if (out.includes(text)) resolve(); else waiting.push({ text, resolve, reject }); }) };
}

const small = ['--data', data, '--train-size', '256', '--validation-size', '64', '--models', 'mlp', '--batch-size', '16', '--threads', '1'];
const place = (name: string): string => { const path = join(folder, name); mkdirSync(path); return path; };
const recordsIn = (cwd: string): RunRecord[] => {
  const [only] = readdirSync(join(cwd, 'runs'));
  return (JSON.parse(readFileSync(join(cwd, 'runs', only as string, 'training.json'), 'utf8')) as { records: RunRecord[] }).records;
};
/** Without times, which differ. */
const plain = (records: readonly RunRecord[]): unknown => JSON.parse(JSON.stringify(records, (name, value: unknown) => (name === 'seconds' ? undefined : value)));
const until = async (condition: () => boolean): Promise<void> => { while (!condition()) await new Promise((resolve) => { setTimeout(resolve, 5); }); };
const runFolder = (cwd: string): string => join('runs', readdirSync(join(cwd, 'runs'))[0] as string);
function hasCheckpoint(cwd: string, name: string): boolean {
  try {
    return readdirSync(join(cwd, runFolder(cwd), 'checkpoints', name)).some((file) => file.startsWith('step-'));
  } catch {
    return false;
  }
}

describe('Ctrl-C', () => {
  test('finishes the step, writes a checkpoint and says how to go on; --resume ends with the outcome of one that was not interrupted', async () => {
    const args = [...small, '--epochs', '12', '--runs', 'plain,regularized'];
    const whole = place('whole');
    expect((await run(whole, ...args).ended).code).toBe(0);

    const cwd = place('stopped');
    const first = run(cwd, ...args);
    await first.seen('mlp plain: 12 epochs');
    await until(() => hasCheckpoint(cwd, 'mlp-regularized-0'));
    await new Promise((resolve) => { setTimeout(resolve, 150); });
    first.child.kill('SIGINT');
    const { code, out } = await first.ended;
    expect(code, out).toBe(130);
    expect(out).toContain('Ctrl-C: ending after this step. Ctrl-C again ends at once.');
    const step = Number(/Stopped at step (\d+) of mlp regularized; 1 of 2 runs are finished\. Go on with: parsimony train --resume runs\/\S+\n$/.exec(out)?.[1]);
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(12 * 16);
    const checkpoints = readdirSync(join(cwd, runFolder(cwd), 'checkpoints'));
    expect(checkpoints).toEqual(['mlp-regularized-0']);
    expect(readdirSync(join(cwd, runFolder(cwd), 'checkpoints', 'mlp-regularized-0')).sort().at(-1)).toBe(`step-${String(step).padStart(9, '0')}.safetensors`);
    expect(existsSync(join(cwd, runFolder(cwd), 'report.html'))).toBe(false);

    // Without a name the newest that is not finished.
    const second = await run(cwd, '--resume').ended;
    expect(second.code, second.out).toBe(0);
    expect(second.out).toContain('mlp plain: finished before.');
    expect(second.out).toContain('mlp regularized: 12 epochs');
    expect(second.out).toContain(`Report: ${runFolder(cwd)}/report.html`);
    expect(plain(recordsIn(cwd))).toEqual(plain(recordsIn(whole)));
    expect(readdirSync(join(cwd, runFolder(cwd))).sort()).toEqual(['mlp-plain-0.safetensors', 'mlp-regularized-0.safetensors', 'report.html', 'training.json']);
    for (const file of ['mlp-plain-0.safetensors', 'mlp-regularized-0.safetensors']) {
      const bytes = readFileSync(join(cwd, runFolder(cwd), file));
      expect(bytes.equals(readFileSync(join(whole, runFolder(whole), file)))).toBe(true);
      expect(Object.keys(readSafetensors(bytes).tensors)).toContain('0.weight');
    }

    const third = await run(cwd, '--resume').ended;
    expect([third.code, third.out]).toEqual([1, expect.stringContaining('there is no unfinished training in runs/ to resume') as string]);
    expect((await run(cwd, '--resume', runFolder(cwd)).ended).out).toContain('mlp regularized: finished before.');
  }, 120_000);

  test('a second one ends at once; what was written stays, and is gone on from', async () => {
    const cwd = place('twice');
    const first = run(cwd, ...small, '--epochs', '100000', '--runs', 'plain');
    await until(() => hasCheckpoint(cwd, 'mlp-plain-0'));
    // Two of one kind in a row may reach a process as one.
    first.child.kill('SIGINT');
    first.child.kill('SIGTERM');
    const { code, out } = await first.ended;
    // The system may deliver either first.
    expect([130, 143]).toContain(code);
    expect(out).toContain(': ending after this step.');
    expect(out).not.toContain('Stopped');
    const second = run(cwd, '--resume');
    await second.seen('images to train on');
    await until(() => hasCheckpoint(cwd, 'mlp-plain-0'));
    second.child.kill('SIGTERM');
    expect(await second.ended).toMatchObject({ code: 143, out: expect.stringMatching(/Stopped (at step|before)/) as string });
  }, 60_000);

  // Writing to /dev/full is a full disk to the system call.
  test.skipIf(!existsSync('/dev/full'))('on a full disk: the process ends, threads and all, and says what was kept and how to go on', async () => {
    const cwd = place('full');
    const first = run(cwd, ...small.slice(0, -1), '2', '--epochs', '100000', '--runs', 'plain');
    await until(() => hasCheckpoint(cwd, 'mlp-plain-0'));
    const full = join(cwd, runFolder(cwd), 'checkpoints', 'mlp-plain-0', 'unfinished.tmp');
    symlinkSync('/dev/full', full);
    first.child.kill('SIGINT');
    const { code, out } = await first.ended;
    expect(code, out).toBe(1);
    expect(out).toMatch(/The training has failed\. Go on with: parsimony train --resume runs\/\S+\n/);
    expect(out).toMatch(/could not be written: ENOSPC.* Kept: runs\/\S+\/step-000000000\.safetensors\./);
    expect(existsSync(full)).toBe(false);
    const second = run(cwd, '--resume');
    await second.seen('images to train on');
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(130);
  }, 60_000);

  test('a kill before the report is written leaves that to be done', async () => {
    const cwd = place('reportless');
    // A folder where the report should be: the command fails after its last run, as a kill there would end it.
    mkdirSync(join(cwd, 'out.html'));
    const first = await run(cwd, ...small, '--epochs', '1', '--runs', 'plain', '--report', 'out.html').ended;
    expect([first.code, recordsIn(cwd).length], first.out).toEqual([1, 1]);
    rmSync(join(cwd, 'out.html'), { recursive: true });
    const second = await run(cwd, '--resume').ended;
    expect(second.code, second.out).toBe(0);
    expect(second.out).toContain('mlp plain: finished before.');
    expect(readFileSync(join(cwd, 'out.html'), 'utf8')).toContain('</html>');
    expect((await run(cwd, '--resume').ended).out).toContain('there is no unfinished training in runs/ to resume');
  }, 60_000);

  test('a kill leaves a training to be resumed', async () => {
    const cwd = place('killed');
    const first = run(cwd, ...small, '--epochs', '6', '--runs', 'plain');
    await until(() => hasCheckpoint(cwd, 'mlp-plain-0'));
    first.child.kill('SIGKILL');
    await first.ended;
    const { code, out } = await run(cwd, '--resume').ended;
    expect(code, out).toBe(0);
    expect(recordsIn(cwd).map(({ outcome }) => [outcome.run, outcome.epochs])).toEqual([['plain', 6]]);
  }, 60_000);
});

describe('--resume is refused', () => {
  test('with other options, another folder, a changed configuration, a damaged file', async () => {
    const cwd = place('refused');
    writeFileSync(join(cwd, 'parsimony.config.json'), JSON.stringify({ epochs: 50_000, runs: ['plain'] }));
    const first = run(cwd, ...small);
    await until(() => hasCheckpoint(cwd, 'mlp-plain-0'));
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    const refusal = async (...args: string[]): Promise<string> => {
      const { code, out } = await run(cwd, ...args).ended;
      expect(code).toBe(1);
      return out;
    };
    expect(await refusal('--resume', '--lr', '1')).toContain('received "1"');
    expect(await refusal('--lr', '1', '--resume')).toContain('with --resume the training goes on as it was begun; `lr` cannot be given.');
    expect(await refusal('--config', 'a.json', '--resume')).toContain('`config` cannot be given.');
    expect(await refusal('--resume', 'runs/none')).toContain('there is no training to resume in runs/none: runs/none/training.json could not be read (ENOENT');
    writeFileSync(join(cwd, 'parsimony.config.json'), JSON.stringify({ epochs: 40_000, runs: ['plain'] }));
    expect(await refusal('--resume')).toContain('was begun with `epochs` 50000; parsimony.config.json now says 40000. Put it back, or begin anew.');
    writeFileSync(join(cwd, 'parsimony.config.json'), JSON.stringify({ epochs: 50_000, runs: ['plain'] }));
    const checkpoints = join(cwd, runFolder(cwd), 'checkpoints', 'mlp-plain-0');
    const newest = readdirSync(checkpoints).sort().at(-1) as string;
    writeFileSync(join(checkpoints, newest), readFileSync(join(checkpoints, newest)).subarray(0, 5000));
    const damaged = await refusal('--resume');
    expect(damaged).toContain(`${newest}: it is cut short`);
    expect(damaged).toContain('The training has failed. Go on with: parsimony train --resume runs/');
    writeFileSync(join(cwd, runFolder(cwd), 'training.json'), '{');
    expect(await refusal('--resume', runFolder(cwd))).toContain('training.json is not JSON');
  }, 60_000);
});
