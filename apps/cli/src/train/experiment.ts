/** Trains every model in every run over every seed, and gathers what the table and the report show. */
import { directoryStore, fail, type FitResult, type ProgressEvent, show, writeSafetensors } from '@parsimony/core';
import { loadIdxFolder, loadMnist, type Splits } from '@parsimony/datasets';
import { predict, watchedAccuracy } from '../report/predictions';
import type { RunRecord } from '../report/record';
import type { ProgressValues } from '../terminal/progress';
import type { RunName, TrainConfig } from './config';
import type { RunPlace } from './folder';
import { layoutOf, type ModelChoice, modelName } from './models';
import { makeTrainer } from './recipes';
import { calling } from './within';

export interface Outcome {
  readonly model: string;
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

export async function loadData(config: TrainConfig, model: ModelChoice): Promise<Splits> {
  const options = { trainSize: config.trainSize, validationSize: config.validationSize, layout: layoutOf(model) };
  if (typeof config.data === 'string') return config.data === 'mnist' ? loadMnist(options) : loadIdxFolder(config.data, options);
  const { data } = config;
  const splits: unknown = await calling('data', () => data(options));
  for (const name of ['train', 'validation', 'test'] as const) {
    const set = (splits as Partial<Splits> | undefined)?.[name] as Partial<Splits['train']> | undefined;
    if (typeof set?.batch !== 'function' || !(Number(set.size) >= 1)) {
      fail('config', `data: the function must return { train, validation, test }, three data sets that are not empty; \`${name}\` is ${show(set)}.`);
    }
  }
  return splits as Splits;
}

/** Classes of a data set that names none: ten, as in MNIST. */
export const classesOf = (data: Splits): number => data.train.numClasses ?? 10;

export interface RunOptions {
  /** When it aborts, the run ends after the step. */
  readonly signal?: AbortSignal;
  /** Where it keeps checkpoints, from which it goes on if there are any, and in the end its weights. */
  readonly place?: RunPlace;
}

/** A run that was ended by its signal. */
export interface Interrupted { readonly interrupted: { readonly step: number } }

/** Seconds between checkpoints: little to lose, and little time spent on them. */
const checkpointSeconds = 10;

/** One run: fit, then count the errors on the three sets. The test set is looked at once, at the very end. */
export function trainOnce(config: TrainConfig, model: ModelChoice, run: RunName, seed: number, data: Splits, watcher: Watcher): Promise<RunRecord>;
export function trainOnce(config: TrainConfig, model: ModelChoice, run: RunName, seed: number, data: Splits, watcher: Watcher, options: RunOptions): Promise<RunRecord | Interrupted>;
export async function trainOnce(
  config: TrainConfig, model: ModelChoice, run: RunName, seed: number, data: Splits, watcher: Watcher, { signal, place }: RunOptions = {},
): Promise<RunRecord | Interrupted> {
  const accuracy = watchedAccuracy();
  const trainer = await makeTrainer(config, { model, run, seed, classes: classesOf(data), accuracy: accuracy.metric });
  const begun = place !== undefined && (await directoryStore(place.checkpoints).list()).some((file) => file.startsWith('step-'));
  const result: FitResult = await trainer.fit({
    train: data.train, validation: data.validation, epochs: config.epochs, batchSize: config.batchSize,
    onProgress: reporter(watcher), ...(signal ? { signal } : {}),
    ...(place ? { checkpoint: { directory: place.checkpoints, everySeconds: checkpointSeconds } } : {}), ...(begun ? { resume: place.checkpoints } : {}),
  });
  if (result.reason === 'aborted') return { interrupted: { step: result.steps } };
  // What the fit took before it was interrupted counts too.
  const seconds = result.history.reduce((sum, { values }) => sum + (values['seconds'] ?? 0), 0);
  const accuracyOf = async (set: Splits[keyof Splits]): Promise<number> => (await trainer.evaluate(set))['accuracy'] ?? Number.NaN;
  const [train, validation] = [await accuracyOf(data.train), await accuracyOf(data.validation)];
  const { seen: test, batches } = await accuracy.watch(() => accuracyOf(data.test));
  const outcome: Outcome = { model: modelName(model), run, seed, seconds, epochs: result.epochs, reason: result.reason, train, validation, test };
  if (place) await place.saveWeights(await writeSafetensors(trainer.model.stateDict()));
  watcher.finish(outcome);
  return {
    outcome, history: result.history, kept: result.kept ?? null, explained: trainer.explain(), findings: trainer.findings,
    predictions: await predict(batches, data.test),
  };
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
