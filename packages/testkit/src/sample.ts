/** Deterministic numbers for tests. */

/**
 * `size` numbers in [low, high), the same for a seed on every machine, each representable in float32, so that a float32 and a
 * float64 executor begin with the same numbers. From Tommy Ettinger's mulberry32; not for statistics.
 *
 * @example
 * ```ts
 * import { sample } from '@parsimony/testkit';
 * sample(3, { seed: 1, low: 0, high: 1 }).length; // => 3
 * ```
 */
export function sample(size: number, { seed = 1, low = -1, high = 1 }: { readonly seed?: number; readonly low?: number; readonly high?: number } = {}): Float64Array {
  let state = Math.imul(seed, 0x9e3779b9);
  return Float64Array.from({ length: size }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.fround(low + (high - low) * (((t ^ (t >>> 14)) >>> 8) / 2 ** 24));
  });
}
