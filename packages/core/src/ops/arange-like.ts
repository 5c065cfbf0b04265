/** Whole numbers on the executor of another tensor. */
import { upload } from '../tensor/create';
import type { Tensor } from '../tensor/tensor';

/** 0, 1, … n - 1 as int32 [n]. */
export const arangeLike = (like: Tensor, n: number): Tensor =>
  upload(like.executor, Int32Array.from({ length: n }, (_, i) => i), [n], 'int32');
