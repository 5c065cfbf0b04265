/** Elements moved along an axis, re-entering at the other end. */
import { fail, show } from '../errors';
import { checkAxis } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { concat } from './concat';
import { asTensor } from './convert';
import { reshape } from './reshape';
import { slice } from './slice';

/**
 * x moved by `shifts` along axes; what leaves at one end enters at the other.
 *
 * @param x - Any shape of at least one axis; any type.
 * @param shifts - Whole numbers, one an axis named; above 0 towards higher indices.
 * @param axes - The axes; negative ones count from the end.
 * @throws shape: an axis that x does not have; option: as many shifts as axes are needed.
 * @example
 * ```ts
 * import { ops, ready, tensor } from '@parsimony/core';
 * await ready();
 * await ops.roll(tensor([1, 2, 3, 4]), 1, 0).array(); // => [4, 1, 2, 3]
 * ```
 */
export function roll(x: Tensor, shifts: number | readonly number[], axes: number | readonly number[]): Tensor {
  asTensor('roll', 'x', x);
  const [by, along] = [[shifts].flat(), [axes].flat()];
  if (by.length !== along.length || !by.every((shift) => Number.isInteger(shift))) {
    fail('option', `roll: \`shifts\` must be one whole number for each of \`axes\`, received ${show(shifts)} and ${show(axes)}.`);
  }
  return along.reduce<Tensor>((y, axis, i) => rolled(y, by[i] ?? 0, checkAxis('roll', axis, x.rank)), x);
}

function rolled(x: Tensor, shift: number, axis: number): Tensor {
  const n = x.shape[axis] ?? 0;
  const cut = n === 0 ? 0 : (((-shift % n) + n) % n);
  if (cut === 0) return reshape(x, x.shape);
  const part = (range: { start?: number; end?: number }): Tensor => slice(x, x.shape.map((_, k) => (k === axis ? range : {})));
  return concat([part({ start: cut }), part({ end: cut })], axis);
}
