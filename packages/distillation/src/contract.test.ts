import { ops, type Tensor } from '@parsimony/core';
import { pluginContract } from '@parsimony/testkit';
import { test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { distillation, type DistillationOptions } from './distillation';

/** The suite's classes lie along the first three axes. What a checkpoint records of a teacher is that there was one. */
const plugin = (options: Omit<DistillationOptions, 'teacher'>) =>
  distillation({ ...options, teacher: (inputs) => ops.mul(ops.slice(inputs as Tensor, [{}, { end: 3 }]), 5) });

onDevices(() => {
  for (const { name, run } of pluginContract({ plugin, options: { alpha: 0.3, temperature: 2 }, zero: { alpha: 1 } })) test(name, () => run());
});
