export { l1, type L1Options, l1Penalty } from './l1';
export { l2, type L2Options, l2Penalty } from './l2';
export { limitNorms, maxNorm, type MaxNormOptions, type NormLimit, renorm } from './max-norm';
export type { PenaltyCall } from './penalty';
export { type ShrinkCall, shrinkWeights, softThreshold } from './proximal';
export { type DecayRule, decayRules, type WeightDecayOptions } from './rules';
export type { FactorOptions, SelectionOptions } from './selection';
export { type DecayCall, decayWeights, weightDecay, type WeightDecayApi } from './weight-decay';
