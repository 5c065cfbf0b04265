export { alphaDropout, AlphaDropout, type AlphaDropoutCall, type AlphaDropoutOptions } from './alpha-dropout';
export { type AppliedDropout, applyDropout, type DropoutRule } from './apply-dropout';
export {
  concreteDropout, ConcreteDropout, type ConcreteDropoutCall, type ConcreteDropoutOptions, concreteRegularizers, type ConcreteUnit,
} from './concrete-dropout';
export { concreteDropoutTerms, type ConcreteDropoutTermsOptions } from './concrete-dropout-terms';
export { type BlockSize, dropBlock2d, DropBlock2d, dropBlock3d, DropBlock3d, type DropBlockCall, type DropBlockOptions } from './drop-block';
export { dropConnect, DropConnect, type DropConnectCall, type DropConnectOptions, weightDrop, WeightDrop, type WeightDropOptions } from './drop-connect';
export { DropLayer, type DropLayerSettings, DropModule, type DropUnit } from './drop-layer';
export { DropPath, dropPath, type DropPathCall, type DropPathOptions } from './drop-path';
export { dropPathRates, type RateRule, setDropPathRates, type SetDropPathRatesOptions } from './drop-path-rates';
export { dropout, Dropout, type DropoutCall, type DropoutOptions } from './dropout';
export { embeddingDropout, EmbeddingDropout, type EmbeddingDropoutCall, type EmbeddingDropoutOptions } from './embedding-dropout';
export { featureAlphaDropout, FeatureAlphaDropout } from './feature-alpha-dropout';
export { gaussianDropout, GaussianDropout, type GaussianDropoutCall, type GaussianDropoutOptions } from './gaussian-dropout';
export { gaussianNoise, GaussianNoise, type GaussianNoiseCall, type GaussianNoiseOptions } from './gaussian-noise';
export { applyMask, type ApplyMaskOptions, drawMask, type Scaling } from './mask';
export type { WeightPatterns } from './masked-weights';
export { mcDropout, type McDropoutMoments, type McDropoutOptions, type McDropoutResult, type OutputKind } from './mc-dropout';
export { patchDropout, PatchDropout, type PatchDropoutCall, type PatchDropoutOptions } from './patch-dropout';
export { rDrop, type RDropOptions } from './r-drop';
export { rDropLoss, type RDropLossOptions } from './r-drop-loss';
export { type Interval, shakeDrop, ShakeDrop, type ShakeDropCall, type ShakeDropOptions, type ShakeDropSettings } from './shake-drop';
export { shakeShake, ShakeShake, type ShakeShakeCall, type ShakeShakeOptions } from './shake-shake';
export { dropout1d, Dropout1d, dropout2d, Dropout2d, dropout3d, Dropout3d, type SpatialDropoutCall, type SpatialDropoutOptions } from './spatial-dropout';
export { type DropMode, stochasticDepth, StochasticDepth, type StochasticDepthCall, type StochasticDepthOptions } from './stochastic-depth';
export { variationalDropout, VariationalDropout, type VariationalDropoutCall, type VariationalDropoutOptions } from './variational-dropout';
export { wordDropout, WordDropout, type WordDropoutCall, type WordDropoutOptions } from './word-dropout';
export { zoneout, Zoneout, type ZoneoutCall, type ZoneoutOptions } from './zoneout';
