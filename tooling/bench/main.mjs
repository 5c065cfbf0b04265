// `npm run bench [-- --json FILE]`: our training step beside those of PyTorch, jax-js and tfjs-wasm, each in a process of its
// own, one after the other, on this machine. A peer that is not there is skipped with a line that says so.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { augmentRows } from './augment.mjs';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
// Debian's PyTorch belongs to Debian's python3, which need not be the first in the PATH.
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** @typedef {{ ms: number, low: number, high: number, steps: number, description: string }} Result */

/**
 * @param {string} label @param {string} command @param {string[]} args @param {Record<string, string>} [env]
 * @returns {Result | undefined}
 */
function measure(label, command, args, env = {}) {
  const { stdout = '', stderr = '', error } = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: 'utf8', timeout: 300_000 });
  const line = (stdout ?? '').split('\n').find((text) => text.startsWith('RESULT '));
  if (line) {
    const result = /** @type {Result} */ (JSON.parse(line.slice(7)));
    console.log(`${label.padEnd(34)} ${result.ms.toFixed(2).padStart(8)} ms   ${result.low.toFixed(2)} to ${result.high.toFixed(2)}, ${result.steps} steps   ${result.description}`);
    return result;
  }
  const missing = (stdout ?? '').split('\n').find((text) => text.startsWith('MISSING '));
  const reason = missing?.slice(8) ?? error?.message ?? (stderr ?? '').trim().split('\n').slice(-1)[0] ?? 'no result';
  console.log(`${label.padEnd(34)}  skipped: ${reason}`);
  return undefined;
}

console.log(`mlp-step: 784-512-512-10, ReLU, dropout .5, batch 128, cross entropy, AdamW. Node ${process.version}.`);
console.log('Median of steps after a warm-up; beside it the 10th and 90th percentile.\n');

const torch = (/** @type {number} */ blas, /** @type {number} */ omp) => measure(`pytorch (blas ${blas}, omp ${omp})`, python, [here('peers/torch_step.py')],
  { OPENBLAS_NUM_THREADS: String(blas), OMP_NUM_THREADS: String(omp) });

const torchRuns = { '1/1': torch(1, 1), '2/1': torch(2, 1), '2/2': torch(2, 2) };
const jax = measure('jax-js (wasm, its own threads)', process.execPath, [here('peers/jax-js.mjs')]);
const tfjs = measure('tfjs-wasm (one thread)', process.execPath, [here('peers/tfjs-wasm.mjs')]);

/** @type {{ name: string, threads: number, ours_ms: number, peer: string, peer_ms: number, ratio: number }[]} */
const rows = [];
for (const threads of [1, 2]) {
  const ours = measure(`parsimony (wasm, threads ${threads})`, process.execPath, [here('peers/ours.mjs'), String(threads)]);
  if (!ours) continue;
  const compare = (/** @type {string} */ peer, /** @type {Result | undefined} */ result) => {
    if (result) rows.push({ name: 'mlp-step', threads, ours_ms: round(ours.ms), peer, peer_ms: round(result.ms), ratio: round(ours.ms / result.ms) });
  };
  const best = Object.entries(torchRuns).filter(([label, result]) => result && (threads === 2 || label === '1/1'))
    .reduce((/** @type {[string, Result | undefined]} */ least, [label, result]) => (!least[1] || (result && result.ms < least[1].ms) ? [label, result] : least), ['', undefined]);
  compare(`pytorch (best: blas/omp ${best[0]})`, best[1]);
  compare('jax-js', jax);
  compare('tfjs-wasm', tfjs);
}

rows.push(...augmentRows(measure, python));

// The mlp-step through the Trainer, with techniques and without.
for (const threads of [1, 2]) {
  const { stdout = '', stderr = '' } = spawnSync(process.execPath, [here('techniques.mjs'), String(threads)], { encoding: 'utf8', timeout: 600_000 });
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  if (!line) {
    console.log(`techniques, threads ${threads}: ${stderr.trim().split('\n').at(-1) ?? 'no result'}`);
    process.exitCode = 1;
    continue;
  }
  /** @type {{ rows: { name: string, ms: number, ratio: number }[] }} */
  const { rows: [without, ...others] } = JSON.parse(line.slice(7));
  for (const { name, ms, ratio } of others) rows.push({ name: `step with ${name}`, threads, ours_ms: round(ms), peer: 'the step without', peer_ms: round(without?.ms ?? NaN), ratio: round(ratio) });
}

console.log('\n| row | threads | ours, ms | peer | peer, ms | ours / peer |\n|---|---|---|---|---|---|');
for (const row of rows) console.log(`| ${row.name} | ${row.threads} | ${row.ours_ms} | ${row.peer} | ${row.peer_ms} | ${row.ratio} |`);
if (values.json) {
  writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  console.log(`\nWritten to ${values.json}.`);
}
if (!rows.some((row) => row.name === 'mlp-step')) process.exitCode = 1;

function round(/** @type {number} */ value) { return Number(value.toPrecision(4)); }
