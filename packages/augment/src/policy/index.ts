export { type AugMixDraw, augMixPolicy, type AugMixPolicyOptions } from './aug-mix-policy';
export { autoAugment, type AutoAugmentOptions } from './auto-augment';
export { autoAugmentTables, type SubPolicy, type SubPolicyOp } from './auto-augment-tables';
export { randAugment, type RandAugmentOptions } from './rand-augment';
export type { PolicyMoveOptions, PolicyOpName, PolicyStep } from './policy-op';
export { trivialAugmentWide, type TrivialAugmentWideOptions } from './trivial-augment-wide';
