/** Strengths of decay on few images of MNIST, decoupled and as L2 through Adam's gradient: training and test accuracy. */
import { losses, nn, optim, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { l2, weightDecay } from '@parsimony/weight-decay';
import type { Panel } from './figure';
import { percent, pointOf, type Study } from './study';

const kinds = { decoupled: 'decoupled (AdamW)', coupled: 'L2 through the gradient of Adam' } as const;
type Kind = keyof typeof kinds;
/** 0 stands at the left end of a logarithmic axis. */
const strengths: Readonly<Record<Kind, readonly number[]>> = { decoupled: [0.01, 0.1, 0.3, 1, 3, 10, 30], coupled: [1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2] };

interface Run {
  readonly kind: Kind;
  readonly strength: number;
  readonly seed: number;
  readonly train: number;
  readonly test: number;
  /** Root of the mean square of all weights. */
  readonly size: number;
  readonly [name: string]: string | number;
}
interface Results { readonly trainSize: number; readonly testSize: number; readonly epochs: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

const buildModel = (): nn.Sequential => new nn.Sequential(new nn.Linear(784, 256), new nn.ReLU(), new nn.Linear(256, 256), new nn.ReLU(), new nn.Linear(256, 10));

async function train({ train: data, test }: Splits, kind: Kind, strength: number, seed: number, epochs: number): Promise<Run> {
  const plugins = strength === 0 ? [] : [kind === 'decoupled' ? weightDecay({ decay: strength }) : l2({ lambda: strength })];
  const trainer = new Trainer({ model: buildModel(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed, plugins });
  await trainer.fit({ train: data, epochs, batchSize: 64 });
  const accuracy = async (set: typeof test): Promise<number> => Number(((await trainer.evaluate(set))['accuracy'] ?? Number.NaN).toFixed(4));
  let [sum, count] = [0, 0];
  for (const [path, w] of Object.entries(trainer.model.parameters())) {
    if (!path.endsWith('weight')) continue;
    for (const v of await w.data()) sum += v * v;
    count += w.size;
  }
  const run = { kind, strength, seed, train: await accuracy(data), test: await accuracy(test), size: Number(Math.sqrt(sum / count).toPrecision(4)) };
  trainer.dispose();
  return run;
}

const used = (runs: readonly Run[], kind: Kind): number[] => [...new Set(runs.filter((run) => run.kind === kind).map(({ strength }) => strength))];
const of = (runs: readonly Run[], kind: Kind, strength: number, what: 'train' | 'test' | 'size'): number[] =>
  runs.filter((run) => run.kind === kind && run.strength === strength).map((run) => run[what]);

export const decayStrengthsStudy: Study<Results> = {
  name: 'decay-strengths',
  question: 'How strong should weight decay be, decoupled and as L2 through Adam?',
  seeds: 3,

  async run({ seeds, quick, log }) {
    const [trainSize, testSize, epochs] = quick ? [128, 64, 1] : [1000, 10_000, 30];
    const data = await loadMnist({ trainSize, validationSize: 1, testSize });
    const runs: Run[] = [];
    for (const kind of Object.keys(kinds) as Kind[]) {
      for (const strength of quick ? strengths[kind].slice(3, 5) : [0, ...strengths[kind]]) {
        for (let seed = 1; seed <= seeds; seed++) {
          const run = await train(data, kind, strength, seed, epochs);
          runs.push(run);
          log(`${kinds[kind]}, ${strength}, seed ${seed}: training ${percent(run.train, 2)}, test ${percent(run.test, 2)}, weights of ${run.size}`);
        }
      }
    }
    return { trainSize, testSize, epochs, runs };
  },

  draw({ trainSize, testSize, epochs, runs }) {
    const none = (what: 'train' | 'test'): number => pointOf(0, runs.filter(({ strength }) => strength === 0).map((run) => run[what])).y;
    const panel = (kind: Kind): Panel => {
      const xs = used(runs, kind).filter((strength) => strength > 0);
      const ends = [Math.min(...strengths[kind]), Math.max(...strengths[kind])];
      const level = (label: string, what: 'train' | 'test') => ({ label, dashed: true, points: Number.isFinite(none(what)) ? ends.map((x) => ({ x, y: none(what) })) : [] });
      const line = (label: string, what: 'train' | 'test') => ({ label, dots: true, points: xs.map((x) => pointOf(x, of(runs, kind, x, what))) });
      return {
        title: kinds[kind], x: { label: kind === 'decoupled' ? 'decay' : 'lambda', scale: 'log', ticks: strengths[kind].filter((_, i) => i !== 2 && i !== 4) },
        y: { label: 'accuracy', ticks: [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1], format: (v) => percent(v, 0) },
        lines: [line('training', 'train'), line('test', 'test'), level('training without decay', 'train'), level('test without decay', 'test')],
      };
    };
    return {
      title: `Strength of weight decay on ${trainSize.toLocaleString('en')} digits`,
      note: `Multilayer perceptron 784-256-256-10, Adam at 0.001, batches of 64, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of MNIST, tested on ${testSize.toLocaleString('en')}. Biases are left alone. Mean of ${new Set(runs.map(({ seed }) => seed)).size} seeds; whiskers: the smallest and the largest.`,
      panels: (Object.keys(kinds) as Kind[]).map(panel),
    };
  },

  table({ runs }) {
    const rows = (Object.keys(kinds) as Kind[]).flatMap((kind) => used(runs, kind).map((strength) => {
      const [train_, test, size] = (['train', 'test', 'size'] as const).map((what) => pointOf(strength, of(runs, kind, strength, what)));
      if (!train_ || !test || !size) return [];
      return [kinds[kind], String(strength), percent(train_.y, 2), `${percent(test.y, 2)} (${percent(test.low, 2)} to ${percent(test.high, 2)})`, percent(train_.y - test.y, 2), size.y.toPrecision(2)];
    }));
    return [['decay', 'strength', 'training', 'test', 'gap', 'root mean square of the weights'], ...rows];
  },
};
