/** int32 on devices whose elements are float32. */
import { fail } from '@parsimony/core';

/** Refuses int32 values that float32 does not hold exactly. */
export function checkWhole(data: ArrayLike<number>): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    if (Math.abs(value) > 2 ** 24) fail('range', `gpu: int32 values are exact to 2^24 = 16777216 here, received ${value}. Use smaller numbers, or the wasm backend.`);
  }
}
