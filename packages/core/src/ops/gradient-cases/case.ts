/** What a gradient check of an op is made of. The cases are in the files beside this one, `../gradients.test.ts` runs them. */
import { sample } from '@parsimony/testkit';
import { type Tensor, tensor } from '../../index';

/** Makes an input from a seed, on the backend in use. */
export type Draw = (seed: number) => Tensor;

export interface GradientCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Draw>>;
  readonly fn: (inputs: Readonly<Record<string, Tensor>>) => Tensor | readonly Tensor[];
}

/** A case whose function gets its inputs by name. */
export const gradientCase = <K extends string>(name: string, inputs: Readonly<Record<K, Draw>>, fn: (inputs: Readonly<Record<K, Tensor>>) => Tensor | readonly Tensor[]): GradientCase =>
  ({ name, inputs, fn: fn as GradientCase['fn'] });

/** Numbers in [-1, 1). */
export const draw = (...shape: readonly number[]): Draw => between(-1, 1, ...shape);

/** Numbers in [low, high). */
export const between = (low: number, high: number, ...shape: readonly number[]): Draw => (seed) =>
  tensor(sample(sizeOf(shape), { seed, low, high }), shape);

/** Distinct multiples of 1 / 4 in random order, none 0: no step of a finite difference crosses a tie or a kink at 0. */
export const apart = (...shape: readonly number[]): Draw => (seed) => {
  const size = sizeOf(shape);
  const order = [...sample(size, { seed }).entries()].sort(([, a], [, b]) => a - b).map(([i]) => i);
  return tensor(Float64Array.from(order, (i) => (i - Math.floor(size / 2)) / 4 + 1 / 8), shape);
};

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
