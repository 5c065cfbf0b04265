// Images per second through the same transforms by us and by torchvision, on one core and on two, and beside the step that they feed.
import { fileURLToPath } from 'node:url';

/** @typedef {{ name: string, threads: number, ours_ms: number, peer: string, peer_ms: number, ratio: number }} Row */
/** @typedef {(label: string, command: string, args: string[]) => { ms: number, description: string } | undefined} Measure */

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const round = (/** @type {number} */ value) => Number(value.toPrecision(4));
/** Two rounds each, in turn, and the better one: what disturbs a run only makes it longer. */
const rounds = 2;

/** @param {Measure} measure @param {string} python @param {string} seconds */
export function augmentRows(measure, python, seconds = '5') {
  console.log('\naugment-cifar: 128 images of 3 x 32 x 32 bytes, crop with padding 4, flip, jitter (.4, .4, .4, .1), to floats.');
  console.log('augment-imagenet: 16 images of 3 x 256 x 256 bytes, random resized crop to 224, flip, jitter, to floats. The fastest batch.\n');
  /** @type {Row[]} */
  const rows = [];
  for (const [name, batch] of [['augment-cifar', '128'], ['augment-imagenet', '16']]) {
    for (const cores of [1, 2]) {
      const args = [name, String(cores === 1 ? 0 : cores), batch, seconds];
      const [ours, theirs] = [Infinity, Infinity].map(() => ({ ms: Infinity, description: '' }));
      for (let turn = 0; turn < rounds; turn++) {
        const own = measure(`${name}, ours, ${cores} ${cores === 1 ? 'core' : 'workers'}`, process.execPath, [here('peers/augment.mjs'), ...args]);
        const peer = measure(`${name}, torchvision, ${cores} ${cores === 1 ? 'core' : 'workers'}`, python, [here('peers/torch_augment.py'), ...args]);
        if (own && own.ms < ours.ms) Object.assign(ours, own);
        if (peer && peer.ms < theirs.ms) Object.assign(theirs, peer);
      }
      if (ours.ms < Infinity && theirs.ms < Infinity) rows.push({ name, threads: cores, ours_ms: round(ours.ms), peer: theirs.description, peer_ms: round(theirs.ms), ratio: round(ours.ms / theirs.ms) });
      if (name === 'augment-cifar' && cores === 1) {
        const step = measure('the cnn step that it feeds', process.execPath, [here('peers/cnn-step.mjs'), batch, seconds]);
        if (step) rows.push({ name, threads: 1, ours_ms: round(ours.ms), peer: 'the cnn step it feeds', peer_ms: round(step.ms), ratio: round(ours.ms / step.ms) });
      }
    }
  }
  return rows;
}
