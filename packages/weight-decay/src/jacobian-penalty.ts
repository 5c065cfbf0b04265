/** Jacobian regularization: outputs that change little with the input, in every direction. */
import {
  type AnyPlugin, checkChoice, checkFunction, checkNumber, checkOptions, checkTensor, definePlugin, fail, grad, type Inputs, type Json, type Loss, type LossTerm, type Mode, ops, random,
  type RngKey, scalar, type Schedule, scope, show, showShape, strength, type Tensor, tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { type FloatInputs, floatInputs, forwardOf, oneTensor, squaresBySample } from './input-gradients';
import { orDefault } from './options';

const name = '@parsimony/weight-decay/jacobian';

/** Random directions, 1 or more, or 'all': every output, exactly. */
export type Projections = number | 'all';

export interface JacobianNormOptions {
  /** Random directions of the outputs that the norm is estimated from, 1 or more; 'all' goes through every output. Default 1. */
  readonly projections?: Projections;
  /** For random directions. */
  readonly key?: RngKey;
}

export interface JacobianPenaltyOptions {
  /** Strength, 0 or more: a number or a schedule of the step. Default 0.01. */
  readonly lambda?: Schedule;
  /**
   * Random directions of the outputs, 1 or more, each a forward and two more backward passes a step; 'all' goes through every output. Microbatches
   * draw directions of their own, as they do masks: under accumulation the gradient is that of the whole batch in the mean, with 'all' exactly. Default 1.
   */
  readonly projections?: Projections;
  /** How the further forward runs: 'eval', without masks and with running statistics, or 'train', with masks of its own. Default 'eval'. */
  readonly mode?: Mode;
}

function checkProjections(where: string, projections: unknown): Projections {
  if (projections === 'all') return projections;
  if (typeof projections === 'string') return fail('option', `${where}: \`projections\` must be a whole number in [1, inf) or 'all', received ${show(projections)}.`);
  return checkNumber(where, 'projections', projections, { min: 1, integer: true });
}

/**
 * sum_n ||J_n||_F^2, with J_n the derivatives of the C outputs of sample n by its inputs; the denominator is N. Exactly, or as C times the
 * mean of |d (v . f_n) / d x_n|^2 over directions v drawn evenly from the unit sphere, each sample its own, whose mean it is. Differentiable.
 *
 * @param f - From x to [N, ...]; sample n of it must depend on sample n of x alone.
 * @param x - [N, ...], or several of them by name; float32.
 * @throws option: random directions without a key, an unknown option or one out of range. shape: outputs without the samples of x.
 * @see Hoffman, Roberts and Yaida, "Robust Learning with Jacobian Regularization", arXiv:1908.02729.
 * @example
 * ```ts
 * import { ops, ready, type Tensor, tensor } from '@parsimony/core';
 * import { jacobianNorm } from '@parsimony/weight-decay';
 * await ready();
 * const w = tensor([[1, 2], [3, 4]]);
 * const { sum, denominator } = jacobianNorm((x: Tensor) => ops.matmul(x, w), tensor([[5, 6], [7, 8]]), { projections: 'all' });
 * [await sum.item(), await denominator.item()]; // => [60, 2]
 * ```
 */
export function jacobianNorm<X extends Inputs>(f: (x: X) => Tensor, x: X, options: JacobianNormOptions = {}): Loss {
  const where = 'jacobianNorm';
  checkOptions(where, options, ['projections', 'key']);
  const projections = checkProjections(where, orDefault(options.projections, 1));
  const { key } = options;
  if (projections !== 'all' && key === undefined) fail('option', `${where}: random directions need a \`key\`: \`random.key(seed)\`.`);
  checkFunction(where, 'f', f);
  const given = floatInputs(where, x);
  const samples = Object.values(given.floats)[0]?.shape[0] ?? 1;
  const squares = (weigh: (outputs: Tensor) => Tensor): Tensor => squaresBySample(grad((floats: FloatInputs) => {
    const y = f(given.with(floats) as X);
    if (checkTensor(where, 'f(x)', y).shape[0] !== samples) fail('shape', `${where}: the outputs must have the ${samples} samples of the inputs on axis 0, received ${showShape(y.shape)}.`);
    return ops.sum(weigh(ops.reshape(y, [samples, -1])));
  })(given.floats));
  return scope(() => {
    let classes = 1;
    const along = (direction: (size: number) => Tensor): Tensor => squares((y) => {
      classes = y.shape[1] ?? 1;
      return ops.mul(y, direction(classes));
    });
    const drawn = (i: number) => (size: number): Tensor => {
      const v = tensor(random.normal(random.foldIn(key as RngKey, `direction ${i}`), samples * size), [samples, size]);
      return ops.div(v, ops.maximum(ops.norm(v, { axis: 1, keepdim: true }), 1e-12));
    };
    const one = (i: number) => (size: number): Tensor => tensor(Float32Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)), [1, size]);
    let total: Tensor;
    if (projections === 'all') {
      total = along(one(0));
      for (let i = 1; i < classes; i++) total = ops.add(total, along(one(i)));
    } else {
      total = along(drawn(0));
      for (let i = 1; i < projections; i++) total = ops.add(total, along(drawn(i)));
      total = ops.mul(total, classes / projections);
    }
    return { sum: ops.sum(total), denominator: scalar(samples) };
  });
}

/**
 * Adds lambda / (2 N) sum_n ||J_n||_F^2 to the loss of the Trainer, with J_n the derivatives of the outputs of sample n by its inputs: the
 * outputs then change little around the data, which makes them robust to noise. See `jacobianNorm`. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. In the fit, dtype: inputs without float32, or several outputs. gradient: an op
 * that has no second gradient.
 * @see Hoffman, Roberts and Yaida, "Robust Learning with Jacobian Regularization", arXiv:1908.02729.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { jacobianPenalty } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [jacobianPenalty({ lambda: 0.1 })],
 * });
 * trainer.explain().includes('@parsimony/weight-decay/jacobian'); // => true
 * jacobianPenalty({ projections: 0 }); // throws jacobianPenalty: `projections` must be a whole number in [1, inf), received 0.
 * ```
 */
export function jacobianPenalty(options: JacobianPenaltyOptions = {}): AnyPlugin {
  const where = 'jacobianPenalty';
  checkOptions(where, options, ['lambda', 'projections', 'mode']);
  const lambda = strength(where, 'lambda', orDefault(options.lambda, 0.01), { min: 0 });
  const projections = checkProjections(where, orDefault(options.projections, 1));
  const mode = checkChoice(where, 'mode', orDefault(options.mode, 'eval'), ['eval', 'train']);
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { lambda: lambda.schedule, projections, mode } as Json,
    claims: { reads: ['batch.inputs'], writes: { loss: 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectLossTerms(ctx): readonly LossTerm[] {
        const now = lambda.at(ctx);
        if (now === 0) return [];
        const forward = forwardOf(ctx, mode);
        const f = (inputs: Inputs): Tensor => oneTensor(where, forward(inputs));
        return [{ name: 'jacobian', loss: jacobianNorm(f, ctx.batch.inputs, { projections, ...(projections !== 'all' && { key: ctx.rng('directions') }) }), weight: now / 2 }];
      },
    },
  });
}
