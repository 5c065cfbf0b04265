/** Batch norm against group norm at batch sizes from 2 to 128. */
import { losses, nn, ops, optim, schedules, type Tensor, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { BatchNorm1d, BatchNorm2d, GroupNorm } from '@parsimony/norms';
import { percent, pointOf, type Study } from './study';

const sizes = [2, 4, 8, 16, 32, 64, 128];
const kinds = { batch: 'batch norm', group: 'group norm' } as const;
type Kind = keyof typeof kinds;
/** Where a batch norm has the positions of a map for its statistics too, and where it has the samples only. */
const nets = { convolutional: 'Convolutional net', perceptron: 'Perceptron' } as const;
type Net = keyof typeof nets;

interface Run {
  readonly net: Net;
  readonly kind: Kind;
  readonly batchSize: number;
  readonly seed: number;
  readonly accuracy: number;
  readonly [name: string]: string | number;
}
interface Results { readonly trainSize: number; readonly validationSize: number; readonly epochs: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

/** [N, 784] -> [N, 1, 28, 28]. */
class Image extends nn.Module {
  protected compute(x: Tensor): Tensor { return ops.reshape(x, [x.shape[0] ?? 0, 1, 28, 28]); }
}

function buildModel(net: Net, kind: Kind): nn.Sequential {
  if (net === 'perceptron') {
    const layer = (inputs: number): nn.Module[] => [new nn.Linear(inputs, 128, { bias: false }), kind === 'batch' ? new BatchNorm1d(128) : new GroupNorm(8, 128), new nn.ReLU()];
    return new nn.Sequential(...layer(784), ...layer(128), new nn.Linear(128, 10));
  }
  const norm = (channels: number): nn.Module => (kind === 'batch' ? new BatchNorm2d(channels) : new GroupNorm(4, channels));
  const block = (inputs: number, outputs: number): nn.Module[] => [new nn.Conv2d(inputs, outputs, 3, { padding: 1, bias: false }), norm(outputs), new nn.ReLU(), new nn.MaxPool2d(2)];
  return new nn.Sequential(new Image(), ...block(1, 8), ...block(8, 16), ...block(16, 16), new nn.Flatten(), new nn.Linear(16 * 3 * 3, 10));
}

/** Ends of the axes. */
const errors: Readonly<Record<Net, { readonly ticks: readonly number[] }>> = { convolutional: { ticks: [0, 0.02, 0.04, 0.06, 0.08] }, perceptron: { ticks: [0, 0.1, 0.2, 0.3, 0.4] } };

/** The rate grows with the batch, as in Wu and He, so that every size moves the weights as far in an epoch. */
const rateOf = (batchSize: number): number => 0.02 * batchSize / 32;

async function train({ train: data, validation }: Splits, net: Net, kind: Kind, batchSize: number, seed: number, epochs: number): Promise<Run> {
  const trainer = new Trainer({ model: buildModel(net, kind), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: schedules.cosine({ value: rateOf(batchSize) }), momentum: 0.9 }), seed });
  await trainer.fit({ train: data, epochs, batchSize, dropLast: true });
  const accuracy = (await trainer.evaluate(validation))['accuracy'] ?? Number.NaN;
  trainer.dispose();
  return { net, kind, batchSize, seed, accuracy: Number(accuracy.toFixed(4)) };
}

export const batchSizesStudy: Study<Results> = {
  name: 'batch-sizes',
  question: 'Batch norm against group norm at batch sizes from 2 to 128?',
  seeds: 3,

  async run({ seeds, quick, log }) {
    const [trainSize, validationSize, epochs] = quick ? [64, 32, 1] : [2048, 5000, 6];
    const data = await loadMnist({ trainSize, validationSize, testSize: 1 });
    const runs: Run[] = [];
    const settings = (Object.keys(nets) as Net[]).flatMap((net) => (Object.keys(kinds) as Kind[]).map((kind) => [net, kind] as const));
    for (const [net, kind] of settings) {
      for (const batchSize of quick ? [4, 32] : sizes) {
        for (let seed = 1; seed <= seeds; seed++) {
          const run = await train(data, net, kind, batchSize, seed, epochs);
          runs.push(run);
          log(`${net}, ${kinds[kind]}, batches of ${batchSize}, seed ${seed}: validation ${percent(run.accuracy, 2)}`);
        }
      }
    }
    return { trainSize, validationSize, epochs, runs };
  },

  draw({ trainSize, validationSize, epochs, runs }) {
    const used = [...new Set(runs.map(({ batchSize }) => batchSize))];
    return {
      title: `Batch norm and group norm on ${trainSize.toLocaleString('en')} digits`,
      note: `Convolutional net: 8, 16 and 16 channels, each with a norm (group norm: 4 groups). Perceptron: two hidden layers of 128 with a norm (8 groups). SGD with momentum 0.9, cosine from 0.02 N / 32 for batches of N, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of MNIST; error on ${validationSize.toLocaleString('en')} others at the end. Mean of ${new Set(runs.map(({ seed }) => seed)).size} seeds; whiskers: the smallest and the largest.`,
      panels: (Object.keys(nets) as Net[]).map((net) => ({
        title: nets[net],
        x: { label: 'batch size', scale: 'log', ticks: sizes },
        y: { label: 'validation error', ...errors[net], format: (v) => percent(v, 0) },
        lines: (Object.keys(kinds) as Kind[]).map((kind) => ({
          label: kinds[kind], dots: true, points: used.map((size) => pointOf(size, runs.filter((run) => run.net === net && run.kind === kind && run.batchSize === size).map(({ accuracy }) => 1 - accuracy))),
        })),
      })),
    };
  },

  table({ runs }) {
    const cell = (net: Net, kind: Kind, size: number): string => {
      const { y, low, high } = pointOf(size, runs.filter((run) => run.net === net && run.kind === kind && run.batchSize === size).map(({ accuracy }) => accuracy));
      return `${percent(y, 2)} (${percent(low, 2)} to ${percent(high, 2)})`;
    };
    const columns = (Object.keys(nets) as Net[]).flatMap((net) => (Object.keys(kinds) as Kind[]).map((kind) => [net, kind] as const));
    return [
      ['batch size', ...columns.map(([net, kind]) => `${net}, ${kinds[kind]}`)],
      ...[...new Set(runs.map(({ batchSize }) => batchSize))].map((size) => [String(size), ...columns.map(([net, kind]) => cell(net, kind, size))]),
    ];
  },
};
