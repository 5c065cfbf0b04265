// `npm run bench -- --images [--only REGEX] [--rounds N]`: images per second of transforms beside torchvision's on tensors, on the same images,
// drawing, applying and packing into a batch; in one process, and in two at once, as workers ahead of a training step, whose rates add up.
// By the time of the processor, so that waiting for other programs does not count; in turns, ours and theirs, the best of each.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
// Debian's PyTorch belongs to Debian's python3, which need not be the first in the PATH.
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const option = (/** @type {string} */ name, /** @type {string} */ otherwise) => process.argv[process.argv.indexOf(name) + 1 || Infinity] ?? otherwise;
const only = option('--only', '');
const folder = mkdtempSync(join(tmpdir(), 'parsimony-images-'));

/** Soft shapes with some noise, [count, 3, side, side]. */
function writeImages(/** @type {number} */ side, /** @type {number} */ count) {
  let state = 1;
  const noise = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296;
  writeFileSync(join(folder, `${side}.bin`), Uint8Array.from({ length: count * 3 * side * side }, (_, i) => {
    const [x, y, c] = [i % side, Math.floor(i / side) % side, Math.floor(i / side / side)];
    return 120 + 60 * Math.sin((4 + c % 5) * x / side + c) + 60 * Math.cos((3 + c % 7) * y / side) + 15 * (noise() - 0.5);
  }));
}

/** @returns {Promise<Record<string, number>>} images per second by name */
function run(/** @type {string} */ command, /** @type {string[]} */ args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, folder, only], { env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.on('data', (chunk) => { out += chunk; });
    child.stderr.on('data', (chunk) => { errors += chunk; });
    child.on('error', reject);
    child.on('close', () => {
      const line = out.split('\n').find((text) => text.startsWith('RESULT '));
      if (line) resolve(JSON.parse(line.slice(7)));
      else reject(new Error(errors.trim().split('\n').at(-1) || 'no result'));
    });
  });
}

/** Of so many processes at once. @returns {Promise<Record<string, number>>} */
async function together(/** @type {number} */ processes, /** @type {string} */ command, /** @type {string[]} */ args) {
  const all = await Promise.all(Array.from({ length: processes }, () => run(command, args)));
  return Object.fromEntries(Object.keys(all[0] ?? {}).map((name) => [name, all.reduce((sum, one) => sum + (one[name] ?? NaN), 0)]));
}

/** @typedef {Record<string, number>} Rates */
const better = (/** @type {Rates} */ a, /** @type {Rates} */ b) => Object.fromEntries(Object.entries(b).map(([name, rate]) => [name, Math.max(rate, a[name] ?? 0)]));

try {
  writeImages(32, 128);
  writeImages(224, 8);
  console.log(`Images per second of the processor, bytes [3, side, side]. Node ${process.version}.\n`);
  console.log('| transform | processes | ours | torchvision | time, ours / theirs |\n|---|---|---|---|---|');
  for (const processes of [1, 2]) {
    /** @type {[Rates, Rates]} */
    let [ours, theirs] = [{}, {}];
    for (let round = 0; round < Number(option('--rounds', '3')); round++) {
      ours = better(ours, await together(processes, process.execPath, [here('ours.mjs')]));
      theirs = better(theirs, await together(processes, python, [here('torchvision_images.py')]).catch((error) => {
        console.log(`| torchvision skipped: ${error.message} | ${processes} | | | |`);
        return /** @type {Rates} */ ({});
      }));
    }
    for (const [name, rate] of Object.entries(ours)) {
      const other = theirs[name];
      console.log(`| ${name} | ${processes} | ${Math.round(rate)} | ${other === undefined ? '' : Math.round(other)} | ${other === undefined ? '' : (other / rate).toFixed(2)} |`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
