/** Every structured kernel by name. */
import type { HostKernel } from '../machine';
import { fill, strided } from './copy';
import { linear, matmul } from './matmul';
import { reduce } from './reduce';
import { logSoftmax, logSoftmaxGrad, softmax, softmaxGrad } from './softmax';

export const structured: Readonly<Partial<Record<string, HostKernel>>> = {
  fill, strided, linear, matmul, reduce, softmax, logSoftmax, softmaxGrad, logSoftmaxGrad,
};

export { elementwise } from './elementwise';
