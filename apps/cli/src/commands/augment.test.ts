/** The command as a process, in a folder away from the repository, so that it finds sharp only where a test puts it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readImage, writeImage } from '@parsimony/augment/files';
import { pixels } from '@parsimony/augment/image';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleForNode } from '../../../../tooling/vitest/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'parsimony-augment-'));
const [withSharp, without] = [join(folder, 'with'), join(folder, 'without')];
let program = '';

beforeAll(async () => {
  for (const place of [withSharp, without]) {
    mkdirSync(place);
    await writeImage(join(place, 'cat.png'), pixels(Uint8Array.from({ length: 3 * 40 * 50 }, (_, i) => (i * 7) % 256), { channels: 3, height: 40, width: 50 }));
  }
  mkdirSync(join(withSharp, 'node_modules'));
  symlinkSync(fileURLToPath(new URL('../../node_modules/sharp', import.meta.url)), join(withSharp, 'node_modules/sharp'), 'dir');
  program = await bundleForNode(fileURLToPath(new URL('../main.ts', import.meta.url)), folder, 'main');
}, 120_000);
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

function run(cwd: string, ...args: readonly string[]): { readonly code: number | null; readonly out: string } {
  // pnpm's NODE_PATH would find sharp all the same.
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'augment', ...args], { cwd, encoding: 'utf8', env: { ...process.env, NODE_PATH: '' } });
  return { code: status, out: (stdout + stderr).trim() };
}

test('writes the sheet, and says the policy and where it is', async () => {
  expect(run(withSharp, '--preview', 'cat.png', '--draws', '2', '--policy', 'randomHorizontalFlip,RandAugment')).toEqual({
    code: 0,
    out: 'RandomHorizontalFlip(p=0.5)\nRandAugment(numOps=2, magnitude=9, numMagnitudeBins=31, interpolation="nearest", fill=0, maskFill=0)\n1 image, 2 draws each, seed 0: augmented.png',
  });
  expect((await readImage(join(withSharp, 'augmented.png'))).width).toBe(3 * 160 + 2 * 10 + 2 * 16);
  expect(run(withSharp, '--preview', 'cat.png', 'cat.png', '--out=sheet.html').code).toBe(0);
  expect(readFileSync(join(withSharp, 'sheet.html'), 'utf8')).toMatch(/^<!doctype html>/);
});

test('without sharp it says how to get it, and writes nothing', () => {
  expect(run(without, '--preview', 'cat.png')).toEqual({ code: 1, out: 'parsimony: readImage: image files are read and written by the npm package sharp, which is not installed. Run `npm install sharp`.' });
  expect(readdirSync(without)).toEqual(['cat.png']);
});

test.each([
  [[], 'parsimony augment: expected --preview and image files, as in: parsimony augment --preview cat.jpg dog.jpg'],
  [['--preview'], 'parsimony augment: expected image files, as in: parsimony augment --preview cat.jpg dog.jpg'],
  [['--preview', 'none.png'], 'none.png: could not be read (ENOENT'],
  [['--preview', 'cat.png', '--colums', '3'], 'parsimony augment: unknown option `colums`'],
  [['--preview', 'cat.png', '--draws', '0'], 'parsimony augment: `--draws` must be'],
  [['--preview', 'cat.png', '--size', 'big'], 'parsimony augment: `--size` must be'],
  [['--preview', 'cat.png', '--seed='], 'parsimony augment: --seed needs a value.'],
  [['--preview', 'cat.png', '--out', 'sheet.gif'], 'parsimony augment: --out must end in .png, .html or .svg, received "sheet.gif".'],
  [['--preview', 'cat.png', '--policy', 'RandomCrop,Blurr'], 'unknown transform "Blurr"'],
  [['--preview', 'cat.png', '--policy', '{"name": "RandomCrop", "size": 200}', '--out', 'new.png'], 'RandomCrop'],
])('%j is refused', (args, message) => {
  const { code, out } = run(withSharp, ...args);
  expect(out).toContain('parsimony: ');
  expect(out).toContain(message);
  expect(out).not.toContain('    at ');
  expect(code).toBe(1);
  expect(existsSync(join(withSharp, 'new.png'))).toBe(false);
});

test('--help lists the options', () => {
  const { out } = run(without, '--help');
  for (const option of ['--preview', '--policy', '--draws', '--seed', '--size', '--out']) expect(out).toContain(option);
});
