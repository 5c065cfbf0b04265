/** Trains every model in every run over every seed, and gathers what the table shows. */
import { type FitResult, losses, optim, type ProgressEvent, Trainer } from '@parsimony/core';
import { loadIdxFolder, loadMnist, type Splits } from '@parsimony/datasets';
import type { ProgressValues } from '../terminal/progress';
import type { ModelName, RunName, TrainConfig } from './config';
import { buildModel, layoutOf } from './models';
import { pluginsOf } from './recipes';

export interface Outcome {
  readonly model: ModelName;
  readonly run: RunName;
  readonly seed: number;
  /** Accuracies in [0, 1] of the weights that the run kept. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly epochs: number;
  /** Of training and its checks on the validation images. */
  readonly seconds: number;
  /** Why the run ended. */
  readonly reason: string;
}

/** Told of one run: its progress, then its outcome. */
export interface Watcher {
  update(values: ProgressValues): void;
  finish(outcome: Outcome): void;
}

export async function loadData(config: TrainConfig, model: ModelName): Promise<Splits> {
  const options = { trainSize: config.trainSize, validationSize: config.validationSize, layout: layoutOf(model) };
  return config.data === 'mnist' ? loadMnist(options) : loadIdxFolder(config.data, options);
}

/** One run: fit, then count the errors on the three sets. The test set is looked at once, at the very end. */
export async function trainOnce(config: TrainConfig, model: ModelName, run: RunName, seed: number, data: Splits, watcher: Watcher, signal?: AbortSignal): Promise<Outcome> {
  const trainer = new Trainer({
    model: buildModel(model, run, data.train.numClasses ?? 10), loss: losses.crossEntropy(),
    optimizer: optim.adam({ lr: config.lr }), seed, plugins: pluginsOf(model, run, config),
  });
  const startedAt = performance.now();
  const result: FitResult = await trainer.fit({
    train: data.train, validation: data.validation, epochs: config.epochs, batchSize: config.batchSize,
    onProgress: reporter(watcher), ...(signal ? { signal } : {}),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const accuracy = async (set: Splits[keyof Splits]): Promise<number> => (await trainer.evaluate(set))['accuracy'] ?? Number.NaN;
  const outcome: Outcome = {
    model, run, seed, seconds, epochs: result.epochs, reason: result.reason,
    train: await accuracy(data.train), validation: await accuracy(data.validation), test: await accuracy(data.test),
  };
  watcher.finish(outcome);
  return outcome;
}

/** From the trainer's events to what a progress bar shows. */
function reporter(watcher: Watcher): (event: ProgressEvent) => void {
  let accuracy: number | undefined;
  return (event) => {
    if (event.kind === 'eval') accuracy = event.result.metrics['accuracy'];
    if (event.kind !== 'step') return;
    watcher.update({ step: event.step, totalSteps: event.totalSteps, epoch: event.epoch, loss: event.loss, ...(accuracy === undefined ? {} : { accuracy }) });
  };
}
