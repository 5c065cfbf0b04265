/** Rates of DropPath and StochasticDepth along a model's depth. */
import { checkNumber } from '@parsimony/core';
import { probability } from './drop-layer';

/**
 * Rates for `depth` blocks from first to last: p_l = max l / (depth - 1), l = 0 … depth - 1. One block gets 0.
 *
 * @param depth - Number of blocks, 1 or more.
 * @param max - Rate of the last block, in [0, 1].
 * @example
 * ```ts
 * import { dropPathRates } from '@parsimony/dropout';
 * dropPathRates(5, 0.2); // => [0, 0.05, 0.1, 0.15, 0.2]
 * ```
 */
export function dropPathRates(depth: number, max: number): number[] {
  checkNumber('dropPathRates', 'depth', depth, { min: 1, integer: true });
  checkNumber('dropPathRates', 'max', max, probability);
  return Array.from({ length: depth }, (_, l) => (depth === 1 ? 0 : (max * l) / (depth - 1)));
}
