/** How flat the minima are that SGD, SAM and ASAM find: the training loss along random directions from them, and accuracy on other images. */
import { type AnyPlugin, type Batch, inference, losses, nn, ops, optim, type Params, random, schedules, scope, type Tensor, tensor, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { asam, sam } from '@parsimony/gradients';
import type { Axis } from './figure';
import { percent, pointOf, type Study } from './study';

const kinds = { sgd: 'SGD', sam: 'SAM, rho 0.1', asam: 'ASAM, rho 1' } as const;
type Kind = keyof typeof kinds;
const plugins: Readonly<Record<Kind, () => AnyPlugin[]>> = { sgd: () => [], sam: () => [sam({ rho: 0.1 })], asam: () => [asam({ rho: 1 })] };
const distances = Array.from({ length: 41 }, (_, i) => (i - 20) / 10);

interface Run {
  readonly kind: Kind;
  readonly seed: number;
  readonly validation: number;
  /** Training loss at each distance, mean over the directions. */
  readonly losses: readonly number[];
  readonly [name: string]: string | number | readonly number[];
}
interface Results { readonly trainSize: number; readonly validationSize: number; readonly epochs: number; readonly directions: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

const buildModel = (): nn.Sequential => new nn.Sequential(new nn.Linear(784, 128), new nn.ReLU(), new nn.Linear(128, 128), new nn.ReLU(), new nn.Linear(128, 10));

/** Gaussian, each unit as long as that unit's weights, so that distance means the same in every net (Li et al., arXiv:1712.09913); no biases. */
const direction = (params: Params, key: ReturnType<typeof random.key>): Params => Object.fromEntries(Object.entries(params).filter(([, w]) => w.rank > 1).map(([path, w]) => {
  const d = tensor(random.normal(random.foldIn(key, path), w.size), w.shape);
  const length = (x: Tensor): Tensor => ops.norm(x, { axis: 1, keepdim: true });
  return [path, ops.mul(d, ops.div(length(w), length(d)))];
}));

/** The loss on the whole batch at w + distance d, the mean over directions. */
async function along(model: nn.Sequential, batch: Batch, directions: number): Promise<number[]> {
  const sums = distances.map(() => 0);
  const { params, buffers } = model.weights();
  const loss = losses.crossEntropy();
  for (let i = 0; i < directions; i++) {
    const reads = scope(() => {
      // The same directions for each net, up to the lengths of its units.
      const d = direction(params, random.foldIn(random.key(0), `direction ${i}`));
      return distances.map((distance) => scope(() => {
        const moved = Object.fromEntries(Object.entries(params).map(([path, w]) => [path, d[path] ? ops.add(w, ops.mul(d[path], distance)) : w]));
        const { sum, denominator } = loss(model.forward(batch.inputs as Tensor, inference({ weights: { params: moved, buffers } })), batch.target);
        // Asked for here, before the tensors go; a scope hands back no promise alone.
        return [ops.div(sum, denominator).item()];
      }));
    });
    const values = reads.map(([read]) => read);
    (await Promise.all(values)).forEach((value, at) => { sums[at] = (sums[at] ?? 0) + (value ?? Number.NaN) / directions; });
  }
  return sums;
}

async function train({ train: data, validation }: Splits, kind: Kind, seed: number, epochs: number, directions: number): Promise<Run> {
  const model = buildModel();
  const trainer = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: schedules.cosine({ value: 0.1 }), momentum: 0.9 }), seed, plugins: plugins[kind]() });
  await trainer.fit({ train: data, epochs, batchSize: 64, dropLast: true });
  const accuracy = (await trainer.evaluate(validation))['accuracy'] ?? Number.NaN;
  const batch = await data.batch(Int32Array.from({ length: data.size }, (_, i) => i));
  const found = await along(model, batch, directions);
  trainer.dispose();
  return { kind, seed, validation: Number(accuracy.toFixed(4)), losses: found.map((v) => Number(v.toPrecision(4))) };
}

export const flatnessStudy: Study<Results> = {
  name: 'flatness',
  question: 'Are the minima that SAM and ASAM find flatter than those of SGD?',
  seeds: 5,

  async run({ seeds, quick, log }) {
    const [trainSize, validationSize, epochs, directions] = quick ? [128, 64, 2, 2] : [2000, 5000, 30, 10];
    const data = await loadMnist({ trainSize, validationSize, testSize: 1 });
    const runs: Run[] = [];
    for (const kind of Object.keys(kinds) as Kind[]) {
      for (let seed = 1; seed <= seeds; seed++) {
        const run = await train(data, kind, seed, epochs, directions);
        runs.push(run);
        log(`${kinds[kind]}, seed ${seed}: validation ${percent(run.validation, 2)}, training loss ${run.losses[20]}, at distance 1 ${run.losses[30]}`);
      }
    }
    return { trainSize, validationSize, epochs, directions, runs };
  },

  draw({ trainSize, validationSize, epochs, directions, runs }) {
    const of = (kind: Kind): readonly Run[] => runs.filter((run) => run.kind === kind);
    const x: Axis = { label: 'distance, in lengths of each unit', ticks: [-2, -1, 0, 1, 2] };
    const lines = (Object.keys(kinds) as Kind[]).map((kind) => ({
      label: kinds[kind], points: distances.map((distance, i) => pointOf(distance, of(kind).map((run) => run.losses[i] ?? Number.NaN))),
    }));
    const plain = lines.map(({ label, points }) => ({ label, points: points.map(({ x: at, y }) => ({ x: at, y })) }));
    return {
      title: `Flatness of minima on ${trainSize.toLocaleString('en')} digits`,
      note: `Multilayer perceptron 784-128-128-10, SGD with momentum 0.9 at a rate that falls from 0.1, batches of 64, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of MNIST. Left and middle: loss on these images along ${directions} Gaussian directions scaled to the length of each unit's weights, their mean over ${new Set(runs.map(({ seed }) => seed)).size} seeds. Right: accuracy on ${validationSize.toLocaleString('en')} other images; whiskers: the smallest and the largest seed.`,
      panels: [
        { title: 'Training loss along random directions', x, y: { label: 'loss', ticks: [0, 1, 2, 3, 4, 5] }, lines: plain },
        { title: 'The same, on a logarithmic scale', x, y: { label: 'loss', scale: 'log', ticks: [0.001, 0.01, 0.1, 1, 10] }, lines: plain },
        {
          title: 'Validation accuracy', x: { label: '', ticks: [0, 1, 2, 3, 4], format: (tick) => ['', 'SGD', 'SAM', 'ASAM', ''][tick] ?? '' },
          y: { label: 'accuracy', ticks: [0.91, 0.92, 0.93, 0.94], format: (v) => percent(v, 0) },
          lines: (Object.keys(kinds) as Kind[]).map((kind, i) => ({ label: kinds[kind], dots: true, points: [pointOf(i + 1, of(kind).map(({ validation }) => validation))] })),
        },
      ],
    };
  },

  table({ runs }) {
    const rows = (Object.keys(kinds) as Kind[]).map((kind) => {
      const own = runs.filter((run) => run.kind === kind);
      const { y, low, high } = pointOf(0, own.map(({ validation }) => validation));
      const at = (distance: number): string => String(Number(pointOf(0, own.map((run) => run.losses[distances.indexOf(distance)] ?? Number.NaN)).y.toPrecision(3)));
      return [kinds[kind], `${percent(y, 2)} (${percent(low, 2)} to ${percent(high, 2)})`, at(0), at(1), at(2)];
    });
    return [['', 'validation', 'training loss at 0', 'at distance 1', 'at distance 2'], ...rows];
  },
};
