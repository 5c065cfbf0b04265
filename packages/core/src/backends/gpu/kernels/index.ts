import type { StructuredKernel } from '../../../kernels/structured';
import { conv, convInputGrad, convWeightGrad } from './conv';
import { cumsum } from './cumsum';
import { dropout } from './dropout';
import { fill } from './fill';
import { gather, indexAdd, indexSelect, scatter, scatterAdd } from './indexing';
import type { GpuKernel } from './kernel';
import { linear, matmul } from './matmul';
import { addNormal } from './normal';
import { batchNorm, batchNormGrad, layerNorm, layerNormGrad } from './norm';
import { concat, pad } from './place';
import { adaptiveAvgPool, adaptiveAvgPoolGrad, adaptiveMaxPool, avgPool, avgPoolGrad, maxPool } from './pool';
import { argReduce, reduce } from './reduce';
import { logSoftmax, logSoftmaxGrad, softmax, softmaxGrad } from './softmax';
import { strided, stridedAdd } from './strided';
import { allFinite, sumSquares } from './totals';

export { elementwise } from './elementwise';
export type { GpuKernel } from './kernel';

/** The kernels that are not elementwise. */
export const structured: Readonly<Record<StructuredKernel, GpuKernel>> = {
  fill, strided, stridedAdd, concat, pad, indexSelect, indexAdd, gather, scatterAdd, scatter, reduce, argReduce, cumsum, matmul, linear,
  conv, convInputGrad, convWeightGrad, maxPool, avgPool, avgPoolGrad, adaptiveAvgPool, adaptiveAvgPoolGrad, adaptiveMaxPool,
  softmax, logSoftmax, softmaxGrad, logSoftmaxGrad, layerNorm, layerNormGrad, batchNorm, batchNormGrad, dropout, addNormal, allFinite, sumSquares,
};
