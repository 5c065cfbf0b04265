/** Norms against PyTorch's modules, on both executors; the cases are made by tooling/reference. */
import { type nn, ops, type Tensor } from '@parsimony/core';
import {
  BatchNorm1d, BatchNorm2d, BatchNorm3d, GroupNorm, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, LayerNorm, LocalResponseNorm,
} from '@parsimony/norms';
import { fixture } from '@parsimony/testkit';
import { test } from 'vitest';
import { onBackends } from '../../../tooling/reference/check/backends';
import { checkModuleCase, type Forward, type ModuleCase, type ModuleSpec } from '../../../tooling/reference/check/module';

const { cases } = await fixture<ModuleCase>(new URL('../fixtures/modules.json', import.meta.url));

function build({ module, options = {} }: ModuleSpec): nn.Module {
  const { numFeatures, numGroups, numChannels, normalizedShape, size, ...rest } = options;
  switch (module) {
    case 'BatchNorm1d': return new BatchNorm1d(numFeatures, rest);
    case 'BatchNorm2d': return new BatchNorm2d(numFeatures, rest);
    case 'BatchNorm3d': return new BatchNorm3d(numFeatures, rest);
    case 'GroupNorm': return new GroupNorm(numGroups, numChannels, rest);
    case 'InstanceNorm1d': return new InstanceNorm1d(numFeatures, rest);
    case 'InstanceNorm2d': return new InstanceNorm2d(numFeatures, rest);
    case 'InstanceNorm3d': return new InstanceNorm3d(numFeatures, rest);
    case 'LayerNorm': return new LayerNorm(normalizedShape, rest);
    case 'LocalResponseNorm': return new LocalResponseNorm(size, rest);
    default: throw new Error(`no such module: ${module}`);
  }
}

/** `swap`: the module's input is a view of x with two axes exchanged. */
const forward: Forward = (module, { x }, ctx, { swap }) =>
  (module as unknown as nn.Module).forward(swap ? ops.transpose(x as Tensor, ...(swap as [number, number])) : x as Tensor, ctx);

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, testCase) => checkModuleCase(testCase, build, backend, forward));
});
