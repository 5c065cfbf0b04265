/** SpecAugment as a plugin of the trainer. */
import { type AnyPlugin, type Batch, checkChoice, checkNumber, checkOptions, definePlugin, fail, ops, type Schedule, type Shape, show, showShape, strength, type Tensor } from '@parsimony/core';
import { version } from '../../package.json';
import { checkInput, withInput } from '../mix/images';
import { applySpecAugment, drawSpecAugment, specAugmentPolicies } from './spec-augment';
import { checkMaskValue, type MaskValue } from './spec-masks';

export interface SpecAugmentOptions {
  /** What the options below are where they are not given: the paper's LibriSpeech basic and double, Switchboard mild and strong. Default 'LB'. */
  readonly policy?: keyof typeof specAugmentPolicies;
  /** W: the farthest that a frame is moved, rounded down; a number, 0 or more, or a schedule. LB: 80. */
  readonly timeWarp?: Schedule;
  /** F: the most bins of one mask, rounded down; a number, 0 or more, or a schedule. LB: 27. */
  readonly maxFrequencyWidth?: Schedule;
  /** Masks over frequency, 0 or more. LB: 1. */
  readonly frequencyMasks?: number;
  /** T: the most frames of one mask, rounded down; a number, 0 or more, or a schedule. LB: 100. */
  readonly maxTimeWidth?: Schedule;
  /** The most that one mask takes of all frames, in [0, 1]. LB: 1. */
  readonly maxTimeShare?: number;
  /** Masks over time, 0 or more. LB: 1. */
  readonly timeMasks?: number;
  /** In place of what is masked: a number, or 'mean', that of each spectrogram. Default 'mean'. */
  readonly value?: MaskValue;
  /** Probability that a spectrogram is changed, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
  /** [F, T] or [C, F, T] of spectrograms that come flat, as [N, C*F*T]; they stay flat. Default: they come as [N, F, T] or [N, C, F, T]. */
  readonly shape?: Shape;
  /** Which of several named inputs holds the spectrograms. Needed where inputs are a record. */
  readonly input?: string;
  /** Tells this one from another of its kind. */
  readonly instance?: string;
}

/**
 * Warps each training spectrogram in time and masks some of its frequencies and frames, with a draw of its own in each step. Evaluation sees
 * them as they are. Drawn on the host, applied by tensor operations on whatever executor trains.
 *
 * @throws option: an unknown option or one out of range. In the fit, shape, dtype: inputs that are no such spectrograms.
 * @see Park et al., "SpecAugment: A Simple Data Augmentation Method for Automatic Speech Recognition", arXiv:1904.08779.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { specAugment } from '@parsimony/augment/audio';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Flatten(), new nn.Linear(40 * 98, 12)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [specAugment({ policy: 'LD', timeWarp: 10, maxFrequencyWidth: 8, maxTimeWidth: 20 })],
 * });
 * trainer.explain().includes('@parsimony/augment/spec-augment'); // => true
 * ```
 */
export function specAugment(options: SpecAugmentOptions = {}): AnyPlugin {
  const where = 'specAugment';
  checkOptions(where, options, ['policy', ...Object.keys(specAugmentPolicies.LB), 'value', 'p', 'shape', 'input', 'instance']);
  const policy = specAugmentPolicies[checkChoice(where, 'policy', options.policy ?? 'LB', Object.keys(specAugmentPolicies) as (keyof typeof specAugmentPolicies)[])];
  const scheduled = (name: 'timeWarp' | 'maxFrequencyWidth' | 'maxTimeWidth') => strength(where, name, options[name] ?? policy[name], { min: 0 });
  const [timeWarp, maxFrequencyWidth, maxTimeWidth] = [scheduled('timeWarp'), scheduled('maxFrequencyWidth'), scheduled('maxTimeWidth')];
  const fixed = {
    frequencyMasks: checkNumber(where, 'frequencyMasks', options.frequencyMasks ?? policy.frequencyMasks, { min: 0, integer: true }),
    timeMasks: checkNumber(where, 'timeMasks', options.timeMasks ?? policy.timeMasks, { min: 0, integer: true }),
    maxTimeShare: checkNumber(where, 'maxTimeShare', options.maxTimeShare ?? policy.maxTimeShare, { min: 0, max: 1 }),
  };
  const value = checkMaskValue(where, options.value ?? 'mean');
  const p = strength(where, 'p', options.p ?? 1, { min: 0, max: 1 });
  const shape = options.shape === undefined ? undefined : checkSpectrogramShape(where, options.shape);
  const input = checkInput(where, options.input);
  const { instance } = options;
  return definePlugin({
    name: '@parsimony/augment/spec-augment',
    version,
    apiVersion: 1,
    ...(instance !== undefined && { instance }),
    options: {
      timeWarp: timeWarp.schedule, maxFrequencyWidth: maxFrequencyWidth.schedule, maxTimeWidth: maxTimeWidth.schedule, ...fixed, value, p: p.schedule,
      ...(shape && { shape }), ...(input !== undefined && { input }),
    },
    claims: { writes: { 'batch.inputs': 'replace' } },
    batchSemantics: 'per-sample',
    hooks: {
      // Ahead of what mixes samples or adds noise, which is to see them as masked; behind what puts others in their place.
      transformBatch: {
        order: 'pre',
        after: ['@parsimony/augment/text', '@parsimony/augment/augment', '@parsimony/augment/feature-swap'],
        before: ['@parsimony/augment/gaussian-jitter'],
        handler(batch, ctx): Batch | undefined {
          let same = false;
          const inputs = withInput(where, batch.inputs, input, (x) => {
            const [n = 0, ...size] = spectrogramShape(where, x, shape);
            const [bins = 0, frames = 0] = size.slice(-2);
            const now = { ...fixed, timeWarp: timeWarp.at(ctx), maxFrequencyWidth: maxFrequencyWidth.at(ctx), maxTimeWidth: maxTimeWidth.at(ctx) };
            const stacked = shape === undefined ? x : ops.reshape(x, [n, ...size]);
            const out = applySpecAugment(stacked, drawSpecAugment(ctx.rng('spectrogram'), n, { bins, frames }, now, p.at(ctx)), value);
            same = out === stacked;
            return shape === undefined ? out : ops.reshape(out, [...x.shape]);
          });
          return same ? undefined : { ...batch, inputs };
        },
      },
    },
  });
}

function checkSpectrogramShape(where: string, value: unknown): number[] {
  if (!Array.isArray(value) || (value.length !== 2 && value.length !== 3)) fail('option', `${where}: \`shape\` must be [F, T] or [C, F, T], received ${show(value)}.`);
  return value.map((n: unknown, i) => checkNumber(where, `shape[${i}]`, n, { min: 1, integer: true }));
}

/** [N, F, T] or [N, C, F, T] of a batch. */
function spectrogramShape(where: string, x: Tensor, flat: readonly number[] | undefined): readonly number[] {
  if (flat === undefined) {
    if (x.rank !== 3 && x.rank !== 4) fail('shape', `${where}: inputs must be spectrograms [N, F, T] or [N, C, F, T], received ${showShape(x.shape)}. Give flat ones their \`shape\`: [F, T].`);
    return x.shape;
  }
  const size = flat.reduce((a, b) => a * b, 1);
  if (x.rank !== 2 || x.shape[1] !== size) fail('shape', `${where}: inputs must be [N, ${size}], as \`shape\` ${showShape(flat)} says, received ${showShape(x.shape)}.`);
  return [x.shape[0] ?? 0, ...flat];
}
