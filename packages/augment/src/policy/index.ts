export { augMix, type AugMixOptions } from './aug-mix-plugin';
export { type AugMixDraw, augMixPolicy, type AugMixPolicyOptions } from './aug-mix-policy';
export { autoAugment, type AutoAugmentOptions } from './auto-augment';
export { autoAugmentTables, type SubPolicy, type SubPolicyOp } from './auto-augment-tables';
export { jensenShannon, type JensenShannonOptions } from './jensen-shannon';
export { randAugment, type RandAugmentOptions } from './rand-augment';
export type { PolicyMoveOptions, PolicyOpName, PolicyStep } from './policy-op';
export { trivialAugmentWide, type TrivialAugmentWideOptions } from './trivial-augment-wide';
