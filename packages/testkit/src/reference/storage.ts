/** Memory of the reference executor: every storage is float64, which holds each int32 and bool exactly. */
import { fail, type DType, type TensorRef } from '@parsimony/core';

/** One allocation. Fresh ones hold NaN, so that reading what no kernel wrote shows in every result. */
export class ReferenceStorage {
  data: Float64Array | undefined;
  constructor(readonly length: number) { this.data = new Float64Array(length).fill(NaN); }
}

/** A tensor's elements, as the kernels see them: a window into its storage, read and written in place. */
export interface View {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

export function viewOf(where: string, ref: TensorRef): View {
  const storage = ref.handle;
  if (!(storage instanceof ReferenceStorage)) return fail('backend', `reference ${where}: expected a tensor of the reference executor, received one of another.`);
  if (!storage.data) return fail('state', `reference ${where}: the storage of this tensor of shape [${ref.shape.join(', ')}] was already freed.`);
  if (ref.offset < 0 || ref.offset + ref.size > storage.length) {
    return fail('state', `reference ${where}: a tensor of ${ref.size} elements at offset ${ref.offset} leaves its storage of ${storage.length}.`);
  }
  return { data: storage.data.subarray(ref.offset, ref.offset + ref.size), shape: ref.shape, dtype: ref.dtype };
}

/** Whether two views share an element. */
export const overlap = (a: View, b: View): boolean =>
  a.data.buffer === b.data.buffer && a.data.length > 0 && b.data.length > 0
  && a.data.byteOffset < b.data.byteOffset + b.data.byteLength && b.data.byteOffset < a.data.byteOffset + a.data.byteLength;

/** A number as a type holds it: int32 drops the fraction and wraps, bool is 0 or 1. */
export function cast(value: number, dtype: DType): number {
  return dtype === 'float32' ? value : dtype === 'int32' ? Math.trunc(value) | 0 : value === 0 ? 0 : 1;
}
