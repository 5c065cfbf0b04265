/** What transforms do, as functions of images: torchvision's `functional`, by its names. */
export * from '../policy/functional';
export * from './colour/functional';
export * from './erasing/functional';
export * from './geometry/functional';
