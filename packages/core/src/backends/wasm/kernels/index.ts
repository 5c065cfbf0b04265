/** Every structured kernel by name. */
import type { StructuredKernel } from '../../../kernels/structured';
import type { HostKernel } from '../machine';
import { conv, convInputGrad, convWeightGrad } from './conv';
import { fill, strided } from './copy';
import { dropout } from './dropout';
import { argReduce, gather, indexAdd, indexSelect, scatter, scatterAdd } from './indexing';
import { linear, matmul } from './matmul';
import { addNormal } from './normal';
import { batchNorm, batchNormGrad, layerNorm, layerNormGrad } from './norm';
import { concat, cumsum, pad, stridedAdd } from './place';
import { adaptiveAvgPool, adaptiveAvgPoolGrad, adaptiveMaxPool, avgPool, avgPoolGrad, maxPool } from './pool';
import { reduce } from './reduce';
import { logSoftmax, logSoftmaxGrad, softmax, softmaxGrad } from './softmax';
import { allFinite, sumSquares } from './totals';

const table: Readonly<Record<StructuredKernel, HostKernel>> = {
  fill, strided, stridedAdd, concat, pad, indexSelect, indexAdd, gather, scatterAdd, scatter, reduce, argReduce, cumsum, matmul, linear,
  conv, convInputGrad, convWeightGrad, maxPool, avgPool, avgPoolGrad, adaptiveAvgPool, adaptiveAvgPoolGrad, adaptiveMaxPool,
  softmax, logSoftmax, softmaxGrad, logSoftmaxGrad, layerNorm, layerNormGrad, batchNorm, batchNormGrad, dropout, addNormal, allFinite, sumSquares,
};

export const structured: ReadonlyMap<string, HostKernel> = new Map(Object.entries(table));

export { elementwise } from './elementwise';
