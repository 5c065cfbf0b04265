export { type DecayRule, decayRules, type WeightDecayOptions } from './rules';
export { type DecayCall, decayWeights, weightDecay, type WeightDecayApi } from './weight-decay';
