/** Options of the Trainer and of its calls, checked. */
import { checkAhead } from '../data/batch-stream';
import type { Dataset } from '../data/dataset';
import { fail, show } from '../errors';
import { accuracy } from '../metrics/accuracy';
import type { Metric } from '../metrics/metric';
import { isModule, type Module } from '../nn/module';
import type { Optimizer } from '../optim/optimizer';
import { checkBoolean, checkChoice, checkNumber, checkOptions } from '../options';
import { key as keyOfSeed } from '../random/key';
import type { Inputs, LossFunction, Outputs } from '../types';
import type { CheckpointSource } from './checkpoint/files';
import { type CheckedCheckpointOptions, checkCheckpointOptions, type CheckpointOptions } from './checkpoint/options';
import type { AnyPlugin } from './contract';
import { checkListener, type Listener, type ProgressListener } from './events';
import { type BatchStatistics, batchStatisticsChoices } from './parts/pieces';
import { type CheckedFactory, checkFactory, type TrainerFactory } from './replicas/options';
import type { FitSnapshot } from './snapshot';

export interface TrainerOptions {
  readonly model: Module<Inputs, Outputs>;
  /** From `losses`, or a function of outputs and target with `lossName` and `options`. */
  readonly loss: LossFunction;
  /** From `optim`. */
  readonly optimizer: Optimizer;
  /** Whole number in [0, 2^53): initial weights, order of the data, every mask. */
  readonly seed: number;
  /** Default none. Their order decides where nothing else does. */
  readonly plugins?: readonly AnyPlugin[];
  /** Microbatches a step: less memory, the same gradients. 1 or more. Default 1. */
  readonly accumulate?: number;
  /**
   * With `accumulate`: which statistics batch norms take. 'microbatch': those of each microbatch. 'unsplit': those of the whole
   * batch, which a model with batch norm then runs in one piece, so memory is not saved. Default 'microbatch'.
   */
  readonly batchStatistics?: BatchStatistics;
  /**
   * Where `fit({ replicas })` finds the function that makes this trainer, to make it in other threads too: the address of the module
   * that exports it by default (`import.meta.url`), with the arguments of the call where it has any: `{ module, args }`.
   */
  readonly factory?: string | URL | TrainerFactory;
  /** Measured in training and evaluation. Default: accuracy, where there are classes. */
  readonly metrics?: readonly Metric[];
  /** Evaluate on the validation data after every so many steps. Default: after each epoch. */
  readonly evaluateEvery?: number;
  /** A step with a loss or gradient that is not finite is never applied. 'stop' then ends the fit with an error. Default 'stop'. */
  readonly nonFinite?: 'stop' | 'skip';
}

export interface FitOptions {
  readonly train: Dataset;
  readonly validation?: Dataset;
  /** 1 or more. */
  readonly epochs: number;
  /** Samples a step. 1 or more. */
  readonly batchSize: number;
  /** Default 256. */
  readonly evalBatchSize?: number;
  /** Another order each epoch, by the seed. Default true. */
  readonly shuffle?: boolean;
  /** Leave out the last batch of an epoch where it is smaller. Default false. */
  readonly dropLast?: boolean;
  /**
   * Threads that train together, this one included, on the wasm backend in Node: each takes its part of a batch on a copy of the
   * model, and the gradients are put together by the losses' denominators. Needs `factory` in the Trainer. 1 to 64. Default 1.
   */
  readonly replicas?: number;
  /** When it aborts, the fit ends after the step, with the reason 'aborted'. */
  readonly signal?: AbortSignal;
  /**
   * Told of the start, each step, evaluation, epoch and checkpoint, and the end; or functions by kind of event: `{ epoch: (event) => … }`.
   * Awaited where it returns a promise. Who listens to steps has each step's loss read from the device.
   */
  readonly onProgress?: ProgressListener;
  /** Write checkpoints, to go on from after an interruption or an error. */
  readonly checkpoint?: CheckpointOptions;
  /**
   * Go on from a checkpoint: the newest of a folder or store, the file that is named, or what `snapshot()` took. Model,
   * optimizer, plugins, seed, data and batch size must be the same; `epochs` may be more.
   */
  readonly resume?: CheckpointSource | FitSnapshot;
}

export interface EvaluateOptions {
  /** Default 256. */
  readonly batchSize?: number;
  /** What `aroundEval` hooks are told. Default 'test'. */
  readonly split?: string;
}

export type CheckedTrainerOptions = Required<Omit<TrainerOptions, 'evaluateEvery' | 'factory'>>
  & { readonly evaluateEvery: number | undefined; readonly factory: CheckedFactory | undefined };

export function checkTrainerOptions(options: TrainerOptions): CheckedTrainerOptions {
  const where = 'Trainer';
  checkOptions(where, options, ['model', 'loss', 'optimizer', 'seed', 'plugins', 'accumulate', 'batchStatistics', 'factory', 'metrics', 'evaluateEvery', 'nonFinite']);
  const { model, loss, optimizer, seed, plugins = [], evaluateEvery } = options;
  if (!isModule(model)) fail('option', `${where}: \`model\` must be a module, such as \`new nn.Sequential(…)\`, received ${show(model)}.`);
  if (typeof loss !== 'function' || typeof (loss as Partial<LossFunction>).lossName !== 'string') {
    fail('option', `${where}: \`loss\` must be a loss function, received ${show(loss)}.${typeof loss === 'function' ? ' Call the factory: `losses.crossEntropy()`. A function of your own needs `lossName` and `options`.' : ' Such as `losses.crossEntropy()`.'}`);
  }
  if (typeof optimizer !== 'object' || optimizer === null || typeof (optimizer as Partial<Optimizer>).step !== 'function') {
    fail('option', `${where}: \`optimizer\` must be an optimizer, such as \`optim.adam({ lr: 1e-3 })\`, received ${show(optimizer)}.`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) fail('option', `${where}: \`seed\` must be a whole number in [0, 2^53), received ${show(seed)}. It makes the run repeatable.`);
  keyOfSeed(seed);
  if (!Array.isArray(plugins)) fail('option', `${where}: \`plugins\` must be a list, received ${show(plugins)}.`);
  if (evaluateEvery !== undefined) checkNumber(where, 'evaluateEvery', evaluateEvery, { min: 1, integer: true });
  return {
    model, loss, optimizer, seed, plugins, evaluateEvery,
    accumulate: checkNumber(where, 'accumulate', options.accumulate ?? 1, { min: 1, integer: true }),
    batchStatistics: checkChoice(where, 'batchStatistics', options.batchStatistics ?? 'microbatch', batchStatisticsChoices),
    factory: checkFactory(where, options.factory),
    metrics: checkMetrics(where, options.metrics ?? [accuracy(classAxisOf(loss))]),
    nonFinite: checkChoice(where, 'nonFinite', options.nonFinite ?? 'stop', ['stop', 'skip']),
  };
}

/** The loss says where the classes are. */
function classAxisOf({ options }: LossFunction): { readonly classAxis?: number } {
  const axis = (options as { readonly classAxis?: unknown } | null)?.classAxis;
  return typeof axis === 'number' ? { classAxis: axis } : {};
}

function checkMetrics(where: string, metrics: unknown): readonly Metric[] {
  if (!Array.isArray(metrics)) return fail('option', `${where}: \`metrics\` must be a list, received ${show(metrics)}.`);
  const names = (metrics as readonly Metric[]).map((metric, i) => {
    if (typeof metric?.name !== 'string' || typeof metric.compute !== 'function') fail('option', `${where}: metrics[${i}] must be a metric, such as \`metrics.accuracy()\`, received ${show(metric)}.`);
    if ((metric.parts === undefined) !== (metric.combine === undefined)) fail('option', `${where}: metrics[${i}], '${metric.name}', must have \`parts\` and \`combine\` or neither.`);
    if (metric.parts !== undefined) checkNumber(where, `metrics[${i}].parts`, metric.parts, { min: 1, integer: true });
    if (metric.name === 'loss' || metric.name === '') fail('option', `${where}: metrics[${i}] cannot be called ${show(metric.name)}; that name is taken.`);
    return metric.name;
  });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail('option', `${where}: two metrics are called '${twice}'. Give one another name: \`{ ...metric, name: 'other' }\`.`);
  return metrics as readonly Metric[];
}

export type CheckedFitOptions = Required<Omit<FitOptions, 'validation' | 'signal' | 'onProgress' | 'resume' | 'checkpoint'>>
  & Pick<FitOptions, 'validation' | 'signal' | 'resume'> & { readonly checkpoint: CheckedCheckpointOptions | undefined; readonly listener?: Listener | undefined };

export function checkFitOptions(options: FitOptions): CheckedFitOptions {
  const where = 'fit';
  checkOptions(where, options, ['train', 'validation', 'epochs', 'batchSize', 'evalBatchSize', 'shuffle', 'dropLast', 'replicas', 'signal', 'onProgress', 'checkpoint', 'resume']);
  const { onProgress, ...rest } = options;
  const { signal } = rest;
  if (signal !== undefined && typeof (signal as Partial<AbortSignal>).aborted !== 'boolean') fail('option', `${where}: \`signal\` must be an AbortSignal: \`new AbortController().signal\`, received ${show(signal)}.`);
  const checked: CheckedFitOptions = {
    ...rest,
    listener: checkListener(where, onProgress),
    checkpoint: options.checkpoint === undefined ? undefined : checkCheckpointOptions(options.checkpoint),
    train: checkDataset(where, 'train', options.train),
    epochs: checkNumber(where, 'epochs', options.epochs, { min: 1, integer: true }),
    batchSize: checkNumber(where, 'batchSize', options.batchSize, { min: 1, integer: true }),
    evalBatchSize: checkNumber(where, 'evalBatchSize', options.evalBatchSize ?? 256, { min: 1, integer: true }),
    shuffle: checkBoolean(where, 'shuffle', options.shuffle ?? true),
    dropLast: checkBoolean(where, 'dropLast', options.dropLast ?? false),
    replicas: checkNumber(where, 'replicas', options.replicas ?? 1, { min: 1, max: 64, integer: true }),
  };
  checkReplicas(where, checked);
  if (options.validation !== undefined) checkDataset(where, 'validation', options.validation);
  if (checked.dropLast && checked.train.size < checked.batchSize) {
    fail('data', `${where}: with dropLast and batchSize: ${checked.batchSize} no batch is left of ${checked.train.size} samples. Take a smaller batch.`);
  }
  return checked;
}

/** Every batch must have a sample for each replica. */
function checkReplicas(where: string, { replicas, train, batchSize, dropLast }: CheckedFitOptions): void {
  const whole = Math.min(batchSize, train.size);
  if (whole < replicas) fail('option', `${where}: \`replicas\` must be at most the batch size, ${whole}, received ${replicas}.`);
  const last = train.size % batchSize;
  if (!dropLast && last > 0 && last < replicas) fail('data', `${where}: the last batch of an epoch has ${last} of ${train.size} samples, too few for ${replicas} replicas. Pass dropLast: true, or another batch size.`);
}

export function checkDataset(where: string, name: string, dataset: unknown): Dataset {
  const { size, batch, ahead } = (dataset ?? {}) as Partial<Dataset>;
  if (typeof size !== 'number' || typeof batch !== 'function') return fail('data', `${where}: \`${name}\` must be a data set { size, batch(ids) }, such as \`arrayDataset(…)\`, received ${show(dataset)}.`);
  if (!Number.isInteger(size) || size < 1) fail('data', `${where}: \`${name}\` is an empty data set (size ${size}). Was everything filtered out?`);
  if (ahead !== undefined) checkAhead(`${where}: \`${name}\``, ahead);
  return dataset as Dataset;
}
