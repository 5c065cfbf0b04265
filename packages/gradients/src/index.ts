export { adaptiveClip, adaptiveClipGrad, type AdaptiveClipGradOptions, type AdaptiveClipOptions } from './adaptive-clip';
export { clipByGlobalNorm, type ClipByGlobalNormOptions, clipGradNorm } from './clip-by-global-norm';
export { clipByValue, type ClipByValueOptions, clipGradValue } from './clip-by-value';
