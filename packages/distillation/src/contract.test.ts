import { type ForwardContext, nn, ops, type Tensor } from '@parsimony/core';
import { pluginContract } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { distillation, type DistillationOptions, type DistillationTerm } from './index';

/** The suite's classes lie along the first three axes. What a checkpoint records of a teacher is that there was one. */
const plugin = (options: Omit<DistillationOptions, 'teacher'>) =>
  distillation({ ...options, teacher: (inputs) => ops.mul(ops.slice(inputs as Tensor, [{}, { end: 3 }]), 5) });

onDevices(() => {
  for (const { name, run } of pluginContract({ plugin, options: { alpha: 0.3, temperature: 2 }, zero: { alpha: 1 } })) test(name, () => run());
});

/** A teacher without weights, so that the suite, which changes executors, can make it anywhere: eight features, of which three tell the classes. */
class Wide extends nn.Module {
  protected compute(x: Tensor): Tensor { return ops.concat([ops.mul(x, 2), ops.neg(x)], 1); }
}
class Narrow extends nn.Module {
  protected compute(x: Tensor, _: ForwardContext): Tensor { return ops.mul(ops.slice(x, [{}, { end: 3 }]), 5); }
}
const withModules = (options: Omit<DistillationOptions, 'teacher'>) => distillation({ ...options, teacher: new nn.Sequential(new Wide(), new nn.Tanh(), new Narrow()) });

const layers = { student: '1', teacher: '1' };
const terms: readonly DistillationTerm[] = [
  { name: 'kl', temperature: 2 }, { name: 'decoupled' }, { name: 'correlation' }, { name: 'similarity', ...layers, weight: 10 }, { name: 'relational', ...layers, weight: 0.1 },
  { name: 'hint', student: '', teacher: '', weight: 0.1 },
];
onDevices(() => {
  describe.each(terms)('$name', (term) => {
    for (const { name, run } of pluginContract({ plugin: withModules, options: { alpha: 0.5, losses: [term] }, zero: { losses: [{ ...term, weight: 0 }] } })) test(name, () => run());
  });
  // Weight 0 leaves the regressor's parameters in the model: nothing is at zero strength what a model without them is.
  describe('hint by a regressor', () => {
    const hint = { name: 'hint', ...layers, weight: 1, regressor: { inFeatures: 16, outFeatures: 8 } } as const;
    for (const { name, run } of pluginContract({ plugin: withModules, options: { losses: [hint] }, zero: null })) test(name, () => run());
  });
});
