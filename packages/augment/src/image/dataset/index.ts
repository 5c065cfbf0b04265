export { type ImageDataset, imageDataset, type ImageDatasetOptions, imageWorkerSource } from './image-dataset';
export type { ImageTransformFactory, ImageTransforms } from './transforms';
