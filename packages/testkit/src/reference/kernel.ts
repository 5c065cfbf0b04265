/** The form of every structured kernel of the reference executor, and the shapes that several share. */
import { type Attrs, fail, type Shape, type StructuredKernels } from '@parsimony/core';
import type { View } from './storage';

export interface Call<A> {
  readonly inputs: readonly View[];
  readonly outputs: readonly View[];
  readonly attrs: A;
  readonly scalars: readonly number[];
}

/** Kernels by name, each typed by the attributes that the table gives it. */
export type Kernels = { readonly [K in keyof StructuredKernels]?: (call: Call<StructuredKernels[K]>) => void };

/** The whole table with its attributes forgotten, which is how commands arrive. */
export type AnyKernel = (call: Call<Attrs>) => void;

/** Input or output `i`; the table says how many there are. */
export const at = (list: readonly View[], i: number): View => list[i] ?? fail('state', `reference: expected a tensor at position ${i}, received ${list.length}.`);

/** Size `axis` of a shape. */
export const dim = (view: View, axis: number): number => view.shape[axis] ?? fail('shape', `reference: expected an axis ${axis} in shape [${view.shape.join(', ')}].`);

/** Row-major strides in elements. */
export const stridesOf = (shape: Shape): number[] => shape.map((_, axis) => product(shape.slice(axis + 1)));

/** Strides of `shape` seen as `target`, with 0 along broadcast axes. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const lead = target.length - shape.length;
  const own = stridesOf(shape);
  return target.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : own[axis - lead] ?? 0));
}

/** offset + sum_k i_k strides_k for every index of `shape`, in row-major order. */
export function walk(shape: Shape, strides: readonly number[], offset = 0): Int32Array {
  let positions = Int32Array.of(offset);
  shape.forEach((n, axis) => {
    const next = new Int32Array(positions.length * n);
    for (let p = 0; p < positions.length; p++) {
      for (let i = 0; i < n; i++) next[p * n + i] = (positions[p] ?? 0) + i * (strides[axis] ?? 0);
    }
    positions = next;
  });
  return positions;
}

/** The product of sizes. */
export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
