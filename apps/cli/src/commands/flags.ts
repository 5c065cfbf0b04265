/** The options of `parsimony train`: their help, and their way from the command line into a configuration. */
import { checkOptions, fail } from '@parsimony/core';
import { defaults, type TrainConfig } from '../train/config';

export const flags = {
  config: { type: 'string', description: 'A configuration in TypeScript, JavaScript or JSON; the command line wins (default: parsimony.config.ts or its like, if there is one)', valueHint: 'FILE' },
  data: { type: 'string', description: `'mnist', or a folder with the four IDX files (default: ${String(defaults.data)})`, valueHint: 'NAME|FOLDER' },
  'train-size': { type: 'string', description: `Images to train on (default: ${defaults.trainSize})`, valueHint: 'N' },
  'validation-size': { type: 'string', description: `Images held out for validation and early stopping (default: ${defaults.validationSize})`, valueHint: 'N' },
  models: { type: 'string', description: `Networks, separated by commas: mlp, cnn (default: ${defaults.models.join(',')})`, valueHint: 'LIST' },
  runs: { type: 'string', description: `Runs, separated by commas: plain, regularized (default: ${defaults.runs.join(',')})`, valueHint: 'LIST' },
  epochs: { type: 'string', description: `Passes over the training images, at most (default: ${defaults.epochs})`, valueHint: 'N' },
  'batch-size': { type: 'string', description: `Images a step (default: ${defaults.batchSize})`, valueHint: 'N' },
  lr: { type: 'string', description: `Learning rate (default: ${defaults.lr})`, valueHint: 'X' },
  patience: { type: 'string', description: `Epochs without a better validation loss before a regularized run stops (default: ${defaults.patience})`, valueHint: 'N' },
  seed: { type: 'string', description: `First seed (default: ${defaults.seed})`, valueHint: 'N' },
  seeds: { type: 'string', description: `Number of seeds; with several, the table shows mean and standard deviation (default: ${defaults.seeds})`, valueHint: 'N' },
  backend: { type: 'string', description: `wasm, gpu (gpu.js), or auto: graphics hardware where it answers, else wasm (default: ${String(defaults.backend)})`, valueHint: 'NAME' },
  threads: { type: 'string', description: 'Threads of the wasm backend (default: 0, one for each core)', valueHint: 'N' },
  json: { type: 'string', description: 'Write the configuration and every outcome to this file', valueHint: 'FILE' },
  resume: { type: 'string', description: 'Go on with a training that was interrupted (default: the newest in runs/). Only --backend, --threads, --json and --report may be given beside it', valueHint: '[FOLDER]' },
  report: { type: 'string', description: 'Write the report, one HTML file, here (default: runs/<time>/report.html)', valueHint: 'FILE' },
} as const;

type Flag = keyof typeof flags;

/** Flags whose value is a list of names, and those whose value is a text; the others are numbers. */
const lists: readonly Flag[] = ['models', 'runs'];
const texts: readonly Flag[] = ['data', 'backend'];
/** Flags that say where files are, and are no part of a configuration. */
const files: readonly Flag[] = ['config', 'json', 'report', 'resume'];

const camel = (flag: string): string => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What was given on the command line, under the names of a configuration; an unknown flag is an error. */
export function configOfFlags(given: Readonly<Record<string, unknown>>, where = 'parsimony train', accepted: readonly string[] = Object.keys(flags)): Partial<TrainConfig> {
  const { _: positional, ...rest } = given;
  // The parser gives a flag under both spellings, `train-size` and `trainSize`.
  const spelled = Object.fromEntries(Object.entries(rest).map(([flag, value]) => [camel(flag), value]));
  checkOptions(where, spelled, accepted.map(camel));
  if (Array.isArray(positional) && positional.length > 0) fail('config', `${where}: expected options only, received ${JSON.stringify(positional[0])}.`);
  const entries = (Object.keys(flags) as Flag[]).flatMap((flag) => {
    const value = spelled[camel(flag)];
    return value === undefined || files.includes(flag) ? [] : [[camel(flag), valueOf(where, flag, value)] as const];
  });
  return Object.fromEntries(entries) as Partial<TrainConfig>;
}

function valueOf(where: string, flag: Flag, text: unknown): unknown {
  if (typeof text !== 'string' || text.trim() === '') return fail('config', `${where}: --${flag} needs a value.`);
  if (lists.includes(flag)) return text.split(',').map((name) => name.trim());
  if (texts.includes(flag)) return text;
  const number = Number(text);
  return Number.isNaN(number) ? fail('config', `${where}: --${flag} must be a number, received ${JSON.stringify(text)}.`) : number;
}
