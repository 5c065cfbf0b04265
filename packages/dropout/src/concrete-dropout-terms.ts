/** The regularizers of concrete dropout by the size of the data, as a plugin. */
import { type AnyPlugin, checkNumber, checkOptions, definePlugin, type Finding, type Inputs, type Json, type nn, ops, type Outputs, type PluginKey, type Scalar, type Schedule, schedules, scope, strength } from '@parsimony/core';
import { version } from '../package.json';
import { ConcreteDropout } from './concrete-dropout';

const name = '@parsimony/dropout/concrete';

export interface ConcreteDropoutTermsOptions {
  /** l of the weights' prior N(0, 1 / l^2), 0 or more. Default 0.01. */
  readonly lengthScale?: number;
  /** tau, above 0, where the loss is the mean squared error: the inverse of the noise's variance. Default: the loss is a log-likelihood, as cross entropy is. */
  readonly precision?: number;
  /** Factor of both terms, 0 or more: a number or a schedule of the step. Default 1, the exact bound. */
  readonly scale?: Schedule;
}

/**
 * Gives every `ConcreteDropout` of the model the factors that make the loss the paper's bound on N training samples, and logs each rate
 * as `p/path`: with a log-likelihood for the loss, l^2 / (2 N) for the weights and 1 / N for the rate; with the squared error and a
 * precision tau, l^2 / (tau N) and 2 / (tau N). Without it the modules add the terms with factors of their own.
 *
 * @throws option: an unknown option or one out of range.
 * @see Gal, Hron and Kendall, "Concrete Dropout", arXiv:1705.07832.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { ConcreteDropout, concreteDropoutTerms } from '@parsimony/dropout';
 * const trainer = new Trainer({
 *   model: new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new ConcreteDropout(new nn.Linear(16, 2))),
 *   loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 1e-3 }), seed: 7, plugins: [concreteDropoutTerms({ lengthScale: 0.1 })],
 * });
 * trainer.explain().includes('@parsimony/dropout/concrete'); // => true
 * concreteDropoutTerms({ lengthScale: -1 }); // throws concreteDropoutTerms: `lengthScale` must be in [0, inf), received -1.
 * ```
 */
export function concreteDropoutTerms(options: ConcreteDropoutTermsOptions = {}): AnyPlugin {
  const where = 'concreteDropoutTerms';
  checkOptions(where, options, ['lengthScale', 'precision', 'scale']);
  const { lengthScale = 0.01, precision } = options;
  checkNumber(where, 'lengthScale', lengthScale, { min: 0 });
  if (precision !== undefined) checkNumber(where, 'precision', precision, { min: 0, minExclusive: true });
  const scale = strength(where, 'scale', options.scale === undefined ? 1 : options.scale, { min: 0 }).schedule;
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { lengthScale, ...(precision !== undefined && { precision }), scale } as Json,
    claims: { writes: { loss: 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      fitStart(ctx) {
        const perSample = (precision === undefined ? 1 : 2 / precision) / ctx.data.trainSize;
        const times = (factor: number): Schedule => (typeof scale === 'number' ? scale * factor : schedules.scale({ value: scale, factor }));
        for (const layer of layersOf(ctx.model)) {
          layer.weightRegularizer = times((perSample * lengthScale ** 2) / 2);
          layer.dropoutRegularizer = times(perSample);
        }
      },
      stepEnd(ctx) {
        for (const layer of layersOf(ctx.model)) ctx.log(`p/${layer.path}`, scope(() => ops.reshape(layer.rate(ctx.weights), [])) as Scalar);
      },
    },
    check: (_, model): readonly Finding[] => (layersOf(model).length > 0 ? [] : [{
      severity: 'warning', code: 'no-concrete-dropout', plugins: [name as PluginKey], message: `${where}: the model has no ConcreteDropout, so there is nothing to regularize.`,
      hint: 'Put `new ConcreteDropout(layer)` around the layers whose inputs are to be dropped.',
    }]),
  });
}

const layersOf = (model: nn.Module<Inputs, Outputs>): ConcreteDropout[] =>
  model.namedModules().map(([, module]): unknown => module).filter((module): module is ConcreteDropout => module instanceof ConcreteDropout);
