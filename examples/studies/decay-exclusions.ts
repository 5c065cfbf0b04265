/** Weight decay with biases and norms left alone, as it is by default, against decaying everything, over several strengths and seeds. */
import { losses, nn, optim, schedules, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { BatchNorm1d } from '@parsimony/norms';
import { weightDecay } from '@parsimony/weight-decay';
import { percent, pointOf, type Study } from './study';

const kinds = { weights: 'weights alone', all: 'biases and norms too' } as const;
type Kind = keyof typeof kinds;
const decays = [0.1, 0.3, 1, 3, 10];

interface Run {
  readonly kind: Kind;
  readonly decay: number;
  readonly seed: number;
  readonly test: number;
  /** Mean of the scales of all norms. */
  readonly scale: number;
  readonly [name: string]: string | number;
}
interface Results { readonly trainSize: number; readonly testSize: number; readonly epochs: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

/** Four hidden layers, each with a norm behind it. */
const buildModel = (): nn.Sequential => new nn.Sequential(
  ...[784, 128, 128, 128].flatMap((inputs) => [new nn.Linear(inputs, 128, { bias: false }), new BatchNorm1d(128), new nn.ReLU()]), new nn.Linear(128, 10));

async function train({ train: data, test }: Splits, kind: Kind, decay: number, seed: number, epochs: number): Promise<Run> {
  const plugins = [weightDecay({ decay, include: kind === 'all' ? ['**'] : [] })];
  const trainer = new Trainer({ model: buildModel(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: schedules.cosine({ value: 2e-3 }) }), seed, plugins });
  await trainer.fit({ train: data, epochs, batchSize: 64, dropLast: true });
  const accuracy = (await trainer.evaluate(test))['accuracy'] ?? Number.NaN;
  const scales: number[] = [];
  for (const [path, w] of Object.entries(trainer.model.parameters())) if (path.endsWith('weight') && w.rank === 1) scales.push(...await w.data());
  trainer.dispose();
  return { kind, decay, seed, test: Number(accuracy.toFixed(4)), scale: Number((scales.reduce((a, b) => a + b, 0) / scales.length).toPrecision(4)) };
}

const of = (runs: readonly Run[], kind: Kind, decay: number): Run[] => runs.filter((run) => run.kind === kind && run.decay === decay).toSorted((a, b) => a.seed - b.seed);
/** What leaving biases and norms alone gains, seed by seed. */
const gains = (runs: readonly Run[], decay: number): number[] => of(runs, 'weights', decay).map(({ test }, i) => test - (of(runs, 'all', decay)[i]?.test ?? Number.NaN));

export const decayExclusionsStudy: Study<Results> = {
  name: 'decay-exclusions',
  question: 'Does it matter that biases and norms are not decayed?',
  seeds: 5,

  async run({ seeds, quick, log }) {
    const [trainSize, testSize, epochs] = quick ? [128, 64, 1] : [1000, 10_000, 30];
    const data = await loadMnist({ trainSize, validationSize: 1, testSize });
    const runs: Run[] = [];
    for (const decay of quick ? [1] : decays) {
      for (const kind of Object.keys(kinds) as Kind[]) {
        for (let seed = 1; seed <= seeds; seed++) {
          const run = await train(data, kind, decay, seed, epochs);
          runs.push(run);
          log(`decay ${decay} of ${kinds[kind]}, seed ${seed}: test ${percent(run.test, 2)}, scales of ${run.scale}`);
        }
      }
    }
    return { trainSize, testSize, epochs, runs };
  },

  draw({ trainSize, testSize, epochs, runs }) {
    const used = [...new Set(runs.map(({ decay }) => decay))];
    const x = { label: 'decay', scale: 'log', ticks: decays } as const;
    const lines = (what: 'test' | 'scale') => (Object.keys(kinds) as Kind[]).map((kind) => ({
      label: kinds[kind], dots: true, points: used.map((decay) => pointOf(decay, of(runs, kind, decay).map((run) => run[what]))),
    }));
    return {
      title: 'Weight decay with biases and norms, and without',
      note: `Multilayer perceptron with four hidden layers of 128 ReLUs, each behind a batch norm, Adam at 0.002 falling to 0 by a cosine, batches of 64, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of MNIST, tested on ${testSize.toLocaleString('en')}; decoupled decay. Mean of ${new Set(runs.map(({ seed }) => seed)).size} seeds; whiskers: the smallest and the largest.`,
      panels: [
        { title: 'Test accuracy', x, y: { label: 'accuracy', ticks: [0.905, 0.91, 0.915, 0.92], format: (v) => percent(v, 1) }, lines: lines('test') },
        {
          title: 'Gained by leaving them alone, seed by seed', x, y: { label: 'accuracy', ticks: [-0.01, -0.005, 0, 0.005, 0.01], format: (v) => percent(v, 1) },
          lines: [{ label: 'difference', dots: true, points: used.map((decay) => pointOf(decay, gains(runs, decay))) }],
        },
        { title: 'Mean scale of the norms', x, y: { label: 'scale', ticks: [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2] }, lines: lines('scale') },
      ],
    };
  },

  table({ runs }) {
    const rows = [...new Set(runs.map(({ decay }) => decay))].map((decay) => {
      const [alone, all] = (Object.keys(kinds) as Kind[]).map((kind) => pointOf(decay, of(runs, kind, decay).map(({ test }) => test)));
      const gain = pointOf(decay, gains(runs, decay));
      if (!alone || !all) return [];
      const points = (v: number): string => `${v >= 0 ? '+' : ''}${(100 * v).toFixed(2)}`;
      return [String(decay), percent(alone.y, 2), percent(all.y, 2), `${points(gain.y)} (${points(gain.low)} to ${points(gain.high)})`, `${gains(runs, decay).filter((v) => v > 0).length} of ${gains(runs, decay).length}`];
    });
    return [['decay', kinds.weights, kinds.all, 'gained, in points', 'seeds that gain'], ...rows];
  },
};
