export { batchNorm, type BatchNormCall, type BatchNormOutput, type RunningStatistics } from './batch-norm';
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from './batch-norm-modules';
export { LayerNorm, type LayerNormOptions } from './layer-norm';
