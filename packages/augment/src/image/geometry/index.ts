export { centerCrop, type CenterCropOptions } from './center-crop';
export type { Padding, PaddingMode, PaddingOptions } from './crop';
export type { Place } from './crop-tensor';
export type { MaskOptions } from './cut-scene';
export { pad, type PadOptions } from './pad';
export { randomCrop, type RandomCropOptions } from './random-crop';
export { type RandomFlipOptions, randomHorizontalFlip, randomVerticalFlip } from './random-flip';
