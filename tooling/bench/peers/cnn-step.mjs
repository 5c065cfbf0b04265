// The training step that augmented CIFAR images feed: a small convolutional network, `cnn-step.mjs BATCH [SECONDS]`, on one thread. The fastest
// step, as in augment.mjs.
import { losses, nn, optim, random, tensor, useBackend } from '@parsimony/core';
import { data, measure, report } from '../measure.mjs';
import { ownLoop } from '../own-loop.mjs';

const [batch = 128, seconds = 5] = process.argv.slice(2).map(Number);
await useBackend('wasm', { threads: 1 });
const model = new nn.Sequential(
  new nn.Conv2d(3, 32, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2),
  new nn.Conv2d(32, 64, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(64 * 8 * 8, 10),
).init(random.key(0));
const target = { kind: 'index', numClasses: 10, labels: tensor(Int32Array.from({ length: batch }, (_, i) => i % 10)) };
const x = tensor(data(batch * 3 * 32 * 32), [batch, 3, 32, 32]);
const run = ownLoop({ model, loss: losses.crossEntropy(), optimizer: optim.adamw({ lr: 1e-3 }), x, target });
let best = Infinity;
const timed = async () => {
  const start = performance.now();
  await run();
  best = Math.min(best, performance.now() - start);
};
const result = await measure(timed, { warmup: 3, seconds, least: 5 });
report({ ...result, ms: best, description: 'conv 3-32-64, linear; batch 128 of 3 x 32 x 32' });
process.exit(0);
