/** What `parsimony train` can be told, its defaults, and the checks that every value passes, from a file or the command line. */
import { checkChoice, checkNumber, checkOptions, fail, type Schedule, show, type TrainerOptions } from '@parsimony/core';
import type { Splits } from '@parsimony/datasets';
import { type BackendConfig, checkBackend } from './backend';
import type { Layout } from './layout';
import { checkModel, type ModelChoice, modelName, modelNames } from './models';
import { checkOptimizer, type OptimizerConfig } from './optimizer';
import { checkPlugins, type PluginConfig } from './plugins';
import { type RunName, runNames } from './run-names';
import { checkRateSchedule } from './schedule';

export { type RunName, runNames };

/** Data of one's own: the three sets, for networks that take this layout. */
export type DataSource = (wanted: { readonly layout: Layout; readonly trainSize: number; readonly validationSize: number }) => Splits | Promise<Splits>;

export interface TrainConfig {
  /** `mnist`, a folder with the four IDX files of MNIST's names, or, in a program, a function that returns the three sets. */
  readonly data: string | DataSource;
  readonly trainSize: number;
  readonly validationSize: number;
  readonly models: readonly ModelChoice[];
  readonly runs: readonly RunName[];
  readonly epochs: number;
  readonly batchSize: number;
  /** Microbatches that a step goes through, one after the other. */
  readonly accumulate: number;
  /** Whether batch norms take the statistics of each microbatch, or a step is left whole where there are batch norms. */
  readonly batchStatistics: NonNullable<TrainerOptions['batchStatistics']>;
  readonly optimizer: OptimizerConfig;
  readonly lr: number;
  /** A factor of `lr` over the steps of a run. */
  readonly schedule: Schedule;
  /** Of the regularized runs. */
  readonly plugins: readonly PluginConfig[];
  /** Checks of the validation loss without improvement before a run with early stopping ends. */
  readonly patience: number;
  /** Of the first run; runs over several seeds count up from it. */
  readonly seed: number;
  readonly seeds: number;
  /** `wasm`; `gpu`, gpu.js; `auto`: graphics hardware where it answers, wasm otherwise. Or `gpu` with its mode: { name: 'gpu', mode: 'webgpu' }. */
  readonly backend: BackendConfig;
  /** Of wasm. 0: one for each core. */
  readonly threads: number;
}

/** Strengths are common defaults, and early stopping looks at validation alone: nothing sees the test images. */
export const defaults: TrainConfig = {
  data: 'mnist', trainSize: 2000, validationSize: 2000, models: modelNames, runs: runNames,
  epochs: 50, batchSize: 128, accumulate: 1, batchStatistics: 'microbatch', optimizer: { name: 'adam' }, lr: 1e-3, schedule: 1,
  plugins: [
    { name: 'weightDecay', decay: 1e-2 }, { name: 'augment', transform: { name: 'RandomCrop', padding: 2 } }, { name: 'mixup', alpha: 0.2 }, { name: 'ema', decay: 0.99 },
    { name: 'earlyStopping' },
  ],
  patience: 15, seed: 0, seeds: 1, backend: 'wasm', threads: 0,
};

/** Refuses what is no configuration, naming the key, what was expected and what came; fills in the defaults. */
export function checkConfig(where: string, given: unknown): TrainConfig {
  checkOptions(where, given, Object.keys(defaults));
  const c = { ...defaults, ...given as Partial<TrainConfig> };
  if (typeof c.data !== 'function' && (typeof c.data !== 'string' || c.data === '')) {
    fail('config', `${where}: \`data\` must be 'mnist' or a folder, or a function that returns { train, validation, test }, received ${show(c.data)}.`);
  }
  const whole = (name: 'trainSize' | 'validationSize' | 'epochs' | 'batchSize' | 'patience' | 'seeds', min: number): void => {
    checkNumber(where, name, c[name], { min, integer: true });
  };
  whole('trainSize', 1);
  whole('validationSize', 1);
  whole('epochs', 1);
  // Batch norm cannot normalise a batch of one.
  whole('batchSize', 2);
  // So is each microbatch.
  checkNumber(where, 'accumulate', c.accumulate, { min: 1, max: Math.floor(c.batchSize / 2), integer: true });
  checkChoice(where, 'batchStatistics', c.batchStatistics, ['microbatch', 'unsplit']);
  whole('patience', 1);
  whole('seeds', 1);
  // The last one too must be one that can be counted to.
  checkNumber(where, 'seed', c.seed, { min: 0, max: Number.MAX_SAFE_INTEGER - c.seeds, integer: true });
  checkNumber(where, 'threads', c.threads, { min: 0, max: 64, integer: true });
  checkNumber(where, 'lr', c.lr, { min: 0, minExclusive: true });
  const runs = list(where, 'runs', c.runs, `'${runNames.join("', '")}'`).map((run) => checkChoice(where, 'runs', run, runNames));
  const models = list(where, 'models', c.models, `'${modelNames.join("', '")}', or { name, build }`).map((model, i) => checkModel(where, `models[${i}]`, model));
  refuseTwice(where, 'runs', runs);
  refuseTwice(where, 'models', models.map(modelName));
  return {
    ...c, runs, models, backend: checkBackend(where, c.backend),
    optimizer: checkOptimizer(where, c.optimizer), schedule: checkRateSchedule(where, c.schedule), plugins: checkPlugins(where, c.plugins, models),
  };
}

function list(where: string, key: string, value: unknown, of: string): readonly unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : fail('config', `${where}: \`${key}\` must be a list of ${of}, received ${show(value)}.`);
}

function refuseTwice(where: string, key: string, names: readonly string[]): void {
  if (new Set(names).size !== names.length) fail('config', `${where}: \`${key}\` names one of its entries twice: ${show(names)}.`);
}
