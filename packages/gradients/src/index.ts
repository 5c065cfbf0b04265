export { adaptiveClip, adaptiveClipGrad, type AdaptiveClipGradOptions, type AdaptiveClipOptions } from './adaptive-clip';
export { asam, asamAscent, type AsamAscentOptions, type AsamOptions } from './asam';
export { centralization, type CentralizationOptions, centralizeGrads } from './centralization';
export { clipByGlobalNorm, type ClipByGlobalNormOptions, clipGradNorm } from './clip-by-global-norm';
export { clipByValue, type ClipByValueOptions, clipGradValue } from './clip-by-value';
export { addGradientNoise, gradientNoise, type GradientNoiseOptions, gradientNoiseStd } from './gradient-noise';
export { lookahead, type LookaheadOptions, lookaheadStep } from './lookahead';
export { sam, samAscent, type SamOptions } from './sam';
export { countSkipped, skipNonFinite, type SkipNonFiniteOptions } from './skip-non-finite';
