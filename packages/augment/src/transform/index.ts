export { compose } from './compose';
export { defineTransform, type TransformDefinition } from './define';
export { childKey, Draws } from './draws';
export { parseTransform } from './json';
export type { TransformList } from './nested';
export type { Fill } from './options';
export { applyToBatch, applyToScenes, drawFor, type PixelBatch } from './run';
export type { Pixels, Scene, Size, Transform, TransformJson } from './transform';
