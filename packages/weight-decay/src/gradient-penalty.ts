/** Penalties on the gradient in the input: double backpropagation, R1, and the critic's penalty. */
import {
  type AnyPlugin, checkChoice, checkFunction, checkNumber, checkOptions, definePlugin, grad, type Inputs, type Json, type Loss, type LossTerm, type Mode, ops, scalar,
  type Schedule, scope, strength, type Tensor,
} from '@parsimony/core';
import { version } from '../package.json';
import { type FloatInputs, floatInputs, forwardOf, oneTensor, squaresBySample } from './input-gradients';
import { orDefault } from './options';

const name = '@parsimony/weight-decay/gradient-penalty';

export interface GradientPenaltyOptions {
  /** Strength, 0 or more: a number or a schedule of the step. Default 0.01. */
  readonly lambda?: Schedule;
  /** Gradient of what: 'loss', the loss of each sample, or 'outputs', the sum of its outputs. Default 'loss'. */
  readonly of?: 'loss' | 'outputs';
  /** Length that the gradient is drawn to, 0 or more. Default 0; 1 for a Lipschitz critic. */
  readonly target?: number;
  /** How the further forward runs: 'eval', without masks and with running statistics, or 'train', with masks of its own. Default 'eval'. */
  readonly mode?: Mode;
}

/**
 * sum_n (|d f_n / d x_n| - target)^2, where f gives one number a sample, or numbers that are summed; the denominator is N. Differentiable by
 * whatever f depends on.
 *
 * @param f - From x to a tensor of any shape; sample n of it must depend on sample n of x alone.
 * @param x - [N, ...], or several of them by name; float32.
 * @throws option: a target below 0, or an unknown option.
 * @see Drucker and Le Cun, "Improving Generalization Performance Using Double Backpropagation" (1992); with target 1 Gulrajani et al., arXiv:1704.00028.
 * @example
 * ```ts
 * import { ops, ready, type Tensor, tensor } from '@parsimony/core';
 * import { inputGradientPenalty } from '@parsimony/weight-decay';
 * await ready();
 * const f = (x: Tensor) => ops.sum(ops.square(x), { axis: 1 });
 * const { sum, denominator } = inputGradientPenalty(f, tensor([[1.5, 2], [0, 0]]), { target: 1 });
 * [await sum.item(), await denominator.item()]; // => [17, 2]
 * ```
 */
export function inputGradientPenalty<X extends Inputs>(f: (x: X) => Tensor, x: X, options: { readonly target?: number } = {}): Loss {
  checkOptions('inputGradientPenalty', options, ['target']);
  const target = checkNumber('inputGradientPenalty', 'target', orDefault(options.target, 0), { min: 0 });
  checkFunction('inputGradientPenalty', 'f', f);
  const given = floatInputs('inputGradientPenalty', x);
  return scope(() => {
    const squares = squaresBySample(grad((floats: FloatInputs) => ops.sum(f(given.with(floats) as X)))(given.floats));
    // Where the target is 0 no root is taken; else a little keeps its gradient finite at 0.
    const each = target === 0 ? squares : ops.square(ops.sub(ops.sqrt(ops.add(squares, 1e-12)), target));
    return { sum: ops.sum(each), denominator: scalar(squares.size) };
  });
}

/**
 * Adds lambda / N sum_n (|d l_n / d x_n| - target)^2 to the loss of the Trainer, with l_n the loss of sample n (or the sum of its outputs): a
 * small change of the input then changes the loss little. A forward and two more backward passes a step. Nothing happens in evaluation.
 *
 * @throws option: an unknown option or one out of range. In the fit, dtype: inputs without float32. gradient: an op that has no second gradient.
 * @see Drucker and Le Cun, "Improving Generalization Performance Using Double Backpropagation" (1992); Mescheder et al., arXiv:1801.04406 (R1:
 * `of: 'outputs'`); Gulrajani et al., arXiv:1704.00028 (`of: 'outputs', target: 1`), whose points between data and samples the caller gives as inputs.
 * @example
 * ```ts
 * import { losses, nn, optim, Trainer } from '@parsimony/core';
 * import { gradientPenalty } from '@parsimony/weight-decay';
 * const trainer = new Trainer({
 *   model: new nn.Linear(4, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 7,
 *   plugins: [gradientPenalty({ lambda: 0.1 })],
 * });
 * trainer.explain().includes('@parsimony/weight-decay/gradient-penalty'); // => true
 * gradientPenalty({ target: -1 }); // throws gradientPenalty: `target` must be in [0, inf), received -1.
 * ```
 */
export function gradientPenalty(options: GradientPenaltyOptions = {}): AnyPlugin {
  const where = 'gradientPenalty';
  checkOptions(where, options, ['lambda', 'of', 'target', 'mode']);
  const lambda = strength(where, 'lambda', orDefault(options.lambda, 0.01), { min: 0 });
  const of = checkChoice(where, 'of', orDefault(options.of, 'loss'), ['loss', 'outputs']);
  const target = checkNumber(where, 'target', orDefault(options.target, 0), { min: 0 });
  const mode = checkChoice(where, 'mode', orDefault(options.mode, 'eval'), ['eval', 'train']);
  return definePlugin({
    name,
    version,
    apiVersion: 1,
    options: { lambda: lambda.schedule, of, target, mode } as Json,
    claims: { reads: ['batch.inputs', 'targets'], writes: { loss: 'add' } },
    batchSemantics: 'per-sample',
    hooks: {
      collectLossTerms(ctx): readonly LossTerm[] {
        const now = lambda.at(ctx);
        if (now === 0) return [];
        const forward = forwardOf(ctx, mode);
        const f = (inputs: Inputs): Tensor => {
          const outputs = forward(inputs);
          return of === 'loss' ? ctx.lossOf(outputs, ctx.target).sum : oneTensor(where, outputs);
        };
        return [{ name: 'gradient', loss: inputGradientPenalty(f, ctx.batch.inputs, { target }), weight: now }];
      },
    },
  });
}
