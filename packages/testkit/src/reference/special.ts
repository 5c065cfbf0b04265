/** Functions of the expression grammar that JavaScript lacks, in float64. */

/**
 * The error function to a few units of float64's last place: the series of positive terms
 * erf x = 2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!! near 0, and beyond it 1 - erfc x by the continued fraction.
 * Source: Abramowitz and Stegun, 7.1.6 and 7.1.14.
 *
 * @example
 * ```ts
 * import { erf } from '@parsimony/testkit';
 * erf(1); // => 0.8427007929497149
 * ```
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const a = Math.abs(x);
  const value = a < 2 ? erfSeries(a) : a < 6 ? 1 - erfcFraction(a) : 1;
  return x < 0 || Object.is(x, -0) ? -value : value;
}

function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc x = exp(-x^2) / sqrt(pi) * 1 / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))), evaluated from its 60th term. */
function erfcFraction(x: number): number {
  let tail = x;
  for (let n = 60; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}

/** The nearest whole number, halves to the even one. */
export function roundEven(x: number): number {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** C's `pow`, as PyTorch has it: 1 to any power is 1, and -1 to an infinite one too, where JavaScript gives NaN. */
export function pow(base: number, exponent: number): number {
  return base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent;
}
