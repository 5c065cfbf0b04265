/** Cross entropy from log-probabilities: by class index and by distribution, with PyTorch's weights and denominators. */
import { fail, ParsimonyError } from '../errors';
import { add } from '../ops/add';
import { asTensor, cast, expectDType } from '../ops/convert';
import { gather } from '../ops/gather';
import { indexSelect } from '../ops/index-select';
import { mul } from '../ops/mul';
import { neg } from '../ops/neg';
import { notEqual } from '../ops/not-equal';
import { reshape } from '../ops/reshape';
import { sum } from '../ops/sum';
import { where as choose } from '../ops/where';
import { checkAxis, sameShape, type Shape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Terms } from './loss';
import { perClass, type WeightOption } from './weights';

export interface ClassOptions {
  /** One factor a class; the mean divides by the sum of the factors of the labels. Default: none. */
  readonly weight?: WeightOption;
  /** Labels of this value count nothing. Default -100. */
  readonly ignoreIndex?: number;
  /** Where the classes are: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
}

export interface ClassSettings extends ClassOptions { readonly where: string; readonly labelSmoothing: number }

/** What a soft target may bring beside its distributions. */
export interface TargetParts { readonly weights?: Tensor; readonly labels?: Tensor }

/** The axis of the classes; a single sample [C] has only one. */
export const classAxisOf = (where: string, input: Tensor, classAxis = 1): number =>
  input.rank === 1 ? 0 : checkAxis(`${where} classAxis`, classAxis, input.rank);

/** Terms [N, ...] for labels [N, ...]; the denominator is the sum of the labels' weights. */
export function indexTerms(logP: Tensor, labels: Tensor, settings: ClassSettings): Terms {
  const { where, labelSmoothing, ignoreIndex = -100 } = settings;
  const axis = classAxisOf(where, logP, settings.classAxis);
  const classes = logP.shape[axis] ?? 0;
  const shape = logP.shape.filter((_, i) => i !== axis);
  expectDType(where, 'labels', asTensor(where, 'labels', labels), 'int32');
  checkTargetShape(where, 'labels', labels, shape, logP);
  const weight = settings.weight === undefined ? undefined : perClass(where, logP, settings.weight, classes);
  const counts = notEqual(labels, ignoreIndex);
  const safe = choose(counts, labels, 0);
  const picked = pick(where, logP, axis, safe, classes, ignoreIndex);
  const factor = weight && mul(reshape(indexSelect(weight, 0, reshape(safe, [safe.size])), shape), cast(counts, 'float32'));
  const own = neg(factor ? mul(picked, factor) : picked);
  const each = labelSmoothing === 0 ? own : add(mul(own, 1 - labelSmoothing), mul(allClasses(logP, axis, weight), -labelSmoothing / classes));
  return { each: choose(counts, each, 0), denominator: sum(factor ?? cast(counts, 'float32')) };
}

/**
 * Terms [N, ...] for distributions of the input's shape; the denominator is the number of targets, or the sum of their weights,
 * each times the class weight of its label where both are there: of a mixture of labels, the mixture of theirs.
 */
export function softTerms(logP: Tensor, probs: Tensor, settings: ClassSettings, { weights: targetWeights, labels }: TargetParts = {}): Terms {
  const { where, labelSmoothing } = settings;
  const axis = classAxisOf(where, logP, settings.classAxis);
  const classes = logP.shape[axis] ?? 0;
  expectDType(where, 'target', asTensor(where, 'target', probs), 'float32');
  checkTargetShape(where, 'target', probs, logP.shape, logP);
  const smoothed = labelSmoothing === 0 ? probs : add(mul(probs, 1 - labelSmoothing), labelSmoothing / classes);
  const weight = settings.weight === undefined ? undefined : perClass(where, logP, settings.weight, classes);
  const each = neg(allClasses(mul(smoothed, logP), axis, weight));
  if (targetWeights) checkTargetShape(where, 'weights', targetWeights, each.shape, logP);
  const weighted = targetWeights ? mul(each, targetWeights) : each;
  if (weight && labels) {
    const mixed = labels.dtype === 'float32';
    checkTargetShape(where, 'labels', labels, mixed ? logP.shape : each.shape, logP);
    const factor = mixed ? allClasses(labels, axis, weight) : reshape(indexSelect(weight, 0, reshape(labels, [labels.size])), each.shape);
    return { each: weighted, denominator: sum(targetWeights ? mul(factor, targetWeights) : factor) };
  }
  return { each: weighted, denominator: targetWeights ? sum(targetWeights) : logP.size / classes };
}

/** The sum over classes, weighted. */
function allClasses(x: Tensor, axis: number, weight: Tensor | undefined): Tensor {
  const weighted = weight ? mul(x, reshape(weight, [weight.size, ...new Array<number>(x.rank - axis - 1).fill(1)])) : x;
  return sum(weighted, { axis });
}

function pick(where: string, logP: Tensor, axis: number, labels: Tensor, classes: number, ignoreIndex: number): Tensor {
  const index = reshape(labels, logP.shape.map((n, i) => (i === axis ? 1 : n)));
  try {
    return reshape(gather(logP, axis, index), labels.shape);
  } catch (error) {
    if (!(error instanceof ParsimonyError) || error.code !== 'range') throw error;
    return fail('range', `${where}: label out of range: labels must be in [0, ${classes}) or ${ignoreIndex}, which is ignored. ${error.message} Check the number of the model's outputs and the labels of the data.`, { cause: error });
  }
}

function checkTargetShape(where: string, name: string, target: Tensor, shape: Shape, input: Tensor): void {
  if (!sameShape(target.shape, shape)) fail('shape', `${where}: \`${name}\` must be ${showShape(shape)} for an input of ${showShape(input.shape)}, received ${showShape(target.shape)}. \`classAxis\` says where the classes are.`);
}
