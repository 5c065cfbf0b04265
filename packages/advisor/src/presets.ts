/** Where to begin, by task: configurations as data, and the dropout of the network, which is none of their keys. */
import type { Configuration } from './configuration';

export const tasks = ['general', 'vision', 'transformerPretraining', 'fineTuning'] as const;
/** What is trained. */
export type Task = (typeof tasks)[number];

export interface Preset {
  /** Of the network's `Dropout`s. */
  readonly dropout: number;
  readonly source: string;
  /** Keys of a configuration of `parsimony train`, for `{ ...preset.configuration, … }`. */
  readonly configuration: Configuration;
}

const warmCosine = (steps: number): object => ({ schedule: 'warmup', steps, value: { schedule: 'cosine', value: 1 } });

/**
 * Configurations to begin with.
 *
 * @example
 * ```ts
 * import { presets } from '@parsimony/advisor';
 * presets.transformerPretraining.dropout; // => 0
 * presets.transformerPretraining.configuration.plugins; // => [{ name: 'weightDecay', decay: 0.1 }, { name: 'clipByGlobalNorm', maxNorm: 1 }]
 * ```
 */
export const presets: Readonly<Record<Task, Preset>> = {
  general: {
    dropout: 0.2, source: 'Weak forms of what holds for most data: Goodfellow, Bengio, Courville, Deep Learning (2016), 11.2.',
    configuration: { optimizer: { name: 'adam' }, lr: 1e-3, plugins: [{ name: 'weightDecay', decay: 1e-4 }, { name: 'earlyStopping', patience: 10 }] },
  },
  vision: {
    dropout: 0.2, source: 'He et al., Bag of Tricks for Image Classification, arXiv:1812.01187: warm-up and cosine, label smoothing of 0.1, mixup of 0.2, no decay of biases and norms.',
    configuration: {
      optimizer: { name: 'sgd', momentum: 0.9, nesterov: true }, lr: 0.1, schedule: warmCosine(100),
      plugins: [
        { name: 'weightDecay', decay: 5e-4 }, { name: 'augment', transform: { name: 'RandomCrop', padding: 2 } }, { name: 'mixup', alpha: 0.2 }, { name: 'labelSmoothing', epsilon: 0.1 },
        { name: 'ema', decay: 0.99 }, { name: 'earlyStopping', patience: 15 },
      ],
    },
  },
  transformerPretraining: {
    dropout: 0, source: 'Brown et al., arXiv:2005.14165, app. B: decay 0.1, clipping at 1, betas of 0.9 and 0.95; one pass over the data needs no dropout.',
    configuration: {
      optimizer: { name: 'adam', betas: [0.9, 0.95] }, lr: 3e-4, schedule: warmCosine(2000),
      plugins: [{ name: 'weightDecay', decay: 0.1 }, { name: 'clipByGlobalNorm', maxNorm: 1 }],
    },
  },
  fineTuning: {
    dropout: 0.1, source: 'Devlin et al., arXiv:1810.04805, A.3: rates of 2e-5 to 5e-5, 2 to 4 epochs, dropout 0.1, decay 0.01; clipping at 1.',
    configuration: {
      optimizer: { name: 'adam' }, lr: 2e-5, epochs: 4, schedule: warmCosine(100),
      plugins: [{ name: 'weightDecay', decay: 0.01 }, { name: 'clipByGlobalNorm', maxNorm: 1 }, { name: 'earlyStopping', patience: 2 }],
    },
  },
};
