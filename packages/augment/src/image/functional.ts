/** What transforms do, as functions of images: torchvision's `functional`, by its names. */
export { centerCropOf as centerCrop } from './center-crop';
export * from './colour/functional';
export { crop, pad } from './crop';
export { hflip, vflip } from './flip';
