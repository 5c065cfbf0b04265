/** Weights given as numbers, which survive JSON, or as a tensor. */
import { fail, show } from '../errors';
import { expectDType } from '../ops/convert';
import { upload } from '../tensor/create';
import { isTensor } from '../tensor/find';
import { broadcastShapes, sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';

export type WeightOption = readonly number[] | Tensor;

/** Refuses anything but a tensor or a list of finite numbers, 0 or more. */
export function checkWeight(where: string, name: string, weight: unknown): WeightOption {
  if (isTensor(weight)) return expectDType(where, name, weight, 'float32');
  if (Array.isArray(weight) && weight.length > 0 && weight.every((w) => Number.isFinite(w) && (w as number) >= 0)) return weight as number[];
  return fail('option', `${where}: \`${name}\` must be a list of numbers of 0 or more, or a tensor, received ${show(weight)}.`);
}

/** The weights as a tensor on the executor of another. */
function weightTensor(where: string, name: string, like: Tensor, weight: WeightOption): Tensor {
  const checked = checkWeight(where, name, weight);
  return isTensor(checked) ? checked : upload(like.executor, checked, [checked.length], 'float32');
}

/** Weights that multiply terms: they must broadcast to the terms' shape without widening it. */
export function factorOf(where: string, name: string, terms: Tensor, weight: WeightOption): Tensor {
  const factor = weightTensor(where, name, terms, weight);
  if (!sameShape(broadcastShapes(where, factor.shape, terms.shape), terms.shape)) {
    fail('shape', `${where}: \`${name}\` must broadcast to ${showShape(terms.shape)}, received ${showShape(factor.shape)}.`);
  }
  return factor;
}

/** Refuses class weights that are not one a class. */
export function perClass(where: string, like: Tensor, weight: WeightOption, classes: number): Tensor {
  const tensor = weightTensor(where, 'weight', like, weight);
  if (tensor.rank !== 1 || tensor.size !== classes) fail('shape', `${where}: \`weight\` must hold one number for each of ${classes} classes, received shape ${showShape(tensor.shape)}.`);
  return tensor;
}
