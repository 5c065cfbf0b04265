export { dropout, Dropout, type DropoutCall, type DropoutOptions } from './dropout';
export { DropPath, dropPath, type DropPathCall, type DropPathOptions } from './drop-path';
export { dropPathRates } from './drop-path-rates';
export { DropLayer, DropModule, type DropLayerSettings, type DropUnit } from './drop-layer';
export { applyMask, type ApplyMaskOptions, drawMask, type Scaling } from './mask';
