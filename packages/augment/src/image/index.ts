export * from '../transform';
export * from './colour';
export * from './geometry';
export { augmentFromJson, type AugmentFromJsonOptions } from './augment-from-json';
export { augment, type AugmentOptions } from './augment-plugin';
export * as functional from './functional';
export { pixels } from './pixels';
export type { BoxOptions, PointMap } from './shapes';
export type { TransformFactory } from './table';
