/** A small problem that tests of the trainer share. */
import { arrayDataset } from '../../data/array-dataset';
import type { Dataset } from '../../data/dataset';
import { losses, nn, optim } from '../../index';
import type { AnyPlugin, Hooks, Plugin, State } from '../contract';
import { definePlugin } from '../define-plugin';
import type { TrainerOptions } from '../options';
import { Trainer } from '../trainer';

/** Two groups of points in the plane, with some overlap. */
export const points = (size: number): Dataset => arrayDataset({
  inputs: Float32Array.from({ length: size * 2 }, (_, i) => Math.sin(i * 1.7) + ((i >> 1) % 2 === 0 ? 1 : -1)), shape: [2],
  labels: Array.from({ length: size }, (_, i) => i % 2), numClasses: 2,
});

export const mlp = (): nn.Sequential => new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, 2));

export const makeTrainer = (options: Partial<TrainerOptions> = {}): Trainer =>
  new Trainer({ model: mlp(), loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.05 }), seed: 1, ...options });

export const makePlugin = (name: string, hooks: Hooks<State> = {}, more: Partial<Plugin> = {}): AnyPlugin =>
  definePlugin({ name, version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample', hooks, ...more });

/** Parameters and buffers by path, as numbers. */
export const weightsOf = async (trainer: Trainer): Promise<Record<string, number[]>> => Object.fromEntries(
  await Promise.all(Object.entries(trainer.model.stateDict()).map(async ([path, x]): Promise<[string, number[]]> => [path, Array.from(await x.data())])));
