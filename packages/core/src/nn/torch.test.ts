/** Modules against PyTorch under its own state dicts, on both executors; the cases are made by tooling/reference. */
import { nn, type Tensor } from '@parsimony/core';
import { fixture } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { onBackends } from '../../../../tooling/reference/check/backends';
import { checkModuleCase, type Forward, type ModuleCase, type ModuleSpec } from '../../../../tooling/reference/check/module';
import type { Tensors } from '../../../../tooling/reference/check/op';

const groups = ['layers', 'recurrent', 'attention'] as const;
const files = await Promise.all(groups.map((group) => fixture<ModuleCase>(new URL(`../../fixtures/nn/${group}.json`, import.meta.url))));

type AnyModule = nn.Module<never, unknown>;
const table = nn as unknown as Readonly<Record<string, (new (...args: unknown[]) => AnyModule) | undefined>>;

/** Constructor arguments that stand in front of the options. */
const channels = ['inChannels', 'outChannels', 'kernelSize'];
const leading: Readonly<Record<string, readonly string[]>> = {
  Linear: ['inFeatures', 'outFeatures'], Embedding: ['numEmbeddings', 'embeddingDim'], MultiheadAttention: ['embedDim', 'numHeads'],
  TransformerEncoderLayer: ['dModel', 'numHeads'], RNN: ['inputSize', 'hiddenSize'], LSTM: ['inputSize', 'hiddenSize'], GRU: ['inputSize', 'hiddenSize'],
  ...Object.fromEntries([1, 2, 3].flatMap((n) => [
    [`Conv${n}d`, channels], [`ConvTranspose${n}d`, channels], [`MaxPool${n}d`, ['kernelSize']], [`AvgPool${n}d`, ['kernelSize']],
    [`AdaptiveAvgPool${n}d`, ['outputSize']], [`AdaptiveMaxPool${n}d`, ['outputSize']],
  ])),
};

function build({ module, options = {}, layers }: ModuleSpec): AnyModule {
  const Class = table[module];
  if (!Class) throw new Error(`nn.${module} does not exist`);
  if (layers) return new Class(...layers.map(build));
  const names = leading[module] ?? [];
  const rest = Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)));
  return new Class(...names.map((name) => options[name]), ...(Object.keys(rest).length > 0 ? [rest] : []));
}

/** `forward` of a module that takes its inputs by name. */
const call = (module: AnyModule, inputs: object, ctx: Parameters<Forward>[2]): unknown => (module as unknown as nn.Module<object, unknown>).forward(inputs, ctx);
/** Results by name, in the order in which the module gives them. */
const byName: Forward = (module, inputs, ctx, options) => Object.values(call(module, { ...inputs, ...options }, ctx) as Tensors);

const forwards: Readonly<Record<string, Forward>> = {
  RNN: byName, LSTM: byName, GRU: byName, MultiheadAttention: byName,
  TransformerEncoderLayer: (module, inputs, ctx) => call(module, inputs, ctx) as Tensor,
};

/** Exported classes without a case here, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  Module: 'the base class',
  Identity: 'gives its input back',
  Residual: 'PyTorch has none: nn tests',
  LayerNorm: 'its cases are in packages/norms, which exports it too',
};

describe('coverage', () => {
  const covered = new Set(files.flatMap(({ cases }) => cases.map((c) => c.module)));
  const classes = Object.keys(nn).filter((name) => /^[A-Z]/.test(name));
  test.each(classes)('nn.%s has a case, or a reason not to', (name) => {
    expect(covered.has(name) || name in elsewhere, `no case for nn.${name} in fixtures/nn`).toBe(true);
  });
  test('the reasons are of classes that exist', () => {
    expect(Object.keys(elsewhere).filter((name) => !classes.includes(name))).toEqual([]);
  });
});

onBackends((backend) => {
  files.forEach(({ cases }, i) => describe(groups[i] as string, () => {
    test.each(cases.map((c) => [c.name, c] as const))('%s', (_, testCase) => checkModuleCase(testCase, build, backend, forwards[testCase.module]));
  }));
});
