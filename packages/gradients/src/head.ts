/** The layer that a model ends with, which some techniques leave alone. */
import type { Shape } from '@parsimony/core';

/** The layer of a parameter: its path without the last name, or without what a parametrization put in place of that. */
const layerOf = (path: string): string => path.replace(/(\.parametrizations\..*|\.?[^.]*)$/, '');

/** @internal The parameters of the last layer that has one of two or more axes, in the order of the model; none of a single layer. */
export function headOf(shapes: Readonly<Record<string, Shape>>): readonly string[] {
  const matrices = Object.keys(shapes).filter((path) => (shapes[path]?.length ?? 0) >= 2);
  const [first, last] = [matrices[0], matrices.at(-1)];
  if (first === undefined || last === undefined || layerOf(first) === layerOf(last)) return [];
  return Object.keys(shapes).filter((path) => layerOf(path) === layerOf(last));
}
