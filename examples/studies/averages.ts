/** Averages of the weights against the last weights, at a rate that stays high and at one that falls: one run measures them all. */
import { losses, nn, optim, type Schedule, schedules, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { ema, swa } from '@parsimony/ema';
import type { Panel } from './figure';
import { percent, pointOf, type Study } from './study';

const rates = { constant: 'A rate that stays', falling: 'A rate that falls to 0' } as const;
type Rate = keyof typeof rates;
const weights = { last: 'last weights', fast: 'EMA, 0.99', slow: 'EMA, 0.999', swa: 'SWA, last half' } as const;
type Weights = keyof typeof weights;
/** What of a row of the history is the accuracy of which. */
const keys: Readonly<Record<Weights, string>> = {
  last: 'validationAccuracy', fast: '@parsimony/ema#fast/validationAccuracy', slow: '@parsimony/ema#slow/validationAccuracy', swa: '@parsimony/ema/swa/validationAccuracy',
};

interface Run {
  readonly rate: Rate;
  readonly seed: number;
  /** Validation accuracy after each epoch; null before there is an average. */
  readonly accuracy: Readonly<Record<Weights, readonly (number | null)[]>>;
  readonly [name: string]: string | number | Readonly<Record<string, readonly (number | null)[]>>;
}
interface Results { readonly trainSize: number; readonly validationSize: number; readonly epochs: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

const buildModel = (): nn.Sequential => new nn.Sequential(new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 128), new nn.ReLU(), new nn.Linear(128, 10));

async function train({ train: data, validation }: Splits, rate: Rate, seed: number, epochs: number): Promise<Run> {
  const batchSize = 32;
  const startStep = Math.floor(epochs / 2) * Math.floor(data.size / batchSize);
  const lr: Schedule = rate === 'constant' ? 0.1 : schedules.cosine({ value: 0.1 });
  const trainer = new Trainer({
    model: buildModel(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr, momentum: 0.9 }), seed,
    plugins: [ema({ decay: 0.99, instance: 'fast', evaluate: 'log' }), ema({ decay: 0.999, instance: 'slow', evaluate: 'log' }), swa({ startStep, evaluate: 'log' })],
  });
  const { history } = await trainer.fit({ train: data, validation, epochs, batchSize, dropLast: true });
  trainer.dispose();
  const of = (key: string): (number | null)[] => history.map(({ values }) => (values[key] === undefined ? null : Number(values[key].toFixed(4))));
  return { rate, seed, accuracy: { last: of(keys.last), fast: of(keys.fast), slow: of(keys.slow), swa: of(keys.swa) } };
}

const end = (values: readonly (number | null)[]): number => values.at(-1) ?? Number.NaN;

export const averagesStudy: Study<Results> = {
  name: 'averages',
  question: 'What do averages of the weights, EMA and SWA, gain on the last weights?',
  seeds: 5,

  async run({ seeds, quick, log }) {
    const [trainSize, validationSize, epochs] = quick ? [128, 64, 4] : [4000, 5000, 24];
    const data = await loadMnist({ trainSize, validationSize, testSize: 1 });
    const runs: Run[] = [];
    for (const rate of Object.keys(rates) as Rate[]) {
      for (let seed = 1; seed <= seeds; seed++) {
        const run = await train(data, rate, seed, epochs);
        runs.push(run);
        log(`${rates[rate]}, seed ${seed}: ${(Object.keys(weights) as Weights[]).map((name) => `${weights[name]} ${percent(end(run.accuracy[name]), 2)}`).join(', ')}`);
      }
    }
    return { trainSize, validationSize, epochs, runs };
  },

  draw({ trainSize, validationSize, epochs, runs }) {
    const panel = (rate: Rate): Panel => ({
      title: rates[rate],
      x: { label: 'epoch', ticks: [0, 0.25, 0.5, 0.75, 1].map((part) => part * epochs) },
      y: { label: 'validation accuracy', ticks: [0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96], format: (v) => percent(v, 0) },
      lines: (Object.keys(weights) as Weights[]).map((name) => ({
        label: weights[name],
        points: Array.from({ length: epochs }, (_, epoch) => {
          const values = runs.filter((run) => run.rate === rate).map((run) => run.accuracy[name][epoch] ?? null);
          return { x: epoch + 1, y: values.includes(null) ? null : pointOf(epoch, values as number[]).y };
        }),
      })),
    });
    return {
      title: `Averages of the weights on ${trainSize.toLocaleString('en')} digits`,
      note: `Multilayer perceptron 784-128-128-10, SGD with momentum 0.9 at 0.1, batches of 32, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of MNIST; accuracy on ${validationSize.toLocaleString('en')} others after each epoch, of the weights as they are and of averages kept beside them in the same run. Mean of ${new Set(runs.map(({ seed }) => seed)).size} seeds.`,
      panels: [panel('constant'), panel('falling')],
    };
  },

  table({ runs }) {
    const rows = (Object.keys(weights) as Weights[]).map((name) => [weights[name], ...(Object.keys(rates) as Rate[]).map((rate) => {
      const { y, low, high } = pointOf(0, runs.filter((run) => run.rate === rate).map((run) => end(run.accuracy[name])));
      return `${percent(y, 2)} (${percent(low, 2)} to ${percent(high, 2)})`;
    })]);
    return [['at the end', 'a rate that stays', 'a rate that falls to 0'], ...rows];
  },
};
