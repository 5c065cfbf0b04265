/** The gamma and beta distributions. */
import { checkNumber } from '../options';
import { stream } from './draw';
import { checkKey, type RngKey } from './key';

/** A gamma(shape, 1) sampler over a word stream: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000). */
function logGamma(shape: number, next: () => number): number {
  const unit = (): number => (next() + 1) / 0x100000000;
  // For shape < 1: gamma(shape) = gamma(shape + 1) U^(1/shape), kept in logarithms so that small shapes do not underflow.
  const boost = shape < 1 ? Math.log(unit()) / shape : 0;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(unit()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v) + boost;
  }
}

/**
 * `count` draws of Beta(a, b), in [0, 1]: G(a) / (G(a) + G(b)) for gamma variables G.
 *
 * @param a - Above 0.
 * @param b - Above 0; `a` unless given.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * random.beta(random.key(1), 2, 0.2).every((x) => x >= 0 && x <= 1); // => true
 * ```
 */
export function beta(key: RngKey, count: number, a: number, b: number = a): Float32Array {
  checkKey('random.beta', key);
  checkNumber('random.beta', 'a', a, { min: 0, minExclusive: true });
  checkNumber('random.beta', 'b', b, { min: 0, minExclusive: true });
  const next = stream(key);
  return Float32Array.from({ length: checkNumber('random.beta', 'count', count, { min: 0, integer: true }) }, () => {
    const [x, y] = [logGamma(a, next), logGamma(b, next)];
    return 1 / (1 + Math.exp(y - x));
  });
}
