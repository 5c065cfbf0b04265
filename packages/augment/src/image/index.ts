export { applyRandomCrop, type ApplyRandomCropOptions, type CropPlaces, drawRandomCrop, type DrawRandomCropOptions, type PaddingMode } from './random-crop';
export { randomCrop, type RandomCropOptions } from './random-crop-plugin';
export * from '../transform';
export { hflip, vflip } from './flip';
export { pixels } from './pixels';
export { type RandomFlipOptions, randomHorizontalFlip, randomVerticalFlip } from './random-flip';
export type { BoxOptions, PointMap } from './shapes';
export type { TransformFactory } from './table';
