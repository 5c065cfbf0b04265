export { type ArrayDataset, arrayDataset, type ArrayDatasetOptions } from './array-dataset';
export type { BatchContext, Dataset } from './dataset';
export { batches, batchIds, type BatchOptions } from './loader';
export { split, subset } from './subset';
export { type TargetOptions, targetOptions, type TargetSource, targetSource } from './targets';
