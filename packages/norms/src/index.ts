export { batchNorm, type BatchNormCall, type BatchNormOutput, type RunningStatistics } from './batch-norm';
export { BatchNorm1d, BatchNorm2d, BatchNorm3d, BatchNormModule, type BatchNormOptions } from './batch-norm-modules';
export { ghostBatchNorm, GhostBatchNorm, type GhostBatchNormOptions } from './ghost-batch-norm';
export { LayerNorm, type LayerNormOptions } from './layer-norm';
