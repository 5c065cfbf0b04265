/** Huber's loss: squared near zero, absolute beyond. */
import { checkNumber, checkOptions } from '../options';
import { clamp } from '../ops/clamp';
import { mul } from '../ops/mul';
import { sub } from '../ops/sub';
import type { Tensor } from '../tensor/tensor';
import type { LossFunction } from '../types';
import { defineValueLoss, pair, reduce, type Terms } from './loss';
import type { ReductionOptions } from './mse';

export interface HuberOptions {
  /** Where the square becomes a line; above 0. Default 1. */
  readonly delta?: number;
}

const checkDelta = (delta: unknown): number => checkNumber('huber', 'delta', delta, { min: 0, minExclusive: true });

/** With c = d held within [-delta, delta], c (d - c / 2) is d^2 / 2 inside and delta (|d| - delta / 2) outside. */
export function huberTerms(where: string, input: Tensor, target: Tensor, delta: number): Terms {
  pair(where, input, target);
  const d = sub(input, target);
  const c = clamp(d, { min: -delta, max: delta });
  return { each: mul(c, sub(d, mul(c, 0.5))), denominator: input.size };
}

/**
 * d^2 / 2 where |d| <= delta, delta (|d| - delta / 2) beyond, with d = input - target; averaged over all elements.
 *
 * @param input - Any shape; float32.
 * @param target - Of the same shape.
 * @throws shape: different shapes. option: `delta` not above 0.
 * @see Huber, "Robust estimation of a location parameter" (1964).
 * @example
 * ```ts
 * import { losses, ready, tensor } from '@parsimony/core';
 * await ready();
 * await losses.functional.huber(tensor([1, 3]), tensor([0, 0]), { reduction: 'none' }).array(); // => [0.5, 2.5]
 * ```
 */
export function huberFunction(input: Tensor, target: Tensor, options: HuberOptions & ReductionOptions = {}): Tensor {
  checkOptions('huber', options, ['delta', 'reduction']);
  return reduce('huber', huberTerms('huber', input, target, checkDelta(options.delta ?? 1)), options.reduction);
}

/**
 * Huber's loss of outputs and values, averaged over all elements. For targets of kind 'value'.
 *
 * @throws option: `delta` not above 0; from the loss, shape: outputs and values of different shapes; data: class labels.
 * @example
 * ```ts
 * import { losses, ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * const loss = losses.huber({ delta: 1 });
 * const { sum, denominator } = loss(tensor([1, 3]), { kind: 'value', values: tensor([0, 0]) });
 * await ops.div(sum, denominator).item(); // => 1.5
 * ```
 */
export function huber(options: HuberOptions = {}): LossFunction {
  checkOptions('huber', options, ['delta']);
  const delta = checkDelta(options.delta ?? 1);
  return defineValueLoss('huber', { delta }, (input, target) => huberTerms('huber', input, target, delta));
}
