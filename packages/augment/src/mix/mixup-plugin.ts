/** mixup as a plugin. */
import { type AnyPlugin, checkChoice, type Inputs, type Schedule, strength } from '@parsimony/core';
import { mixTargets } from './mix-targets';
import { batchMixer, checkMixer, type MixerOptions } from './mixer';
import { checkInput, withInput } from './images';
import { drawMixup, type MixupDraw, mixInputs, mixupParts } from './mixup';
import { type MixMode, mixModes } from './pairing';

export interface MixupOptions extends MixerOptions {
  /** Both parameters of the Beta distribution, 0 or more: a number or a schedule of the step. 0 mixes nothing. Default 0.2. */
  readonly alpha?: Schedule;
  /** For whom lambda is drawn: once for the batch, for each pair, or for each sample. Default `'batch'`. */
  readonly mode?: MixMode;
  /** Which of several named inputs is mixed. Default: all. */
  readonly input?: string;
}

/**
 * Mixes the samples of each training batch in random pairs, inputs and targets alike, with lambda from Beta(alpha, alpha): one for
 * the batch unless `mode` says otherwise. Metrics see the original labels; evaluation sees the samples as they are.
 *
 * @throws option: `alpha` below 0, an unknown option or one out of range. In the fit, dtype: inputs that are not float32.
 * conflict: another mixer in the plan.
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412; the modes are those of timm's `Mixup`.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { mixup } from '@parsimony/augment';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [mixup({ alpha: 0.2, until: { fraction: 0.9 } })],
 * });
 * trainer.explain().includes('@parsimony/augment/mixup'); // => true
 * mixup({ alpha: -1 }); // throws mixup: `alpha` must be in [0, inf), received -1.
 * ```
 */
export function mixup(options: MixupOptions = {}): AnyPlugin {
  const where = 'mixup';
  const mixer = checkMixer(where, 'mixup', options, ['alpha', 'mode', 'input']);
  const alpha = strength(where, 'alpha', options.alpha ?? 0.2, { min: 0 });
  const mode = checkChoice(where, 'mode', options.mode ?? 'batch', mixModes);
  const input = checkInput(where, options.input);
  return batchMixer<MixupDraw>(mixer, {
    json: { alpha: alpha.schedule, mode, ...(input !== undefined && { input }) },
    draw({ size }, prob, ctx) {
      const now = alpha.at(ctx);
      if (now === 0) return undefined;
      const draw = drawMixup(ctx.rng('mix'), size, { alpha: now, prob, mode });
      return mixesNothing(draw.lambda) ? undefined : draw;
    },
    inputs: (inputs, draw): Inputs => (input === undefined ? mixInputs(where, inputs, draw) : withInput(where, inputs, input, (x) => mixInputs(where, x, draw) as typeof x)),
    target: (target, draw, more) => mixTargets(where, target, draw.permutation.length, mixupParts(draw), more),
  });
}

const mixesNothing = (lambda: number | readonly number[]): boolean => [lambda].flat().every((own) => own === 1);
