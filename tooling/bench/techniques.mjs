// What techniques add to a training step: the mlp-step through the Trainer, with each technique and without, in short turns one after
// the other, so that what else the machine does falls on all alike. Prints one line of JSON for main.mjs.
import { arrayDataset, backendInfo, losses, nn, optim, Trainer, useBackend } from '@parsimony/core';
import { Dropout } from '@parsimony/dropout';
import { ema, swa } from '@parsimony/ema';
import { adaptiveClip, asam, centralization, clipByGlobalNorm, clipByValue, gradientNoise, lookahead, sam, skipNonFinite } from '@parsimony/gradients';
import { data, report } from './measure.mjs';

await useBackend('wasm', { threads: Number(process.argv[2] ?? 1) });
const seconds = Number(process.argv[3] ?? 60);
const [batch, steps] = [128, 6];
const train = arrayDataset({
  inputs: data(batch * steps * 784), shape: [784], labels: Int32Array.from({ length: batch * steps }, (_, i) => i % 10), numClasses: 10,
});

/** @type {Record<string, () => import('@parsimony/core').AnyPlugin[]>} */
const variants = {
  without: () => [],
  'clipByGlobalNorm, centralization': () => [clipByGlobalNorm({ maxNorm: 1 }), centralization()],
  clipByGlobalNorm: () => [clipByGlobalNorm({ maxNorm: 1 })],
  clipByValue: () => [clipByValue({ clipValue: 0.01 })],
  adaptiveClip: () => [adaptiveClip()],
  centralization: () => [centralization()],
  gradientNoise: () => [gradientNoise()],
  sam: () => [sam()],
  asam: () => [asam()],
  lookahead: () => [lookahead()],
  skipNonFinite: () => [skipNonFinite()],
  ema: () => [ema()],
  'swa, every step': () => [swa({ startStep: 0, everySteps: 1 })],
};

const runs = Object.entries(variants).map(([name, plugins]) => ({
  name, ms: Infinity,
  trainer: new Trainer({
    model: new nn.Sequential(
      new nn.Linear(784, 512), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Linear(512, 512), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Linear(512, 10)),
    loss: losses.crossEntropy(), optimizer: optim.adamw({ lr: 1e-3 }), seed: 1, plugins: plugins(),
  }),
}));

/** The fastest of a turn's steps, the first left out: what disturbs a step only makes it longer. */
async function turn(/** @type {Trainer} */ trainer) {
  /** @type {number[]} */
  const times = [];
  let before = performance.now();
  await trainer.fit({
    train, epochs: 1, batchSize: batch, onProgress: (event) => {
      const now = performance.now();
      if (event.kind === 'step' && event.step > 1) times.push(now - before);
      before = performance.now();
    },
  });
  return Math.min(...times);
}

for (const { trainer } of runs) await turn(trainer);
const end = performance.now() + seconds * 1000;
for (let round = 0; round < 5 || performance.now() < end; round++) {
  for (const run of runs) run.ms = Math.min(run.ms, await turn(run.trainer));
}
const without = runs[0]?.ms ?? Number.NaN;
report({ rows: runs.map(({ name, ms }) => ({ name, ms, ratio: ms / without })), description: backendInfo().description });
process.exit(0);
