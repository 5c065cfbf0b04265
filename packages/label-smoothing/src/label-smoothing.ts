/** Label smoothing as a plugin. */
import {
  type AnyPlugin, checkChoice, checkNumber, checkOptions, definePlugin, type Finding, type Json, type PluginKey, type Schedule, strength,
} from '@parsimony/core';
import { version } from '../package.json';
import { numberOf } from './distributions';
import { smoothBinaryTargets } from './smooth-binary-targets';
import { smoothLabels } from './smooth-labels';

const name = '@parsimony/label-smoothing';

export interface LabelSmoothingOptions {
  /** e: share of each target that is spread evenly over all classes, in [0, 1]: a number or a schedule of the step. Default 0.1. */
  readonly epsilon?: Schedule;
  /** Where the classes stand in the outputs. Default: as the loss says, 1 for [N, C, ...] if it says nothing. */
  readonly classAxis?: number;
  /** 'classes': towards all classes alike; 'binary': each target by itself towards 1/2. Default: as the loss needs it, 'binary' for `bce`, `bceWithLogits` and `sigmoidFocalLoss`. */
  readonly targets?: 'classes' | 'binary';
}

/** Losses of targets that are yes or no each. */
const binaryLosses = ['bce', 'bceWithLogits', 'sigmoidFocalLoss'];

/**
 * Trains towards (1 - e) y + e / C in place of y, so that the model gains nothing from ever larger scores. Labels become
 * distributions; ignored labels and the class weights of the loss count as in PyTorch's `label_smoothing`. Metrics see the original
 * labels, and evaluation the plain loss. Under a loss of yes-or-no targets each becomes (1 - e) y + e / 2.
 *
 * @throws option: an unknown option or one out of range. In the fit, data: targets that are values.
 * @see Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", arXiv:1512.00567, section 7.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { labelSmoothing } from '@parsimony/label-smoothing';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [labelSmoothing({ epsilon: 0.1 })],
 * });
 * trainer.explain().includes('@parsimony/label-smoothing'); // => true
 * labelSmoothing({ epsilon: 1.5 }); // throws labelSmoothing: `epsilon` must be in [0, 1], received 1.5.
 * ```
 */
export function labelSmoothing(options: LabelSmoothingOptions = {}): AnyPlugin {
  checkOptions('labelSmoothing', options, ['epsilon', 'classAxis', 'targets']);
  const epsilon = strength('labelSmoothing', 'epsilon', options.epsilon ?? 0.1, { min: 0, max: 1 });
  const classAxis = options.classAxis === undefined ? undefined : checkNumber('labelSmoothing', 'classAxis', options.classAxis, { integer: true });
  const targets = options.targets === undefined ? undefined : checkChoice('labelSmoothing', 'targets', options.targets, ['classes', 'binary']);
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { epsilon: epsilon.schedule, ...(classAxis !== undefined && { classAxis }), ...(targets !== undefined && { targets }) } as Json,
    claims: { writes: { targets: 'affine' } },
    batchSemantics: 'per-sample',
    hooks: {
      transformTargets(target, ctx) {
        const binary = (targets ?? (binaryLosses.includes(ctx.lossOf.lossName) ? 'binary' : 'classes')) === 'binary';
        const smoothed = binary ? smoothBinaryTargets(target, { epsilon: epsilon.at(ctx) }) : smoothLabels(target, {
          epsilon: epsilon.at(ctx), classAxis: classAxis ?? numberOf(ctx.lossOf, 'classAxis') ?? 1, ignoreIndex: numberOf(ctx.lossOf, 'ignoreIndex') ?? -100,
        });
        return smoothed === target ? undefined : smoothed;
      },
    },
    check: (_peers, _model, { loss }): readonly Finding[] => (loss === undefined || !numberOf(loss, 'labelSmoothing') ? [] : [{
      severity: 'warning', code: 'smoothed-twice', plugins: [name as PluginKey],
      message: `The loss \`${loss.lossName}\` smooths the targets already (labelSmoothing: ${numberOf(loss, 'labelSmoothing')}), in evaluation too.`,
      hint: 'Leave `labelSmoothing` out of the loss, or the plugin out.',
    }]),
  });
}
