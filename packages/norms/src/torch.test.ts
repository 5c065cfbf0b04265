/** Norms against PyTorch's modules, on both executors; the cases are made by tooling/reference. */
import type { nn } from '@parsimony/core';
import { BatchNorm1d, BatchNorm2d, LayerNorm } from '@parsimony/norms';
import { fixture } from '@parsimony/testkit';
import { test } from 'vitest';
import { onBackends } from '../../../tooling/reference/check/backends';
import { checkModuleCase, type ModuleCase, type ModuleSpec } from '../../../tooling/reference/check/module';

const { cases } = await fixture<ModuleCase>(new URL('../fixtures/modules.json', import.meta.url));

function build({ module, options = {} }: ModuleSpec): nn.Module {
  const { numFeatures, normalizedShape, ...rest } = options;
  switch (module) {
    case 'BatchNorm1d': return new BatchNorm1d(numFeatures, rest);
    case 'BatchNorm2d': return new BatchNorm2d(numFeatures, rest);
    case 'LayerNorm': return new LayerNorm(normalizedShape, rest);
    default: throw new Error(`no such module: ${module}`);
  }
}

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, testCase) => checkModuleCase(testCase, build, backend));
});
