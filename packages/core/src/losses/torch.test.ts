/** Losses against PyTorch, on both executors; the cases are made by tooling/reference. */
import { losses, ops, type Target, type Tensor } from '@parsimony/core';
import { fixture } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { onBackends } from '../../../../tooling/reference/check/backends';
import { type Adapter, checkOpCase, type OpCase, type Options } from '../../../../tooling/reference/check/op';

const { cases } = await fixture<OpCase>(new URL('../../fixtures/losses.json', import.meta.url));

type LossName = keyof typeof losses.functional;
const names = Object.keys(losses.functional) as LossName[];
const functions = losses.functional as unknown as Readonly<Record<string, (input: Tensor, target: Tensor, options: Options) => Tensor>>;
const factories = losses as unknown as Readonly<Record<string, (options: Options) => ReturnType<typeof losses.crossEntropy>>>;

/** losses.functional.*: input, target, then weights among the options. */
const functional = (name: string): Adapter => ({ input, target, ...weights }, options) =>
  functions[name]?.(input as Tensor, target as Tensor, { ...options, ...weights }) ?? (() => { throw new Error(`losses.functional.${name} does not exist`); })();

/** losses.*, what the Trainer takes: the mean is the sum by the denominator. */
const factory = (testCase: OpCase): Adapter => ({ input, target }, { reduction, ...options }) => {
  const weights = Object.fromEntries(['weight', 'posWeight'].flatMap((name) => name in testCase.inputs ? [[name, Array.from(testCase.inputs[name]?.data ?? [])]] : []));
  const loss = factories[testCase.op] as (options: Options) => ReturnType<typeof losses.crossEntropy>;
  const labels = target?.dtype === 'int32';
  const probabilities = testCase.op === 'crossEntropy';
  const wrapped = (labels ? { kind: 'index', labels: target, numClasses: input?.shape[1] ?? 0 } : probabilities ? { kind: 'soft', probs: target } : { kind: 'value', values: target }) as Target;
  const { sum, denominator } = loss({ ...options, ...weights, ...(reduction === 'batchmean' && { reduction }) })(input as Tensor, wrapped);
  return reduction === 'sum' ? sum : ops.div(sum, denominator);
};
/** Weights [3, 4] cannot be a list of numbers. */
const hasFactory = ({ options, inputs }: OpCase): boolean => options?.['reduction'] !== 'none' && (inputs['weight']?.shape.length ?? 1) === 1;

test.each(names)('losses.%s has a case', (name) => {
  expect(cases.filter((c) => c.op === name).length).toBeGreaterThan(1);
});

test('cross entropy has a case for every combination of kind of target, class weights, ignored index, smoothing and reduction', () => {
  const own = cases.filter((c) => c.op === 'crossEntropy' && c.inputs['input']?.shape.join() === '5,4');
  const found = own.map(({ inputs, options = {} }) => [inputs['target']?.dtype, 'weight' in inputs, options['ignoreIndex'] === -7, 'labelSmoothing' in options, options['reduction']].join());
  expect(new Set(found).size).toBe(2 ** 4 * 3);
});

onBackends((backend) => {
  describe('as functions', () => {
    test.each(cases.map((c) => [c.name, c] as const))('%s', (_, testCase) => checkOpCase(testCase, functional(testCase.op), backend));
  });
  describe('as sums and denominators', () => {
    test.each(cases.filter(hasFactory).map((c) => [c.name, c] as const))('%s', (_, testCase) => checkOpCase(testCase, factory(testCase), backend));
  });
});
