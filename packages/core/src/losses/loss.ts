/** What every loss shares: sums with denominators, reductions, and the checks of outputs and targets. */
import { fail, show } from '../errors';
import { checkChoice } from '../options';
import { asTensor, constantLike, expectDType } from '../ops/convert';
import { div } from '../ops/div';
import { sum } from '../ops/sum';
import { isTensor } from '../tensor/find';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Json, Loss, LossFunction, Outputs, Target } from '../types';

/** 'mean' divides the sum by the denominator of the loss; 'none' gives the terms. */
export type Reduction = 'mean' | 'sum' | 'none';
const reductions = ['mean', 'sum', 'none'] as const;
const kinds: readonly Target['kind'][] = ['index', 'soft', 'value'];

/** The terms of a loss and what divides their sum: a number, or a tensor of one element. */
export interface Terms { readonly each: Tensor; readonly denominator: Tensor | number }

/** Terms under PyTorch's word for how they are put together. */
export function reduce(where: string, { each, denominator }: Terms, reduction: Reduction = 'mean'): Tensor {
  checkChoice(where, 'reduction', reduction, reductions);
  if (reduction === 'none') return each;
  return reduction === 'sum' ? sum(each) : div(sum(each), denominator);
}

/** A loss function from its terms. */
export function defineLoss(name: string, options: Json, terms: (outputs: Tensor, target: Target) => Terms): LossFunction {
  const run = (outputs: Outputs, target: Target): Loss => {
    if (!isTensor(outputs)) fail('dtype', `${name}: the outputs must be one tensor, received ${show(outputs)}. Give the Trainer a loss of your own that picks the right entry.`);
    if (target === null || typeof target !== 'object' || !kinds.includes(target.kind)) {
      fail('data', `${name}: the target must be { kind: 'index', labels, numClasses }, { kind: 'soft', probs } or { kind: 'value', values }, received ${show(target)}.`);
    }
    const { each, denominator } = terms(outputs, target);
    return { sum: sum(each), denominator: typeof denominator === 'number' ? constantLike(each, denominator) : denominator };
  };
  return Object.assign(run, { lossName: name, options });
}

/** A loss of values, from its terms element by element. */
export function defineValueLoss(name: string, options: Json, terms: (input: Tensor, target: Tensor) => Terms): LossFunction {
  return defineLoss(name, options, (outputs, target) => terms(outputs, valuesOf(name, target)));
}

/** The numbers of a target that is not an index. */
function valuesOf(where: string, target: Target): Tensor {
  if (target.kind === 'value') return target.values;
  if (target.kind === 'soft' && !target.weights) return target.probs;
  return fail('data', `${where}: expected a target of kind 'value', or 'soft' without weights, received kind '${target.kind}'. For class labels use \`losses.crossEntropy\`.`);
}

/** Input and target as float32 tensors of one shape: broadcasting would hide a mistake. */
export function pair(where: string, input: Tensor, target: Tensor): void {
  for (const [name, x] of [['input', input], ['target', target]] as const) expectDType(where, name, asTensor(where, name, x), 'float32');
  if (!sameShape(input.shape, target.shape)) {
    fail('shape', `${where}: input and target must have the same shape, received ${showShape(input.shape)} and ${showShape(target.shape)}. Reshape one; they are not broadcast.`);
  }
}
