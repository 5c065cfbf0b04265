/** A place for another module. */
import type { Tensor } from '../tensor/tensor';
import { Module } from './module';

/**
 * Returns its input.
 *
 * @example
 * ```ts
 * import { nn, ready, tensor } from '@parsimony/core';
 * await ready();
 * await new nn.Identity().forward(tensor([1, 2])).array(); // => [1, 2]
 * ```
 */
export class Identity extends Module {
  override readonly traits = { flow: 'sequential' } as const;
  protected compute(x: Tensor): Tensor { return x; }
}
