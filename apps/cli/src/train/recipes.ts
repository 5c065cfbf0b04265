/** The trainer of each run: the network, what watches its gradients, and, where it is regularized, the plugins of the configuration. */
import { type AnyPlugin, losses, metrics, Trainer } from '@parsimony/core';
import type { RunName, TrainConfig } from './config';
import { withGradientNorm } from './gradient-norm';
import { buildModel, layoutOf, type ModelChoice } from './models';
import { makeOptimizer } from './optimizer';
import { makePlugins } from './plugins';
import { rateOf } from './schedule';

export const pluginsOf = (model: ModelChoice, run: RunName, config: TrainConfig): readonly AnyPlugin[] =>
  withGradientNorm(run === 'plain' ? [] : makePlugins(config.plugins, { layout: layoutOf(model), patience: config.patience }));

export interface TrainerSettings {
  readonly model: ModelChoice;
  readonly run: RunName;
  readonly seed: number;
  readonly classes: number;
  /** Beside those of the configuration. */
  readonly watchers?: readonly AnyPlugin[];
  readonly accuracy?: metrics.Metric;
}

export function makeTrainer(config: TrainConfig, { model, run, seed, classes, watchers = [], accuracy = metrics.accuracy() }: TrainerSettings): Trainer {
  return new Trainer({
    model: buildModel(model, run === 'regularized', classes), loss: losses.crossEntropy(),
    optimizer: makeOptimizer(config.optimizer, rateOf(config.lr, config.schedule)), seed, metrics: [accuracy],
    plugins: [...pluginsOf(model, run, config), ...watchers],
  });
}
