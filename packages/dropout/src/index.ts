export { dropout, Dropout, type DropoutCall, type DropoutOptions } from './dropout';
export { DropPath, dropPath, type DropPathCall, type DropPathOptions, dropPathRates } from './drop-path';
export { applyMask, type ApplyMaskOptions, drawMask, type Scaling } from './mask';
