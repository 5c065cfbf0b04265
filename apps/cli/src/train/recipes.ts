/** The trainer of each run: the network, what watches its gradients, and, where it is regularized, the plugins of the configuration. */
import { type AnyPlugin, losses, metrics, Trainer } from '@parsimony/core';
import type { RunName, TrainConfig } from './config';
import { withGradientNorm } from './gradient-norm';
import { buildModel, layoutOf, type ModelChoice } from './models';
import { makeOptimizer } from './optimizer';
import { makePlugins } from './plugins';
import { rateOf } from './schedule';

/** Of a run on data with so many classes. */
export async function pluginsOf(model: ModelChoice, run: RunName, config: TrainConfig, classes: number): Promise<readonly AnyPlugin[]> {
  const { plugins, patience, models } = config;
  return withGradientNorm(run === 'plain' ? [] : await makePlugins(plugins, { layout: layoutOf(model), patience, classes, models }));
}

export interface TrainerSettings {
  readonly model: ModelChoice;
  readonly run: RunName;
  readonly seed: number;
  readonly classes: number;
  /** Beside those of the configuration. */
  readonly watchers?: readonly AnyPlugin[];
  readonly accuracy?: metrics.Metric;
}

export async function makeTrainer(config: TrainConfig, { model, run, seed, classes, watchers = [], accuracy = metrics.accuracy() }: TrainerSettings): Promise<Trainer> {
  return new Trainer({
    model: buildModel(model, run === 'regularized', classes), loss: losses.crossEntropy(),
    optimizer: makeOptimizer(config.optimizer, rateOf(config.lr, config.schedule)), seed, metrics: [accuracy], accumulate: config.accumulate, batchStatistics: config.batchStatistics,
    plugins: [...await pluginsOf(model, run, config, classes), ...watchers],
  });
}
