export { cutout, type CutoutOptions } from './cutout';
export type { Rectangle } from './erase';
export type { Erased } from './erase-tensor';
export { type Grid, gridMask, type GridMaskOptions } from './grid-mask';
export { randomErasing, type RandomErasingOptions } from './random-erasing';
export type { Erasure, EraseValue } from './value';
