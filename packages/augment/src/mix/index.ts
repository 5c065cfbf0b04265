export { applyMixup, drawMixup, type DrawMixupOptions, type Mixed, type MixupDraw } from './mixup';
export { mixup, type MixupOptions } from './mixup-plugin';
export type { MixTargetOptions } from './mix-targets';
export type { MixMode } from './pairing';
export type { Until } from './until';
