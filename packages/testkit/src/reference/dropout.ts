/** Dropout: masks of 16 bits an element from the counter-based generator. */
import { at, type Kernels } from './kernel';
import { philoxReference } from './philox';

export const dropoutKernels: Kernels = {
  dropout: ({ inputs, outputs, scalars }) => {
    const [x, y] = [at(inputs, 0), at(outputs, 0)];
    const [threshold, scale, k0, k1, c1, c2, c3] = scalars as [number, number, number, number, number, number, number];
    for (let block = 0; block * 8 < x.data.length; block++) {
      const words = philoxReference([block, c1, c2, c3], [k0, k1]);
      const draws = words.flatMap((w) => [w & 0xffff, w >>> 16]);
      const end = Math.min(x.data.length, block * 8 + 8);
      // x times 0, not 0, where dropped: a NaN or an infinity is to stay visible.
      for (let i = block * 8; i < end; i++) y.data[i] = x.data[i]! * (draws[i % 8]! >= threshold ? 1 : 0) * scale;
    }
  },
};
