/** A small perceptron on few images of MNIST, alone and with the scores of a larger convolutional net beside the labels. */
import { losses, memoryStore, metrics, nn, optim, Trainer } from '@parsimony/core';
import { loadMnist, type Splits } from '@parsimony/datasets';
import { cacheLogits, type CachedLogits, distillation } from '@parsimony/distillation';
import { Dropout } from '@parsimony/dropout';
import type { Panel } from './figure';
import { percent, pointOf, type Study } from './study';

const temperatures = [1, 2, 4, 8];
/** Share of the labels' loss. */
const alpha = 0.1;

interface Run {
  /** Null: alone. */
  readonly temperature: number | null;
  readonly seed: number;
  /** Validation accuracy after each epoch. */
  readonly accuracy: readonly number[];
  readonly [name: string]: number | null | readonly number[];
}
interface Results {
  readonly trainSize: number;
  readonly validationSize: number;
  readonly epochs: number;
  readonly steps: number;
  /** Accuracy of the teacher of each seed. */
  readonly teachers: readonly number[];
  readonly runs: readonly Run[];
  readonly [name: string]: number | readonly number[] | readonly Run[];
}

const buildTeacher = (): nn.Sequential => new nn.Sequential(
  new nn.Conv2d(1, 16, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Conv2d(16, 32, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2),
  new nn.Flatten(), new Dropout({ p: 0.5 }), new nn.Linear(32 * 7 * 7, 10));
const buildStudent = (): nn.Sequential => new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 32), new nn.ReLU(), new nn.Linear(32, 10));
const round = (v: number): number => Number(v.toFixed(4));

async function trainTeacher({ train: data, validation }: Splits, seed: number, epochs: number): Promise<{ readonly teacher: CachedLogits; readonly accuracy: number }> {
  // The students have seeds of their own: a net that begins as another does would be no other net.
  const trainer = new Trainer({ model: buildTeacher(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed: 100 + seed, metrics: [metrics.accuracy()] });
  await trainer.fit({ train: data, epochs, batchSize: 64 });
  const accuracy = round((await trainer.evaluate(validation))['accuracy'] ?? Number.NaN);
  trainer.dispose();
  // Nothing is augmented, so what it says of an image is the same in every epoch: it runs once.
  return { teacher: await cacheLogits({ to: memoryStore(), teacher: trainer.model, data }), accuracy };
}

async function train({ train: data, validation }: Splits, temperature: number | null, teacher: CachedLogits, seed: number, epochs: number): Promise<{ readonly run: Run; readonly steps: number }> {
  const trainer = new Trainer({
    model: buildStudent(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed, metrics: [metrics.accuracy()],
    plugins: temperature === null ? [] : [distillation({ teacher, alpha, temperature })],
  });
  const { history, steps } = await trainer.fit({ train: data, validation, epochs, batchSize: 64 });
  trainer.dispose();
  return { run: { temperature, seed, accuracy: history.map(({ values }) => round(values['validationAccuracy'] ?? Number.NaN)) }, steps };
}

const last = (values: readonly number[]): number => values.at(-1) ?? Number.NaN;
const nameOf = (temperature: number | null): string => (temperature === null ? 'alone' : `distilled, T = ${temperature}`);
const settingsOf = (runs: readonly Run[]): (number | null)[] => [...new Set(runs.map(({ temperature }) => temperature))];

export const distillationStudy: Study<Results> = {
  name: 'distillation',
  question: 'Does a small net learn more from few images with a larger one for its teacher?',
  seeds: 5,

  async run({ seeds, quick, log }) {
    const [trainSize, validationSize, epochs, teacherEpochs] = quick ? [128, 64, 2, 1] : [2000, 5000, 40, 20];
    const data = await loadMnist({ trainSize, validationSize, testSize: 1, layout: 'image' });
    const [teachers, runs]: [number[], Run[]] = [[], []];
    let steps = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const { teacher, accuracy } = await trainTeacher(data, seed, teacherEpochs);
      teachers.push(accuracy);
      log(`teacher ${seed}: ${percent(accuracy, 2)}`);
      for (const temperature of quick ? [null, 4] : [null, ...temperatures]) {
        const made = await train(data, temperature, teacher, seed, epochs);
        runs.push(made.run);
        ({ steps } = made);
        log(`${nameOf(temperature)}, seed ${seed}: ${percent(last(made.run.accuracy), 2)}`);
      }
    }
    return { trainSize, validationSize, epochs, steps, teachers, runs };
  },

  draw({ trainSize, validationSize, epochs, steps, teachers, runs }) {
    const of = (temperature: number | null): readonly Run[] => runs.filter((run) => run.temperature === temperature);
    const all = runs.map((run) => last(run.accuracy));
    const ticks = (low: number, high: number): number[] => Array.from({ length: Math.round((high - low) * 100) + 1 }, (_, i) => Math.round(low * 100 + i) / 100);
    const [low, high] = [Math.floor(100 * Math.min(...all)) / 100, Math.ceil(100 * Math.max(...all, ...teachers)) / 100];
    const format = (v: number): string => percent(v, 0);
    const curves: Panel = {
      title: 'Validation while training', y: { label: 'accuracy', ticks: ticks(low - 0.02, low + 0.06), format }, x: { label: 'epoch', ticks: [0, 0.25, 0.5, 0.75, 1].map((part) => part * epochs) },
      lines: settingsOf(runs).map((temperature) => ({
        label: nameOf(temperature),
        points: Array.from({ length: epochs }, (_, epoch) => ({ x: epoch + 1, y: pointOf(epoch, of(temperature).map((run) => run.accuracy[epoch] ?? Number.NaN)).y })),
      })),
    };
    const seeds = [...new Set(runs.map(({ seed }) => seed))];
    const bySeed: Panel = {
      title: 'After the last epoch, by seed', y: { label: 'accuracy', ticks: ticks(low, high), format }, x: { label: 'seed', ticks: seeds.length > 1 ? seeds : [0, 1] },
      lines: [
        ...settingsOf(runs).map((temperature) => ({ label: nameOf(temperature), dots: true, points: of(temperature).map((run) => ({ x: run.seed, y: last(run.accuracy) })) })),
        { label: 'teacher', dots: true, dashed: true, points: teachers.map((y, i) => ({ x: i + 1, y })) },
      ],
    };
    return {
      title: `Distillation on ${trainSize.toLocaleString('en')} digits`,
      note: `Student: perceptron 784-32-10. Teacher: a convolutional net (16 and 32 channels, dropout), trained on the same ${trainSize.toLocaleString('en')} images of MNIST; one a seed. All students: Adam at 0.001, batches of 64, ${steps.toLocaleString('en')} steps; distilled ones with alpha ${alpha}. Validation on ${validationSize.toLocaleString('en')} other images; the curves are the mean of ${seeds.length} seeds.`,
      panels: [curves, bySeed],
    };
  },

  table({ runs, teachers }) {
    const of = (temperature: number | null): number[] => runs.filter((run) => run.temperature === temperature).map((run) => last(run.accuracy));
    const alone = of(null);
    const row = (name: string, values: readonly number[], gain: string): string[] => {
      const { y, low, high } = pointOf(0, values);
      return [name, `${percent(y, 2)} (${percent(low, 2)} to ${percent(high, 2)})`, gain];
    };
    const gains = (values: readonly number[]): string => {
      const each = values.map((v, i) => v - (alone[i] ?? Number.NaN));
      return `${(100 * pointOf(0, each).y).toFixed(2)}, in ${each.filter((gain) => gain > 0).length} of ${each.length}`;
    };
    return [
      ['setting', 'validation', 'gained on alone, points, in seeds'],
      ...settingsOf(runs).map((temperature) => row(nameOf(temperature), of(temperature), temperature === null ? '' : gains(of(temperature)))),
      row('teacher', teachers, ''),
    ];
  },
};
