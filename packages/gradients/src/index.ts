export { clipByGlobalNorm, type ClipByGlobalNormOptions, clipGradNorm } from './clip-by-global-norm';
export { clipByValue, type ClipByValueOptions, clipGradValue } from './clip-by-value';
