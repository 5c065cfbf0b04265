/** What the studies of mixing share: runs on few images of Fashion-MNIST by a setting's plugins, their curves and their table. */
import { type AnyPlugin, losses, metrics, optim, schedules, Trainer } from '@parsimony/core';
import { buildFashionModel, loadFashion } from './fashion';
import type { Axis, Figure, Panel } from './figure';
import { percent, pointOf, type StudyOptions } from './study';

export interface Run {
  readonly setting: string;
  readonly seed: number;
  /** Every `every` epochs, in evaluation mode, on images that were not trained on. */
  readonly accuracy: readonly number[];
  readonly loss: readonly number[];
  /** At the end, on the images as they are. */
  readonly trainAccuracy: number;
  readonly [name: string]: string | number | readonly number[];
}
export interface Results { readonly trainSize: number; readonly validationSize: number; readonly epochs: number; readonly every: number; readonly runs: readonly Run[]; readonly [name: string]: number | readonly Run[] }

/** Plugins by the name of the setting, made anew for each run. */
export type Settings = Readonly<Record<string, () => AnyPlugin[]>>;

const digits = (v: number): number => Number(v.toFixed(4));

export async function runSettings(options: StudyOptions, settings: Settings, allEpochs = 100): Promise<Results> {
  const [trainSize, validationSize, epochs, every] = options.quick ? [128, 64, 2, 1] : [1000, 5000, allEpochs, allEpochs / 10];
  const { train, validation } = await loadFashion(options, { trainSize, validationSize, testSize: 1 });
  const runs: Run[] = [];
  for (let seed = 1; seed <= options.seeds; seed++) {
    for (const [setting, plugins] of Object.entries(settings)) {
      const trainer = new Trainer({
        model: buildFashionModel(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: schedules.cosine({ value: 2e-3 }) }), seed, metrics: [metrics.accuracy()], plugins: plugins(),
      });
      const seen: Readonly<Record<string, number>>[] = [];
      await trainer.fit({
        train, epochs, batchSize: 64,
        onProgress: async (event) => { if (event.kind === 'epoch' && (event.epoch + 1) % every === 0) seen.push(await trainer.evaluate(validation)); },
      });
      const run: Run = {
        setting, seed, accuracy: seen.map(({ accuracy = NaN }) => digits(accuracy)), loss: seen.map(({ loss = NaN }) => digits(loss)),
        trainAccuracy: digits((await trainer.evaluate(train))['accuracy'] ?? NaN),
      };
      trainer.dispose();
      runs.push(run);
      options.log(`seed ${seed}, ${setting}: training ${percent(run.trainAccuracy)}, validation ${percent(last(run.accuracy), 2)}, loss ${last(run.loss).toFixed(3)}`);
    }
  }
  return { trainSize, validationSize, epochs, every, runs };
}

const last = (values: readonly number[]): number => values.at(-1) ?? Number.NaN;
const settingsOf = (runs: readonly Run[]): string[] => [...new Set(runs.map(({ setting }) => setting))];

export function drawRuns(title: string, { trainSize, validationSize, epochs, every, runs }: Results, lossTicks: readonly number[] = [0.4, 0.6, 0.8, 1, 1.2]): Figure {
  const curves = (name: string, what: 'accuracy' | 'loss', y: Axis): Panel => ({
    title: name, y, x: { label: 'epoch', ticks: [0, 0.25, 0.5, 0.75, 1].map((part) => part * epochs) },
    lines: settingsOf(runs).map((setting) => ({
      label: setting,
      points: Array.from({ length: epochs / every }, (_, i) => pointOf((i + 1) * every, runs.filter((run) => run.setting === setting).map((run) => run[what][i] ?? Number.NaN))),
    })),
  });
  return {
    title: `${title} on ${trainSize.toLocaleString('en')} images of clothes`,
    note: `Convolutional net of 12 and 24 channels with a hidden layer of 64, Adam at 0.002 falling to 0 by a cosine, batches of 64, ${epochs} epochs on ${trainSize.toLocaleString('en')} images of Fashion-MNIST; accuracy and cross entropy on ${validationSize.toLocaleString('en')} others, as they are. Means of ${new Set(runs.map(({ seed }) => seed)).size} seeds, whiskers from the smallest to the largest.`,
    panels: [
      curves('Validation accuracy', 'accuracy', { label: 'accuracy', ticks: [0.72, 0.74, 0.76, 0.78, 0.8, 0.82, 0.84], format: (v) => percent(v, 0) }),
      curves('Validation loss', 'loss', { label: 'cross entropy', ticks: lossTicks }),
    ],
  };
}

/** Beside each setting what it gained on the first one of the same seed. */
export function tableOf({ runs }: Results): readonly (readonly string[])[] {
  const [first = ''] = settingsOf(runs);
  const of = (setting: string): readonly Run[] => runs.filter((run) => run.setting === setting);
  const rows = settingsOf(runs).map((setting) => {
    const own = of(setting);
    const accuracy = pointOf(0, own.map((run) => last(run.accuracy)));
    const gained = own.map((run) => last(run.accuracy) - last(of(first).find(({ seed }) => seed === run.seed)?.accuracy ?? []));
    const better = gained.filter((gain) => gain > 0).length;
    return [
      setting, percent(pointOf(0, own.map((run) => run.trainAccuracy)).y), `${percent(accuracy.y, 2)} (${percent(accuracy.low, 2)} to ${percent(accuracy.high, 2)})`,
      setting === first ? '' : `${(100 * pointOf(0, gained).y).toFixed(2)}, in ${better} of ${own.length}`, pointOf(0, own.map((run) => last(run.loss))).y.toFixed(3),
    ];
  });
  return [['setting', 'training', 'validation', `gained on ${first}, points, in seeds`, 'validation loss'], ...rows];
}
