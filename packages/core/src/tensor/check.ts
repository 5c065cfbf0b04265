/** Checks of tensors that a caller gives: one place for their wording, used by core and by every plugin package. */
import { fail, show } from '../errors';
import type { Params } from '../types';
import { isTensor } from './find';
import type { Tensor } from './tensor';

/**
 * Refuses anything but a live tensor; returns it.
 *
 * @example
 * ```ts
 * import { checkTensor } from '@parsimony/core';
 * checkTensor('renorm', 'w', [1, 2]); // throws renorm: `w` must be a tensor, received [1,2].
 * ```
 */
export function checkTensor(where: string, name: string, value: unknown): Tensor {
  if (!isTensor(value)) fail('dtype', `${where}: \`${name}\` must be a tensor, received ${show(value)}.`);
  value.assertLive(where);
  return value;
}

/**
 * Refuses anything but live tensors by path; returns them.
 *
 * @throws dtype: no object, or what stands under a path is no tensor.
 * @example
 * ```ts
 * import { checkTensors } from '@parsimony/core';
 * checkTensors('clipGradNorm', 'grads', { w: 2 as never }); // throws clipGradNorm: `grads["w"]` must be a tensor, received 2.
 * ```
 */
export function checkTensors<P extends Params>(where: string, name: string, value: P): P {
  const given: unknown = value;
  if (given === null || typeof given !== 'object' || Array.isArray(given) || isTensor(given)) fail('dtype', `${where}: \`${name}\` must be tensors by path, such as { weight }, received ${show(given)}.`);
  for (const [path, x] of Object.entries(given)) checkTensor(where, `${name}["${path}"]`, x);
  return value;
}
