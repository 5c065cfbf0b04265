export { applyRandomCrop, type ApplyRandomCropOptions, type CropPlaces, drawRandomCrop, type DrawRandomCropOptions, type PaddingMode } from './random-crop';
export { randomCrop, type RandomCropOptions } from './random-crop-plugin';
