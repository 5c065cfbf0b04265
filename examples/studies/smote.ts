/** SMOTE and its kin on a table with two rare classes, against class weights and against doing nothing. */
import { arrayDataset, inference, losses, nn, optim, ParsimonyError, random, schedules, type Tensor, Trainer } from '@parsimony/core';
import { adasyn, borderlineSmote, smote, type Table } from '@parsimony/augment/tabular';
import { loadFashion } from './fashion';
import { percent, pointOf, type Study, type StudyOptions } from './study';

const methods = { plain: 'nothing', weights: 'class weights', repeated: 'rows repeated', smote: 'SMOTE', borderline: 'Borderline-SMOTE', adasyn: 'ADASYN' } as const;
type Method = keyof typeof methods;
const shares = [0.02, 0.05, 0.1, 0.2];
/** Shirts, which are taken for four other classes, and ankle boots, which hardly are. */
const rare = [6, 9];
const metricNames = { balanced: 'Balanced accuracy', recall: 'Recall of the rare classes', f1: 'F1 of the rare classes' } as const;
type MetricName = keyof typeof metricNames;

interface Run {
  readonly method: Method;
  readonly share: number;
  readonly seed: number;
  readonly balanced: number;
  readonly recall: number;
  readonly f1: number;
  readonly [name: string]: string | number;
}
interface Results { readonly rows: number; readonly testRows: number; readonly steps: number; readonly seeds: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

const WIDTH = 32;
/** Of Borderline-SMOTE: the more, the sooner one of the few rows of a rare class is among them. */
const MOST_NEIGHBOURS = 20;
interface Rows { readonly inputs: Float32Array; readonly labels: Int32Array }

/** Mean and standard deviation of each of the 4 x 4 blocks of 7 x 7 pixels. */
function blocksOf(pixels: Float32Array, images: number): Float32Array {
  const out = new Float32Array(images * WIDTH);
  for (let i = 0; i < images; i++) {
    for (let block = 0; block < 16; block++) {
      let [sum, squares] = [0, 0];
      for (let p = 0; p < 49; p++) {
        const [y, x] = [(block >> 2) * 7 + Math.floor(p / 7), (block & 3) * 7 + (p % 7)];
        const v = pixels[i * 784 + y * 28 + x] as number;
        sum += v;
        squares += v * v;
      }
      out[i * WIDTH + block] = sum / 49;
      out[i * WIDTH + 16 + block] = Math.sqrt(Math.max(0, squares / 49 - (sum / 49) ** 2));
    }
  }
  return out;
}

/** Rows to train on, and those held out to test on. */
async function loadTables(options: StudyOptions, sizes: { readonly trainSize: number; readonly validationSize: number }): Promise<{ readonly train: Rows; readonly test: Rows }> {
  const { train, validation: test } = await loadFashion(options, { ...sizes, testSize: 1 });
  const tableOf = async (data: typeof train): Promise<Rows> => {
    const [inputs, labels] = [new Float32Array(data.size * WIDTH), new Int32Array(data.size)];
    for (let start = 0; start < data.size; start += 1000) {
      const batch = await data.batch(Int32Array.from({ length: Math.min(1000, data.size - start) }, (_, i) => start + i));
      inputs.set(blocksOf(await (batch.inputs as Tensor).data() as Float32Array, batch.size), start * WIDTH);
      if (batch.target.kind === 'index') labels.set(await batch.target.labels.data(), start);
    }
    return { inputs, labels };
  };
  return { train: await tableOf(train), test: await tableOf(test) };
}

const take = ({ inputs, labels }: Rows, rows: readonly number[]): Rows => ({
  inputs: Float32Array.from(rows.flatMap((row) => Array.from(inputs.subarray(row * WIDTH, (row + 1) * WIDTH)))), labels: Int32Array.from(rows, (row) => labels[row] as number),
});

/** Each class with `most` rows, the rare ones with a share of that, drawn at random. */
function imbalanced(all: Rows, most: number, share: number, seed: number): Rows {
  const order = random.permutation(random.foldIn(random.key(seed), 'rows'), all.labels.length);
  const left = Array.from({ length: 10 }, (_, label) => (rare.includes(label) ? Math.round(share * most) : most));
  return take(all, Array.from(order).filter((row) => { const label = all.labels[row] as number; return (left[label] as number) > 0 && (left[label] = (left[label] as number) - 1) >= 0; }));
}

/** Columns of mean 0 and standard deviation 1 in training. */
function standardize(train: Rows, test: Rows): { readonly train: Rows; readonly test: Rows } {
  const n = train.labels.length;
  const moment = (c: number, of: (v: number) => number): number => Array.from({ length: n }, (_, i) => of(train.inputs[i * WIDTH + c] as number)).reduce((a, b) => a + b, 0) / n;
  const means = Array.from({ length: WIDTH }, (_, c) => moment(c, (v) => v));
  const deviations = means.map((mean, c) => Math.sqrt(moment(c, (v) => (v - mean) ** 2)) || 1);
  const scaled = ({ inputs, labels }: Rows): Rows => ({ labels, inputs: inputs.map((v, i) => (v - (means[i % WIDTH] as number)) / (deviations[i % WIDTH] as number)) });
  return { train: scaled(train), test: scaled(test) };
}

async function balance({ inputs, labels }: Rows, method: Method, seed: number, k: number): Promise<Rows> {
  const table: Table = { inputs, labels, columns: WIDTH, numClasses: 10 };
  const key = random.foldIn(random.key(seed), 'made');
  if (method === 'smote') return smote(table, key, { k });
  if (method === 'borderline') return borderlineSmote(table, key, { k, m: MOST_NEIGHBOURS });
  if (method === 'adasyn') return adasyn(table, key, { k });
  if (method !== 'repeated') return { inputs, labels };
  const most = Math.max(...Array.from({ length: 10 }, (_, label) => labels.filter((own) => own === label).length));
  return take({ inputs, labels }, Array.from({ length: 10 }, (_, label) => {
    const own = Array.from(labels.keys()).filter((row) => labels[row] === label);
    return Array.from({ length: own.length === 0 ? 0 : most }, (_v, i) => own[i % own.length] as number);
  }).flat());
}

async function measure(model: nn.Module, test: Rows): Promise<Pick<Run, MetricName>> {
  const scores = await (model.forward(arrayDataset({ ...test, shape: [WIDTH], numClasses: 10 }).batch(Int32Array.from(test.labels.keys())).inputs, inference()) as Tensor).array() as number[][];
  const said = scores.map((row) => row.indexOf(Math.max(...row)));
  const right = (label: number): number => said.filter((own, i) => own === label && test.labels[i] === label).length;
  const recall = (label: number): number => right(label) / Math.max(1, test.labels.filter((own) => own === label).length);
  const f1 = (label: number): number => 2 * right(label) / (said.filter((own) => own === label).length + test.labels.filter((own) => own === label).length);
  const mean = (labels: readonly number[], of: (label: number) => number): number => Number((labels.reduce((sum, label) => sum + of(label), 0) / labels.length).toFixed(4));
  return { balanced: mean(Array.from({ length: 10 }, (_, label) => label), recall), recall: mean(rare, recall), f1: mean(rare, f1) };
}

/** Undefined: no rows can be made, since all neighbours of a class are of others. */
async function trainWith(rows: Rows, test: Rows, method: Method, seed: number, steps: number, k: number): Promise<Pick<Run, MetricName> | undefined> {
  const given = await balance(rows, method, seed, k).catch((error: unknown) => {
    if (method === 'borderline' && error instanceof ParsimonyError && error.message.includes('is in danger')) return undefined;
    throw error;
  });
  if (!given) return undefined;
  const count = (label: number): number => given.labels.filter((own) => own === label).length;
  // Inverse to how often each is there, with mean 1 over the rows.
  const weight = Array.from({ length: 10 }, (_, label) => given.labels.length / (10 * Math.max(1, count(label))));
  const model = new nn.Sequential(new nn.Linear(WIDTH, 64), new nn.ReLU(), new nn.Linear(64, 64), new nn.ReLU(), new nn.Linear(64, 10));
  const trainer = new Trainer({ model, loss: losses.crossEntropy(method === 'weights' ? { weight } : {}), optimizer: optim.adam({ lr: schedules.cosine({ value: 2e-3 }) }), seed });
  // As many steps whatever the number of rows.
  await trainer.fit({ train: arrayDataset({ inputs: given.inputs, labels: given.labels, shape: [WIDTH], numClasses: 10 }), epochs: Math.max(1, Math.round(steps * 100 / given.labels.length)), batchSize: 100 });
  const measured = await measure(model, test);
  trainer.dispose();
  return measured;
}

const of = (runs: readonly Run[], method: Method, share: number, metric: MetricName): number[] => runs.filter((run) => run.method === method && run.share === share).map((run) => run[metric]);

export const smoteStudy: Study<Results> = {
  name: 'smote',
  question: 'What do SMOTE and class weights do for rare classes of a table?',
  seeds: 5,

  async run(options) {
    const { seeds, quick, log } = options;
    const [trainSize, validationSize, most, steps] = quick ? [2000, 200, 60, 4] : [30_000, 10_000, 1000, 1000];
    const { train: all, test } = await loadTables(options, { trainSize, validationSize });
    const runs: Run[] = [];
    for (const share of quick ? [0.1] : shares) {
      for (let seed = 1; seed <= seeds; seed++) {
        const table = standardize(imbalanced(all, most, share, seed), test);
        for (const method of Object.keys(methods) as Method[]) {
          const measured = await trainWith(table.train, table.test, method, seed, steps, quick ? 3 : 5);
          if (!measured) {
            log(`${percent(share, 0)}, ${methods[method]}, seed ${seed}: no row of some class is in danger`);
            continue;
          }
          const run = { method, share, seed, ...measured };
          runs.push(run);
          log(`${percent(share, 0)}, ${methods[method]}, seed ${seed}: balanced accuracy ${percent(run.balanced)}, of the rare recall ${percent(run.recall)}, F1 ${percent(run.f1)}`);
        }
      }
    }
    return { rows: most, testRows: test.labels.length, steps, seeds, runs };
  },

  draw({ rows, testRows, steps, seeds, runs }) {
    const used = [...new Set(runs.map(({ share }) => share))];
    const ticks: Record<MetricName, readonly number[]> = { balanced: [0.7, 0.72, 0.74, 0.76, 0.78, 0.8], recall: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], f1: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7] };
    return {
      title: 'Two rare classes in a table: SMOTE and its kin, class weights, nothing',
      note: `A table of 32 columns made of Fashion-MNIST: mean and standard deviation of 4 x 4 blocks of 7 x 7 pixels. Eight classes of ${rows.toLocaleString('en')} rows, two (shirts and ankle boots) of the share of that on the axis, drawn anew with each seed; tested on ${testRows.toLocaleString('en')} rows, about as many of each class. Multilayer perceptron with two hidden layers of 64, Adam at 0.002 falling to 0 by a cosine, about ${steps.toLocaleString('en')} steps of 100 rows. Mean of ${seeds} seeds; whiskers: the smallest and the largest. Borderline-SMOTE where it could make rows in every seed.`,
      panels: (Object.keys(metricNames) as MetricName[]).map((metric) => ({
        title: metricNames[metric], x: { label: 'rows of a rare class, of a common one', scale: 'log', ticks: shares, format: (v) => percent(v, 0) }, y: { label: metricNames[metric].split(' of ')[0] ?? '', ticks: ticks[metric], format: (v) => percent(v, 0) },
        lines: (Object.keys(methods) as Method[]).map((method) => ({ label: methods[method], dots: true, points: used.map((share) => (of(runs, method, share, metric).length === seeds ? pointOf(share, of(runs, method, share, metric)) : { x: share, y: null })) })),
      })),
    };
  },

  table({ runs, seeds }) {
    const rows = [...new Set(runs.map(({ share }) => share))].flatMap((share) => (Object.keys(methods) as Method[]).map((method) => {
      const done = of(runs, method, share, 'f1').length;
      if (done < seeds) return [percent(share, 0), methods[method], `no row in danger in ${seeds - done} of ${seeds} seeds`, '', ''];
      const cells = (Object.keys(metricNames) as MetricName[]).map((metric) => { const { y, low, high } = pointOf(share, of(runs, method, share, metric)); return `${percent(y)} (${percent(low)} to ${percent(high)})`; });
      return [percent(share, 0), methods[method], ...cells];
    }));
    return [['rare rows', '', ...Object.values(metricNames).map((name) => name.toLowerCase().replace('f1', 'F1'))], ...rows];
  },
};
