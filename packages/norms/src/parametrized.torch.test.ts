/** Parametrized layers against PyTorch's, on both executors; the cases are made by tooling/reference. */
import { nn } from '@parsimony/core';
import { applyOrthogonal, applySpectralNorm, applyWeightNorm } from '@parsimony/norms';
import { fixture } from '@parsimony/testkit';
import { test } from 'vitest';
import { onBackends } from '../../../tooling/reference/check/backends';
import type { Options } from '../../../tooling/reference/check/op';
import { checkModuleCase, type ModuleCase, type ModuleSpec } from '../../../tooling/reference/check/module';

const { cases } = await fixture<ModuleCase>(new URL('../fixtures/parametrized.json', import.meta.url));

function layerOf({ kind, inFeatures, outFeatures, inChannels, outChannels, kernelSize }: Options): nn.Module {
  switch (kind) {
    case 'Linear': return new nn.Linear(inFeatures, outFeatures);
    case 'Conv2d': return new nn.Conv2d(inChannels, outChannels, kernelSize);
    case 'ConvTranspose2d': return new nn.ConvTranspose2d(inChannels, outChannels, kernelSize);
    default: throw new Error(`no such layer: ${String(kind)}`);
  }
}

function build({ module, options = {} }: ModuleSpec): nn.Module {
  const { layer, ...rest } = options;
  const model = layerOf(layer);
  switch (module) {
    case 'weightNorm': return applyWeightNorm(model, 'weight', rest);
    case 'spectralNorm': return applySpectralNorm(model, 'weight', rest);
    case 'orthogonal': return applyOrthogonal(model, 'weight', rest);
    default: throw new Error(`no such parametrization: ${module}`);
  }
}

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, testCase) => checkModuleCase(testCase, build, backend));
});
