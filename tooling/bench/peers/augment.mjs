// Images through imageDataset: `augment.mjs CASE WORKERS BATCH [SECONDS]`. The time of the fastest batch, or of the fastest run of batches with
// workers: what disturbs one only makes it longer. The batch is a tensor at its end, as in training.
import { batches, random, useBackend } from '@parsimony/core';
import { colorJitter, compose, imageDataset, randomCrop, randomHorizontalFlip, randomResizedCrop } from '@parsimony/augment';
import { report } from '../measure.mjs';

const [name = 'augment-cifar', workers = 0, batch = 128, seconds = 5] = [process.argv[2], ...process.argv.slice(3).map(Number)];
await useBackend('wasm', { threads: 1 });
const cifar = name === 'augment-cifar';
const side = cifar ? 32 : 256;
const runs = 8;
const plane = side * side;

/** A smooth colour with noise on it, so that hues are all there, as in torch_augment.py. */
const noise = random.uniform(random.key(1), batch * 3 * plane);
const bases = random.uniform(random.key(2), batch * 3);
const images = Uint8Array.from({ length: batch * 3 * plane }, (_, i) => {
  const [x, y] = [i % side, Math.floor(i / side) % side];
  const value = Math.sin(6.28 * (x + y) / (side - 1)) * 60 + (bases[Math.floor(i / plane)] ?? 0) * 196 + (noise[i] ?? 0) * 80 - 40;
  return Math.max(0, Math.min(255, value));
});
const dataset = imageDataset({
  images, shape: [3, side, side], values: new Float32Array(batch), workers, ahead: workers > 0 ? 4 : 0,
  transform: compose([cifar ? randomCrop({ padding: 4 }) : randomResizedCrop({ size: 224 }), randomHorizontalFlip(), colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 })]),
});
const ids = Int32Array.from({ length: batch * runs }, (_, i) => i % batch);
const data = { ...dataset, size: ids.length, batch: (/** @type {Int32Array} */ own, /** @type {import('@parsimony/core').BatchContext | undefined} */ context) => dataset.batch(own.map((i) => i % batch), context) };

let best = Infinity;
let count = 0;
for (let epoch = 0, end = Infinity; epoch < 4 || performance.now() < end; epoch++) {
  if (epoch === 2) end = performance.now() + seconds * 1000;
  const start = performance.now();
  let before = start;
  for await (const made of batches(data, { batchSize: batch, key: random.key(3), epoch, shuffle: false })) {
    const now = performance.now();
    if (workers === 0 && epoch > 1) best = Math.min(best, now - before);
    before = now;
    count += made.size / batch;
  }
  if (workers > 0 && epoch > 1) best = Math.min(best, (performance.now() - start) / runs);
}
await dataset.close();
report({ ms: best, low: best, high: best, steps: count, description: `${Math.round(batch / best * 1000)} images per second` });
process.exit(0);
