/** A fit of nine steps on three blobs, and all that the plugin contract wants to know of it. */
import {
  type AnyPlugin, arrayDataset, type CheckpointStore, type Dataset, type Inputs, losses, type LossFunction, nn, optim, type Outputs, Trainer,
} from '@parsimony/core';
import { sample } from '../sample';
import { snapshot, type Snapshot } from './values';

export interface Setting {
  readonly model: () => nn.Module<Inputs, Outputs>;
  readonly loss: LossFunction;
  readonly optimizer: optim.Optimizer;
  readonly train: Dataset;
  readonly validation: Dataset;
}

/** `size` points in four dimensions around three centers, a class each. */
function blobs(size: number, seed: number): Dataset {
  const noise = sample(size * 4, { seed });
  const center = (label: number, axis: number): number => (axis === label ? 1 : 0);
  return arrayDataset({
    inputs: Float32Array.from(noise, (v, i) => center((i >> 2) % 3, i % 4) + v), shape: [4],
    labels: Array.from({ length: size }, (_, i) => i % 3), numClasses: 3,
  });
}

const mlp = (): nn.Module<Inputs, Outputs> => new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new nn.Linear(16, 3)) as unknown as nn.Module<Inputs, Outputs>;

export function settingOf(given: Partial<Setting>): Setting {
  const { model = mlp, loss = losses.crossEntropy(), optimizer = optim.sgd({ lr: 0.1, momentum: 0.9 }), train = blobs(40, 1), validation = blobs(24, 2) } = given;
  return { model, loss, optimizer, train, validation };
}

export interface FitDetails {
  readonly epochs?: number;
  readonly accumulate?: number;
  readonly onStep?: (step: number) => void;
  /** Where a checkpoint of every step is written. */
  readonly checkpoints?: CheckpointStore;
  /** Goes on from the newest checkpoint here. */
  readonly resume?: CheckpointStore;
  /** Repeats every evaluation without the plugins. */
  readonly compareEvaluations?: boolean;
}

export interface Fitted {
  readonly weights: Snapshot;
  /** As JSON, without the time it took. */
  readonly history: string;
  readonly kept: boolean;
  readonly evaluations: readonly { readonly when: 'during' | 'after'; readonly step: number; readonly loss: number; readonly bare: number }[];
}

/** Trains a fresh model with these plugins and gives everything back that it made. */
export async function fitOf(setting: Setting, plugins: readonly AnyPlugin[], details: FitDetails = {}): Promise<Fitted> {
  const { loss, optimizer, train, validation } = setting;
  const { epochs = 3, accumulate = 1, onStep, checkpoints, resume, compareEvaluations = false } = details;
  const trainer = new Trainer({ model: setting.model(), loss, optimizer, seed: 5, plugins, accumulate });
  const evaluations: Fitted['evaluations'][number][] = [];
  // The model holds the weights of the moment, so a Trainer without plugins evaluates those.
  const compare = async (when: 'during' | 'after', step: number, received: number): Promise<void> => {
    const bare = await new Trainer({ model: trainer.model, loss, optimizer, seed: 5 }).evaluate(validation);
    evaluations.push({ when, step, loss: received, bare: bare.loss });
  };

  const { history, kept } = await trainer.fit({
    train, validation, epochs, batchSize: 16, ...(resume === undefined ? {} : { resume }),
    ...(checkpoints === undefined ? {} : { checkpoint: { store: checkpoints, everySteps: 1, keepLast: Number.MAX_SAFE_INTEGER } }),
    onProgress: async (event) => {
      if (event.kind === 'eval' && compareEvaluations) await compare('during', event.step, event.result.loss);
      if (event.kind === 'step') onStep?.(event.step);
    },
  });
  if (compareEvaluations) await compare('after', -1, (await trainer.evaluate(validation)).loss);
  const weights = await snapshot(trainer.model.stateDict());
  trainer.dispose();
  for (const tensor of Object.values(trainer.model.stateDict())) tensor.dispose();
  const rows = history.map(({ epoch, step, values }) => ({ epoch, step, values: Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'seconds')) }));
  return { weights, history: JSON.stringify(rows), kept: kept !== undefined, evaluations };
}
