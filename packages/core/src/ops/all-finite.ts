/** Whether tensors are free of NaN and infinity, as a number on the device. */
import { fail, show } from '../errors';
import type { Scalar, Tensor } from '../tensor/tensor';
import { asTensor, expectDType } from './convert';
import { dispatchOne } from './dispatch';

/**
 * 1 where every element of every tensor is finite, else 0: a float32 scalar, for gating an update without waiting for a read.
 *
 * @param tensors - Any shapes; float32; at least one.
 * @throws shape: an empty list.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.allFinite([tensor([1, 2]), tensor([NaN])]).item(); // => 0
 * ```
 */
export function allFinite(tensors: readonly Tensor[]): Scalar {
  return overAll('allFinite', tensors);
}

/** @internal A kernel from any number of tensors to one number. */
export function overAll(kernel: string, tensors: readonly Tensor[]): Scalar {
  if (!Array.isArray(tensors)) fail('shape', `${kernel}: expected a list of tensors, received ${show(tensors)}.`);
  if (tensors.length === 0) fail('shape', `${kernel}: expected at least one tensor, received an empty list.`);
  tensors.forEach((x, i) => expectDType(kernel, `tensors[${i}]`, asTensor(kernel, `tensors[${i}]`, x), 'float32'));
  return dispatchOne(kernel, tensors, [], 'float32') as Scalar;
}
