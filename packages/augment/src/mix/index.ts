export { applyMixup, drawMixup, type Mixed, type MixupDraw } from './mixup';
export { mixup, type MixupOptions } from './mixup-plugin';
