/**
 * `pnpm -C packages/advisor real-runs`, after `npm run build`: trains the twelve runs of fixtures/real-runs.json with `parsimony train`
 * on MNIST and keeps their histories. What a run is to show lies in how it is set up, not in what the advisor makes of it: too few images or
 * no regularizers, too little learning or far too much decay, or the regularizers of the demo and their like.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../../apps/cli/dist/main.js', import.meta.url));
const target = new URL('../fixtures/real-runs.json', import.meta.url);
const demo = [
  { name: 'weightDecay', decay: 1e-2 }, { name: 'augment', transform: { name: 'RandomCrop', padding: 2 } }, { name: 'mixup', alpha: 0.2 }, { name: 'ema', decay: 0.99 },
  { name: 'earlyStopping' },
];
const plain = { runs: ['plain'], plugins: [] };
const regularized = { runs: ['regularized'], plugins: demo };

const runs = [
  { is: 'over', config: { ...plain, models: ['mlp'], trainSize: 100, epochs: 40, batchSize: 32 } },
  { is: 'over', config: { ...plain, models: ['cnn'], trainSize: 100, epochs: 30, batchSize: 32, seed: 1 } },
  { is: 'over', config: { ...plain, models: ['mlp'], trainSize: 500, epochs: 30, seed: 2 } },
  { is: 'over', config: { ...plain, models: ['mlp'], epochs: 30, seed: 3 } },
  { is: 'under', config: { ...plain, models: ['mlp'], lr: 1e-5, epochs: 8 } },
  { is: 'under', config: { ...plain, models: ['cnn'], lr: 3e-5, epochs: 5, seed: 1 } },
  { is: 'under', config: { ...plain, models: ['mlp'], optimizer: { name: 'sgd' }, lr: 0.01, epochs: 5, seed: 2 } },
  { is: 'under', config: { runs: ['regularized'], models: ['mlp'], optimizer: { name: 'sgd' }, lr: 0.02, epochs: 6, plugins: [{ name: 'weightDecay', decay: 2 }, { name: 'mixup', alpha: 1 }], seed: 3 } },
  { is: 'well', config: { ...regularized, models: ['cnn'], epochs: 20 } },
  { is: 'well', config: { ...regularized, models: ['cnn'], epochs: 12, plugins: [...demo, { name: 'labelSmoothing', epsilon: 0.1 }], seed: 1 } },
  { is: 'well', config: { ...regularized, models: ['mlp'], epochs: 40, seed: 2 } },
  { is: 'well', config: { ...plain, models: ['cnn'], epochs: 14, seed: 3 } },
];

const short = (x) => (Number.isInteger(x) ? x : Number(x.toPrecision(5)));
const kept = [];
for (const [i, { is, config }] of runs.entries()) {
  const folder = mkdtempSync(join(tmpdir(), 'real-run-'));
  writeFileSync(join(folder, 'parsimony.config.json'), JSON.stringify(config));
  const { status, stderr } = spawnSync(process.execPath, [command, 'train', '--threads', '1'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const [name] = readdirSync(join(folder, 'runs'));
  const { records: [record] } = JSON.parse(readFileSync(join(folder, 'runs', name, 'training.json'), 'utf8'));
  rmSync(folder, { recursive: true });
  const { train, validation, test } = record.outcome;
  console.log(`${i + 1}/${runs.length} ${is}: train ${train}, validation ${validation}, test ${test}`);
  kept.push({
    is, config, accuracies: { train, validation, test }, kept: record.kept,
    // Times differ from machine to machine and decide nothing.
    history: record.history.map(({ epoch, step, values: { seconds: _, ...values } }) => ({ epoch, step, values: Object.fromEntries(Object.entries(values).map(([key, x]) => [key, short(x)])) })),
  });
}
writeFileSync(target, `[\n${kept.map((run) => JSON.stringify(run)).join(',\n')}\n]\n`);
