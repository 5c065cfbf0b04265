// A program that never closes its data set: it must have all of its batches, and end.
import { batches, random, ready } from '@parsimony/core';
import { imageDataset, randomCrop } from '../..';

await ready();
const data = imageDataset({ images: new Uint8Array(16 * 64), shape: [8, 8], values: new Float32Array(16), transform: randomCrop({ padding: 1 }), workers: 2 });
let count = 0;
for await (const batch of batches(data, { batchSize: 2, key: random.key(1) })) count += batch.size / 2;
process.stdout.write(`all ${count} batches\n`);
