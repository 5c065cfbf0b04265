/** Small tools for the arrays of fixtures. */
import type { FixtureArray } from '@parsimony/testkit';

/** Row `i` of an array: what happened at step i. */
export function row({ data, shape, dtype }: FixtureArray, i: number): FixtureArray {
  const size = data.length / (shape[0] ?? 1);
  return { data: data.slice(i * size, (i + 1) * size), shape: shape.slice(1), dtype };
}

export const mapValues = <A, B>(from: Readonly<Record<string, A>>, fn: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, fn(value)]));

/** The entries of these names. */
export const pick = <A>(from: Readonly<Record<string, A>>, names: readonly string[]): Record<string, A> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
