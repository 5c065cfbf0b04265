/** The policies that JSON may name. */
import { augMixPolicy } from './aug-mix-policy';
import { autoAugment } from './auto-augment';
import { randAugment } from './rand-augment';
import { trivialAugmentWide } from './trivial-augment-wide';

export const policyTable = { AugMix: augMixPolicy, AutoAugment: autoAugment, RandAugment: randAugment, TrivialAugmentWide: trivialAugmentWide } as const;
