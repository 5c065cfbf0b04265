/** Learning rates from 0.001 to 30, with batch norm and without: which still train. */
import { losses, nn, optim, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { BatchNorm1d } from '@parsimony/norms';
import { percent, pointOf, type Study } from './study';

const rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
/** A run trains if it ends above this accuracy on validation data; one class alone gives about a tenth. */
const enough = 0.7;
const kinds = { none: 'without', batch: 'batch norm' } as const;
type Kind = keyof typeof kinds;

interface Run {
  readonly kind: Kind;
  readonly rate: number;
  readonly seed: number;
  readonly accuracy: number;
  /** Steps whose loss or gradients were not finite. */
  readonly skipped: number;
  readonly [name: string]: string | number;
}
interface Results { readonly trainSize: number; readonly validationSize: number; readonly epochs: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

/** Four hidden layers; the mean takes a bias before a batch norm off again. */
function buildModel(kind: Kind): nn.Sequential {
  const hidden = [784, 128, 128, 128].flatMap((inputs) => [
    new nn.Linear(inputs, 128, { bias: kind === 'none' }), ...(kind === 'batch' ? [new BatchNorm1d(128)] : []), new nn.ReLU(),
  ]);
  return new nn.Sequential(...hidden, new nn.Linear(128, 10));
}

async function train({ train: data, validation }: Splits, kind: Kind, rate: number, seed: number, epochs: number): Promise<Run> {
  const trainer = new Trainer({ model: buildModel(kind), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: rate }), seed, nonFinite: 'skip' });
  const { history } = await trainer.fit({ train: data, epochs, batchSize: 64, dropLast: true });
  const accuracy = (await trainer.evaluate(validation))['accuracy'] ?? Number.NaN;
  trainer.dispose();
  return { kind, rate, seed, accuracy: Number(accuracy.toFixed(4)), skipped: history.reduce((n, { values }) => n + (values['skippedSteps'] ?? 0), 0) };
}

/** The largest rate at which every seed trains. */
const largest = (runs: readonly Run[], kind: Kind): number =>
  Math.max(0, ...runs.filter((run) => run.kind === kind).map(({ rate }) => rate).filter((rate) => runs.every((run) => run.kind !== kind || run.rate !== rate || run.accuracy >= enough)));

export const batchNormRatesStudy: Study<Results> = {
  name: 'batch-norm-rates',
  question: 'Which learning rates still train, with batch norm and without?',
  seeds: 3,

  async run({ seeds, quick, log }) {
    const [trainSize, validationSize, epochs] = quick ? [256, 64, 1] : [4000, 5000, 5];
    const data = await loadMnist({ trainSize, validationSize, testSize: 1 });
    const runs: Run[] = [];
    for (const kind of Object.keys(kinds) as Kind[]) {
      for (const rate of quick ? [0.1, 10] : rates) {
        for (let seed = 1; seed <= seeds; seed++) {
          const run = await train(data, kind, rate, seed, epochs);
          runs.push(run);
          log(`${kinds[kind]}, rate ${rate}, seed ${seed}: validation ${percent(run.accuracy, 2)}${run.skipped > 0 ? `, ${run.skipped} steps not finite` : ''}`);
        }
      }
    }
    return { trainSize, validationSize, epochs, runs };
  },

  draw({ trainSize, validationSize, epochs, runs }) {
    const used = [...new Set(runs.map(({ rate }) => rate))];
    return {
      title: `Learning rates on ${trainSize.toLocaleString('en')} digits`,
      note: `Multilayer perceptron with four hidden layers of 128 ReLUs, SGD without momentum, batches of 64, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of MNIST; accuracy on ${validationSize.toLocaleString('en')} others at the end. Mean of ${new Set(runs.map(({ seed }) => seed)).size} seeds; whiskers: the smallest and the largest.`,
      panels: [{
        title: 'Validation accuracy after training',
        x: { label: 'learning rate', scale: 'log', ticks: rates.filter((_, i) => i % 2 === 0 || i === rates.length - 1) },
        y: { label: 'accuracy', ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], format: (v) => percent(v, 0) },
        lines: (Object.keys(kinds) as Kind[]).map((kind) => ({
          label: kinds[kind], dots: true, points: used.map((rate) => pointOf(rate, runs.filter((run) => run.kind === kind && run.rate === rate).map(({ accuracy }) => accuracy))),
        })),
      }],
    };
  },

  table({ runs }) {
    const rows = (Object.keys(kinds) as Kind[]).map((kind) => {
      const best = [...new Set(runs.map(({ rate }) => rate))].map((rate) => pointOf(rate, runs.filter((run) => run.kind === kind && run.rate === rate).map(({ accuracy }) => accuracy)))
        .reduce((a, b) => (b.y > a.y ? b : a));
      return [kinds[kind], String(largest(runs, kind) || 'none'), `${percent(best.y, 2)} at ${best.x}`];
    });
    return [['norm', `largest rate that trains (each seed above ${percent(enough, 0)})`, 'best accuracy'], ...rows];
  },
};
