/** Gaussian noise: Box and Muller's transform of words of the counter-based generator. */
import { at, type Kernels } from './kernel';
import { philoxReference } from './philox';

export const normalKernels: Kernels = {
  addNormal: ({ inputs, outputs, scalars }) => {
    const [x, y] = [at(inputs, 0), at(outputs, 0)];
    const [std, k0, k1, c1, c2, c3] = scalars as [number, number, number, number, number, number];
    const put = (i: number, z: number): void => { if (i < x.data.length) y.data[i] = x.data[i]! + std * Math.fround(z); };
    for (let block = 0; block * 4 < x.data.length; block++) {
      const words = philoxReference([block, c1, c2, c3], [k0, k1]);
      for (const pair of [0, 2] as const) {
        const radius = Math.sqrt(-2 * Math.log((words[pair] + 1) / 2 ** 32));
        const angle = 2 * Math.PI * ((words[pair + 1] ?? 0) / 2 ** 32);
        put(block * 4 + pair, radius * Math.cos(angle));
        put(block * 4 + pair + 1, radius * Math.sin(angle));
      }
    }
  },
};
