/** What `parsimony train` can be told, its defaults, and the checks that every value passes, from a file or the command line. */
import { checkChoice, checkNumber, checkOptions, fail, show } from '@parsimony/core';

export const modelNames = ['mlp', 'cnn'] as const;
export type ModelName = (typeof modelNames)[number];
/** `plain`: no regularizer. `regularized`: the packages of this repository together. */
export const runNames = ['plain', 'regularized'] as const;
export type RunName = (typeof runNames)[number];

export interface TrainConfig {
  /** `mnist`, or a folder with the four IDX files of MNIST's names. */
  readonly data: string;
  readonly trainSize: number;
  readonly validationSize: number;
  readonly models: readonly ModelName[];
  readonly runs: readonly RunName[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  /** Checks of the validation loss without improvement before a regularized run stops. */
  readonly patience: number;
  /** Of the first run; runs over several seeds count up from it. */
  readonly seed: number;
  readonly seeds: number;
  /** 0: one for each core. */
  readonly threads: number;
}

export const defaults: TrainConfig = {
  data: 'mnist', trainSize: 2000, validationSize: 2000, models: modelNames, runs: runNames,
  epochs: 50, batchSize: 128, lr: 1e-3, patience: 15, seed: 0, seeds: 1, threads: 0,
};

/** Refuses what is no configuration, naming the key, what was expected and what came; fills in the defaults. */
export function checkConfig(where: string, given: unknown): TrainConfig {
  checkOptions(where, given, Object.keys(defaults));
  const c = { ...defaults, ...given as Partial<TrainConfig> };
  if (typeof c.data !== 'string' || c.data === '') fail('config', `${where}: \`data\` must be 'mnist' or a folder, received ${show(c.data)}.`);
  const whole = (name: 'trainSize' | 'validationSize' | 'epochs' | 'batchSize' | 'patience' | 'seeds', min: number): void => {
    checkNumber(where, name, c[name], { min, integer: true });
  };
  whole('trainSize', 1);
  whole('validationSize', 1);
  whole('epochs', 1);
  // Batch norm cannot normalise a batch of one.
  whole('batchSize', 2);
  whole('patience', 1);
  whole('seeds', 1);
  checkNumber(where, 'seed', c.seed, { min: 0, integer: true });
  checkNumber(where, 'threads', c.threads, { min: 0, max: 64, integer: true });
  checkNumber(where, 'lr', c.lr, { min: 0, minExclusive: true });
  return { ...c, models: names(where, 'models', c.models, modelNames), runs: names(where, 'runs', c.runs, runNames) };
}

function names<T extends string>(where: string, key: string, value: unknown, known: readonly T[]): readonly T[] {
  if (!Array.isArray(value) || value.length === 0) {
    return fail('config', `${where}: \`${key}\` must be a list of ${known.map((n) => `'${n}'`).join(', ')}, received ${show(value)}.`);
  }
  const checked = value.map((item) => checkChoice(where, key, item, known));
  if (new Set(checked).size !== checked.length) fail('config', `${where}: \`${key}\` names one of its entries twice: ${show(value)}.`);
  return checked;
}

/** The JSON of a configuration file. */
export function parseConfig(name: string, text: string): Partial<TrainConfig> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail('config', `${name}: not JSON: ${(error as Error).message}.`, { cause: error });
  }
  checkOptions(name, value, Object.keys(defaults));
  return value as Partial<TrainConfig>;
}

