/** The update of an average of weights. */
import { checkNumber } from '../options';
import { fail } from '../errors';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { asTensor, constantLike, expectDType } from './convert';
import { dispatchConsuming } from './dispatch';

/**
 * a + weight (b - a) where gate > 0, and a where it is not. Consumes `average`: its memory is written over where nothing
 * else holds it, and the tensor is disposed; use what is returned. Records no gradient; see `lerp` for one that does.
 *
 * @param average - Any shape, float32.
 * @param value - Of the same shape.
 * @param weight - Of the new value, in [0, 1]: 1 - decay for an exponential average.
 * @param gate - One element, float32: a plugin's `ctx.applied`. Omitted: 1.
 * @throws shape: two shapes, or a gate of more elements. option: a weight outside [0, 1].
 * @example
 * ```ts
 * import { ops, ready, scalar, tensor } from '@parsimony/core';
 * await ready();
 * const once = ops.averageStep(tensor([0, 10]), tensor([10, 20]), 0.25);
 * await once.array(); // => [2.5, 12.5]
 * await ops.averageStep(once, tensor([99, 99]), 0.25, scalar(0)).array(); // => [2.5, 12.5]
 * ```
 */
export function averageStep(average: Tensor, value: Tensor, weight: number, gate?: Tensor): Tensor {
  expectDType('averageStep', 'average', asTensor('averageStep', 'average', average), 'float32');
  expectDType('averageStep', 'value', asTensor('averageStep', 'value', value), 'float32');
  if (!sameShape(average.shape, value.shape)) {
    fail('shape', `averageStep: \`average\` and \`value\` must have one shape, received ${showShape(average.shape)} and ${showShape(value.shape)}.`);
  }
  const open = gate === undefined ? constantLike(average, 1) : expectDType('averageStep', 'gate', asTensor('averageStep', 'gate', gate), 'float32');
  if (open.size !== 1) fail('shape', `averageStep: \`gate\` must have one element, received ${showShape(open.shape)}.`);
  const scalars = [checkNumber('averageStep', 'weight', weight, { min: 0, max: 1 })];
  const [out] = dispatchConsuming('averageStep', [average, value, open], [0], scalars) as [Tensor];
  if (gate === undefined) open.dispose();
  return out;
}
