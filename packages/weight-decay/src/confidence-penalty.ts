/** The confidence penalty: a reward for outputs that do not put everything on one class. */
import {
  type AnyPlugin, checkNumber, checkOptions, checkTensor, definePlugin, fail, isTensor, type Json, type Loss, type LossFunction, type LossTerm, noGrad, ops, type Scalar,
  scalar, type Schedule, scope, show, strength, type Target, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { orDefault } from './options';

const name = '@parsimony/weight-decay/confidence';

export interface EntropyPenaltyOptions {
  /** Gamma, in nats: only entropies below it are penalized. Default: all of them. */
  readonly threshold?: number;
  /** Where the classes stand: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
  /** How much each target counts, of the scores' shape without the classes. Default: 1 each. */
  readonly weights?: Tensor;
}

export interface ConfidencePenaltyOptions {
  /** beta, 0 or more: a number or a schedule of the step. Default 0.1. */
  readonly beta?: Schedule;
  /** Gamma, 0 or more, in nats: only entropies below it are penalized: a number or a schedule of the step. Default: all of them. */
  readonly threshold?: Schedule;
  /** Where the classes stand in the outputs. Default: as the loss says, 1 for [N, C, ...] if it says nothing. */
  readonly classAxis?: number;
}

/**
 * sum -H(p), or with a threshold sum max(0, Gamma - H(p)), over the distributions p = softmax(scores), with H(p) = -sum_c p_c log p_c; the
 * denominator is their number, or the sum of their weights.
 *
 * @param scores - [N, C, ...]; float32.
 * @throws option: an unknown option, a threshold below 0, or weights of another shape.
 * @see Pereyra et al., "Regularizing Neural Networks by Penalizing Confident Output Distributions", arXiv:1701.06548.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { entropyPenalty } from '@parsimony/weight-decay';
 * await ready();
 * const { sum, denominator } = entropyPenalty(tensor([[0, 0], [100, 0]]));
 * [await sum.item(), await denominator.item()]; // => [-Math.LN2, 2]
 * await entropyPenalty(tensor([[0, 0], [100, 0]]), { threshold: 0.5 }).sum.item(); // => 0.5
 * ```
 */
export function entropyPenalty(scores: Tensor, options: EntropyPenaltyOptions = {}): Loss {
  const where = 'entropyPenalty';
  checkOptions(where, options, ['threshold', 'classAxis', 'weights']);
  const threshold = options.threshold === undefined ? undefined : checkNumber(where, 'threshold', options.threshold, { min: 0 });
  const { rank } = checkTensor(where, 'scores', scores);
  const axis = rank === 1 ? 0 : checkNumber(where, 'classAxis', orDefault(options.classAxis, 1), { min: -rank, max: rank - 1, integer: true });
  const weights = options.weights === undefined ? undefined : checkTensor(where, 'weights', options.weights);
  return scope(() => {
    const logs = ops.logSoftmax(scores, axis);
    const negative = ops.sum(ops.mul(ops.exp(logs), logs), { axis });
    const each = threshold === undefined ? negative : ops.relu(ops.add(negative, threshold));
    if (weights && weights.shape.join() !== each.shape.join()) fail('option', `${where}: \`weights\` must be [${each.shape.join(', ')}], received [${weights.shape.join(', ')}].`);
    return weights ? { sum: ops.sum(ops.mul(each, weights)), denominator: ops.sum(weights) } : { sum: ops.sum(each), denominator: scalar(each.size) };
  });
}

/**
 * The confidence penalty for the Trainer: -beta H(p), averaged over the targets, joins the loss, with H the entropy of the model's distribution;
 * with a threshold beta max(0, Gamma - H(p)). Ignored labels do not count. Logs the mean entropy. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. In the fit, data: targets that are values. dtype: several outputs.
 * @see Pereyra et al., "Regularizing Neural Networks by Penalizing Confident Output Distributions", arXiv:1701.06548.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { confidencePenalty } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [confidencePenalty({ beta: 0.1 })],
 * });
 * trainer.explain().includes('@parsimony/weight-decay/confidence'); // => true
 * confidencePenalty({ beta: -1 }); // throws confidencePenalty: `beta` must be in [0, inf), received -1.
 * ```
 */
export function confidencePenalty(options: ConfidencePenaltyOptions = {}): AnyPlugin {
  const where = 'confidencePenalty';
  checkOptions(where, options, ['beta', 'threshold', 'classAxis']);
  const beta = strength(where, 'beta', orDefault(options.beta, 0.1), { min: 0 });
  const threshold = options.threshold === undefined ? undefined : strength(where, 'threshold', options.threshold, { min: 0 });
  const classAxis = options.classAxis === undefined ? undefined : checkNumber(where, 'classAxis', options.classAxis, { integer: true });
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { beta: beta.schedule, ...(threshold && { threshold: threshold.schedule }), ...(classAxis !== undefined && { classAxis }) } as Json,
    claims: { reads: ['targets'], writes: { loss: 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectLossTerms(ctx): readonly LossTerm[] {
        const now = beta.at(ctx);
        if (now === 0) return [];
        const { outputs, target, lossOf } = ctx;
        if (!isTensor(outputs)) return fail('dtype', `${where}: the model's outputs must be one tensor of scores, received ${show(outputs)}.`);
        const weights = weightsOf(where, target, lossOf);
        const shared = { classAxis: classAxis ?? numberOf(lossOf, 'classAxis') ?? 1, ...(weights && { weights }) };
        ctx.log('entropy', noGrad(() => {
          const { sum, denominator } = entropyPenalty(outputs, shared);
          return ops.neg(ops.div(sum, denominator));
        }) as Scalar);
        return [{ name: 'confidence', loss: entropyPenalty(outputs, { ...shared, ...(threshold && { threshold: threshold.at(ctx) }) }), weight: now }];
      },
    },
  });
}

/** How much each target counts, where not all do alike. */
function weightsOf(where: string, target: Target, lossOf: LossFunction): Tensor | undefined {
  if (target.kind === 'value') return fail('data', `${where}: expected class labels or distributions (a target of kind 'index' or 'soft'), received kind 'value'. Leave the penalty out for a regression.`);
  if (target.kind === 'soft') return target.weights;
  return ops.cast(ops.notEqual(target.labels, target.ignoreIndex ?? numberOf(lossOf, 'ignoreIndex') ?? -100), 'float32');
}

/** What a loss states among its options. */
function numberOf({ options }: LossFunction, option: string): number | undefined {
  const value = (options as Readonly<Record<string, Json>> | null)?.[option];
  return typeof value === 'number' ? value : undefined;
}
