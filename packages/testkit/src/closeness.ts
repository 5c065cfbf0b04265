/** Whether two sets of numbers agree, and where they differ most. */
import { checkNumber, checkOptions, isTensor, type Tensor } from '@parsimony/core';
import { refuse } from './assertion';
import type { HostTensor } from './run-kernel';

export interface ClosenessOptions {
  /** Factor of |b| + rms b. Default 1e-5, which float32 kernels keep. */
  readonly rtol?: number;
  /** Added to the tolerance. Default 0. */
  readonly atol?: number;
  /** What is compared, for the message. */
  readonly name?: string;
}

/** Numbers with or without a shape. */
export type Numbers = Tensor | HostTensor | number | ArrayLike<number> | readonly Numbers[];

/**
 * Passes where every element keeps |a - b| <= rtol (|b| + rms b) + atol, the rms over the finite elements of `expected`. The
 * rms lets elements near 0 in an array of large ones carry the rounding error of the large ones. NaN equals NaN, an infinity
 * equals itself. Shapes must agree where both are known.
 *
 * @throws an assertion error that names the worst element, its index and both values.
 * @example
 * ```ts
 * import { expectClose } from '@parsimony/testkit';
 * await expectClose([1, 2.00001], [1, 2]);
 * await expectClose([[1, 2.5]], [[1, 2]]); // throws worst at [0, 1]: received 2.5, expected 2
 * ```
 */
export async function expectClose(actual: Numbers, expected: Numbers, options: ClosenessOptions = {}): Promise<void> {
  checkOptions('expectClose', options, ['rtol', 'atol', 'name']);
  const { name = 'expectClose' } = options;
  const [a, b] = [await host(actual), await host(expected)];
  if (a.shape && b.shape && a.shape.join() !== b.shape.join()) {
    refuse(`${name}: expected shape [${b.shape.join(', ')}], received [${a.shape.join(', ')}].`);
  }
  const problem = difference(a.data, b.data, { ...options, shape: b.shape ?? a.shape ?? [b.data.length] });
  if (problem !== undefined) refuse(`${name}: ${problem}`);
}

/**
 * What `expectClose` would say of two flat arrays, or undefined where they agree.
 *
 * @example
 * ```ts
 * import { difference } from '@parsimony/testkit';
 * difference([1, 2], [1, 2]); // => undefined
 * difference([1], [1, 2]); // => 'expected 2 elements, received 1.'
 * ```
 */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>, { rtol = 1e-5, atol = 0, shape }: ClosenessOptions & { readonly shape?: readonly number[] } = {}): string | undefined {
  checkNumber('expectClose', 'rtol', rtol, { min: 0 });
  checkNumber('expectClose', 'atol', atol, { min: 0 });
  if (actual.length !== expected.length) return `expected ${expected.length} elements, received ${actual.length}.`;
  const scale = rms(expected);
  let [worst, excess, wrong] = [-1, 1, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i] ?? NaN, expected[i] ?? NaN];
    const ratio = a === b || (Number.isNaN(a) && Number.isNaN(b)) ? 0 : Math.abs(a - b) / (rtol * (Math.abs(b) + scale) + atol);
    if (ratio <= 1) continue;
    wrong++;
    // A NaN on one side alone outdoes every finite difference.
    const size = Number.isNaN(ratio) ? Infinity : ratio;
    if (size > excess || worst < 0) [worst, excess] = [i, size];
  }
  if (wrong === 0) return undefined;
  const [a, b] = [actual[worst] ?? NaN, expected[worst] ?? NaN];
  const allowed = rtol * (Math.abs(b) + scale) + atol;
  return `${wrong} of ${expected.length} elements differ; worst at [${indexOf(worst, shape ?? [expected.length]).join(', ')}]: received ${a}, expected ${b}, `
    + `apart by ${Math.abs(a - b).toPrecision(3)} where ${allowed.toPrecision(3)} is allowed (rtol ${rtol}, rms ${scale.toPrecision(3)}).`;
}

/**
 * The largest |a - b| / (|b| + rms b): the least `rtol` under which `expectClose` passes. Infinity where one side alone is NaN or
 * infinite. Distances up to `atol` do not count.
 *
 * @example
 * ```ts
 * import { worstError } from '@parsimony/testkit';
 * worstError([1, 2], [1, 2]); // => 0
 * worstError([1.5], [1]); // => 0.25
 * ```
 */
export function worstError(actual: ArrayLike<number>, expected: ArrayLike<number>, { atol = 0 }: Pick<ClosenessOptions, 'atol'> = {}): number {
  checkNumber('worstError', 'atol', atol, { min: 0 });
  if (actual.length !== expected.length) return Infinity;
  const scale = rms(expected);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i] ?? NaN, expected[i] ?? NaN];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= atol) continue;
    const error = Math.abs(a - b) / (Math.abs(b) + scale);
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  }
  return worst;
}

/** The root mean square of the finite elements. */
function rms(values: ArrayLike<number>): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const v = values[i] ?? NaN;
    if (Number.isFinite(v)) [sum, count] = [sum + v * v, count + 1];
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/** The index along each axis of a flat position. */
export function indexOf(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis] ?? 1;
    index.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  return index;
}

interface Host { readonly data: ArrayLike<number>; readonly shape?: readonly number[] }

async function host(value: Numbers): Promise<Host> {
  if (isTensor(value)) return { data: await value.data(), shape: value.shape };
  if (typeof value === 'number') return { data: [value], shape: [] };
  if ('shape' in value) return value;
  if (!Array.isArray(value)) return { data: value as ArrayLike<number> };
  if (value.every((item) => typeof item === 'number')) return { data: value, shape: [value.length] };
  const rows = await Promise.all(value.map(host));
  return { data: rows.flatMap((row) => Array.from(row.data)), shape: [rows.length, ...(rows[0]?.shape ?? [rows[0]?.data.length ?? 0])] };
}
