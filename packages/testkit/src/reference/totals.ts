/** One number over all elements of all inputs. */
import { at, type Kernels } from './kernel';

export const totalsKernels: Kernels = {
  allFinite: ({ inputs, outputs }) => {
    at(outputs, 0).data[0] = inputs.every((x) => x.data.every(Number.isFinite)) ? 1 : 0;
  },
  sumSquares: ({ inputs, outputs }) => {
    at(outputs, 0).data[0] = inputs.reduce((total, x) => x.data.reduce((sum, v) => sum + v * v, total), 0);
  },
};
