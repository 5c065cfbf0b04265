/** Dropout rates 0, .1, .3, .5, .7 on few images of MNIST: training and validation accuracy. */
import { losses, metrics, nn, optim, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { Dropout } from '@parsimony/dropout';
import type { Axis, Panel } from './figure';
import { percent, pointOf, type Study } from './study';

const rates = [0, 0.1, 0.3, 0.5, 0.7];

interface Run {
  readonly p: number;
  readonly seed: number;
  /** Accuracies in evaluation mode after each epoch. */
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly [name: string]: number | readonly number[];
}
interface Results { readonly trainSize: number; readonly validationSize: number; readonly epochs: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

const buildModel = (p: number): nn.Sequential => new nn.Sequential(
  new nn.Linear(784, 512), new nn.ReLU(), new Dropout({ p }), new nn.Linear(512, 512), new nn.ReLU(), new Dropout({ p }), new nn.Linear(512, 10));

async function train({ train: data, validation }: Splits, p: number, seed: number, epochs: number): Promise<Run> {
  const trainer = new Trainer({ model: buildModel(p), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed, metrics: [metrics.accuracy()] });
  const accuracies: number[] = [];
  const { history } = await trainer.fit({
    train: data, validation, epochs, batchSize: 128,
    // What the history has of training is under masks; this is what the same weights do without.
    onProgress: async ({ kind }) => { if (kind === 'epoch') accuracies.push((await trainer.evaluate(data))['accuracy'] ?? Number.NaN); },
  });
  trainer.dispose();
  const round = (v: number): number => Number(v.toFixed(4));
  return { p, seed, train: accuracies.map(round), validation: history.map(({ values }) => round(values['validationAccuracy'] ?? Number.NaN)) };
}

const last = (values: readonly number[]): number => values.at(-1) ?? Number.NaN;

export const dropoutStudy: Study<Results> = {
  name: 'dropout',
  question: 'What do dropout rates from 0 to 0.7 do to training and validation accuracy?',
  seeds: 3,

  async run({ seeds, quick, log }) {
    const [trainSize, validationSize, epochs] = quick ? [128, 64, 2] : [1000, 5000, 40];
    const data = await loadMnist({ trainSize, validationSize, testSize: 1 });
    const runs: Run[] = [];
    for (const p of quick ? [0, 0.5] : rates) {
      for (let seed = 1; seed <= seeds; seed++) {
        const run = await train(data, p, seed, epochs);
        runs.push(run);
        log(`p = ${p}, seed ${seed}: training ${percent(last(run.train))}, validation ${percent(last(run.validation), 2)}`);
      }
    }
    return { trainSize, validationSize, epochs, runs };
  },

  draw({ trainSize, validationSize, epochs, runs }) {
    const used = [...new Set(runs.map(({ p }) => p))];
    const of = (p: number): readonly Run[] => runs.filter((run) => run.p === p);
    const accuracy = (...ticks: readonly number[]): Axis => ({ label: 'accuracy', ticks, format: (v) => percent(v, 0) });
    const curves = (title: string, set: 'train' | 'validation', y: Axis): Panel => ({
      title, y, x: { label: 'epoch', ticks: [0, 0.25, 0.5, 0.75, 1].map((part) => part * epochs) },
      lines: used.map((p) => ({
        label: `p = ${p}`,
        points: Array.from({ length: epochs }, (_, epoch) => ({ x: epoch + 1, y: pointOf(epoch, of(p).map((run) => run[set][epoch] ?? Number.NaN)).y })),
      })),
    });
    const ends = (label: string, set: 'train' | 'validation') => ({ label, dots: true, points: used.map((p) => pointOf(p, of(p).map((run) => last(run[set])))) });
    return {
      title: `Dropout rates on ${trainSize.toLocaleString('en')} digits`,
      note: `Multilayer perceptron 784-512-512-10 with dropout behind both hidden layers, Adam at 0.001, batches of 128, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of MNIST; validation on ${validationSize.toLocaleString('en')} others. Both accuracies are those of evaluation mode, the mean of ${new Set(runs.map(({ seed }) => seed)).size} seeds; whiskers: the smallest and the largest.`,
      panels: [
        curves('Training', 'train', accuracy(0.8, 0.84, 0.88, 0.92, 0.96, 1)), curves('Validation', 'validation', accuracy(0.84, 0.85, 0.86, 0.87, 0.88, 0.89, 0.9)),
        { title: 'After the last epoch', y: accuracy(0.88, 0.9, 0.92, 0.94, 0.96, 0.98, 1), x: { label: 'probability to drop, p', ticks: [0, 0.1, 0.3, 0.5, 0.7] }, lines: [ends('training', 'train'), ends('validation', 'validation')] },
      ],
    };
  },

  table({ runs }) {
    const rows = [...new Set(runs.map(({ p }) => p))].map((p) => {
      const own = runs.filter((run) => run.p === p);
      const [train_, validation] = (['train', 'validation'] as const).map((set) => pointOf(p, own.map((run) => last(run[set]))));
      if (!train_ || !validation) return [];
      return [String(p), percent(train_.y, 2), `${percent(validation.y, 2)} (${percent(validation.low, 2)} to ${percent(validation.high, 2)})`, percent(train_.y - validation.y, 2)];
    });
    return [['p', 'training', 'validation', 'gap'], ...rows];
  },
};
