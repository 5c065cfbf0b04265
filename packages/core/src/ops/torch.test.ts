/** Every op against PyTorch, on both executors. The cases are in fixtures/ops, made by tooling/reference. */
import { ops, type Tensor } from '@parsimony/core';
import { fixture } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { onBackends } from '../../../../tooling/reference/check/backends';
import { type Adapter, checkOpCase, type OpCase, type Options, type Tensors } from '../../../../tooling/reference/check/op';

const groups = ['elementwise', 'matmul', 'conv', 'pool', 'reduce', 'index', 'shape', 'norm', 'attention'] as const;
const files = await Promise.all(groups.map((group) => fixture<OpCase>(new URL(`../../fixtures/ops/${group}.json`, import.meta.url))));

/** The inputs in order; undefined ones were left out of the case. */
const all = (inputs: Tensors): Tensor[] => Object.values(inputs);
type Op = (...args: unknown[]) => Tensor;
const table = ops as unknown as Readonly<Record<string, Op | undefined>>;
const op = (name: string): Op => table[name] ?? (() => { throw new Error(`ops.${name} does not exist`); });

/** op(...inputs), with the values of the options behind, in the order in which the fixture has them. */
const positional = (name: string): Adapter => (inputs, options) => op(name)(...all(inputs), ...Object.values(options));
/** op(...inputs, options). */
const withOptions = (name: string): Adapter => (inputs, options) => op(name)(...all(inputs), options);
const named = (names: readonly string[], make: (name: string) => Adapter): Record<string, Adapter> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));
/** op(x, weight, bias, options). */
const affine = (name: string): Adapter => ({ x, weight, bias }, options) => op(name)(x, weight, bias, options);
/** op(x, kernelSize, options). */
const pool = (name: string): Adapter => ({ x }, { kernelSize, ...options }: Options) => op(name)(x, kernelSize, options);
/** op(x, axis, …). */
const axisSecond = (name: string): Adapter => ({ x, ...rest }, { axis }) => op(name)(x, axis, ...all(rest));

const spatial = (prefix: string): string[] => [1, 2, 3].map((n) => `${prefix}${n}d`);

/** PyTorch's padding, a flat list that begins with the last axis, as ours: a pair an axis, the last axis last. */
const pairs = (flat: readonly number[]): [number, number][] =>
  Array.from({ length: flat.length / 2 }, (_, i): [number, number] => [flat[2 * i] ?? 0, flat[2 * i + 1] ?? 0]).reverse();

const adapters: Readonly<Record<string, Adapter>> = {
  ...named(['sum', 'mean', 'max', 'min', 'prod', 'variance', 'logSumExp', 'argmax', 'argmin', 'matmul', 'leakyRelu', 'elu', 'gelu', 'clamp', 'hardtanh', 'softplus',
    'all', 'any', 'std', 'norm', 'tril', 'triu', 'embedding'], withOptions),
  ...named([...spatial('conv'), ...spatial('convTranspose'), 'layerNorm'], affine),
  ...named([...spatial('maxPool'), ...spatial('avgPool')], pool),
  ...named(['gather', 'scatter', 'scatterAdd', 'indexSelect', 'indexAdd'], axisSecond),
  batchNorm: ({ x, weight, bias }, options) => {
    const { output, mean, variance } = ops.batchNorm(x as Tensor, weight, bias, options);
    return [output, mean, variance];
  },
  normalizeChannels: ({ x, mean, variance, weight, bias }, options) => op('normalizeChannels')(x, mean, variance, weight, bias, options),
  scaledDotProductAttention: ({ query, key, value, attnMask }, options) =>
    op('scaledDotProductAttention')(query, key, value, { ...options, ...(attnMask && { attnMask }) }),
  cumsum: ({ x }, { axis, ...options }) => op('cumsum')(x, axis, options),
  concat: (inputs, { axis }) => op('concat')(all(inputs), axis),
  stack: (inputs, { axis }) => op('stack')(all(inputs), axis),
  pad: ({ x }, { pad, ...options }) => op('pad')(x, pairs(pad), options),
  slice: ({ x }, { slices }) => op('slice')(x, slices.map(([start, end, step]: [number, number, number]) => ({ start, end, step }))),
};

/** Exported functions without a case here, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  averageStep: 'an update without a gradient: average-step.test.ts',
  dropout: 'its mask comes from our own generator: checked by vectors and statistics',
  addNormal: 'its noise comes from our own generator: add-normal.test.ts',
  allFinite: 'PyTorch has no such op: kernels.test of the executors',
  sumSquares: 'PyTorch has no such op: kernels.test of the executors',
};

describe('coverage', () => {
  const covered = new Set(files.flatMap(({ cases }) => cases.map((c) => c.op)));
  const exported = Object.entries(table).filter(([, value]) => typeof value === 'function').map(([name]) => name);

  test.each(exported)('ops.%s has a case, or a reason not to', (name) => {
    expect(covered.has(name) || name in elsewhere, `no case for ops.${name} in fixtures/ops`).toBe(true);
  });
  test('the reasons are of ops that exist', () => {
    expect(Object.keys(elsewhere).filter((name) => !exported.includes(name))).toEqual([]);
  });
});

onBackends((backend) => {
  files.forEach(({ cases }, i) => describe(groups[i] as string, () => {
    test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, testCase) => {
      await checkOpCase(testCase, adapters[testCase.op] ?? positional(testCase.op), backend);
    });
  }));
});
