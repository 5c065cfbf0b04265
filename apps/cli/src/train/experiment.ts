/** Trains every model in every run over every seed, and gathers what the table shows. */
import { losses, optim, Trainer } from '@parsimony/core';
import { loadIdxFolder, loadMnist, type Splits } from '@parsimony/datasets';
import type { ModelName, RunName, TrainConfig } from './config';
import { buildModel, layoutOf } from './models';
import { pluginsOf } from './recipes';

export interface Outcome {
  readonly model: ModelName;
  readonly run: RunName;
  readonly seed: number;
  /** Accuracies in [0, 1], of the weights that the run kept. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly epochs: number;
  /** Of training and its validation checks. */
  readonly seconds: number;
  readonly stopped: string;
}

export interface Watcher {
  /** Told before each run; what it returns is told of the run's progress and end. */
  start(model: ModelName, run: RunName, seed: number): {
    update(values: { readonly step: number; readonly totalSteps: number; readonly epoch: number; readonly loss?: number; readonly accuracy?: number }): void;
    finish(outcome: Outcome): void;
  };
}

export async function loadData(config: TrainConfig, model: ModelName): Promise<Splits> {
  const options = { trainSize: config.trainSize, validationSize: config.validationSize, layout: layoutOf(model) };
  return config.data === 'mnist' ? loadMnist(options) : loadIdxFolder(config.data, options);
}
