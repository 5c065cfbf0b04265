import { describe, expect, test } from 'vitest';
import { Module } from '../../nn/module';
import type { ModuleTraits } from '../../nn/traits';
import { adam } from '../../optim/adam';
import { adamw } from '../../optim/adamw';
import type { Tensor } from '../../tensor/tensor';
import type { Claims, Hooks, Plugin, State } from '../contract';
import { definePlugin } from '../define-plugin';
import { createPlan } from './plan';
import { schedules, type Schedule } from '../../index';

class Layer extends Module {
  constructor(override readonly traits: ModuleTraits = {}) { super(); }
  protected compute(x: Tensor): Tensor { return x; }
}
class Learner extends Layer {
  constructor() { super(); this.parameter('weight', [1], () => [1]); }
}
class Chain extends Module {
  constructor(readonly layers: readonly Module[], override readonly traits: ModuleTraits = { flow: 'sequential' }) { super(); }
  protected compute(x: Tensor): Tensor { return x; }
}
const model = new Chain([new Layer()]);
const noop = (): void => {};
const plugin = (name: string, hooks: Hooks<State> = {}, claims: Claims = {}, more: Partial<Plugin> = {}) =>
  definePlugin({ name, version: '1.0.0', apiVersion: 1, options: {}, claims, batchSemantics: 'per-sample', hooks, ...more });

describe('definePlugin', () => {
  const valid = { name: 'p', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample', hooks: {} } as const;
  test.each<[string, unknown, string]>([
    ['no name', { ...valid, name: '' }, "`name` must be a package name without spaces and '#', and no number, such as '@parsimony/ema', received \"\"."],
    ['a number for a name', { ...valid, name: '10' }, 'received "10".'],
    ['another contract', { ...valid, apiVersion: 2 }, 'Plugin p: it is written for version 2 of the plugin contract; this @parsimony/core implements version 1. Install a version of the plugin for contract 1, or another @parsimony/core.'],
    ['no version', { ...valid, version: undefined }, '`version` must be a version string, received undefined.'],
    ['an unknown field', { ...valid, hook: {} }, 'unknown field `hook`. Did you mean `hooks`?'],
    ['an unknown hook', { ...valid, hooks: { stepEnded: noop } }, 'unknown hook `stepEnded`. Did you mean `stepEnd`?'],
    ['a hook that is no function', { ...valid, hooks: { stepEnd: 3 } }, 'hook `stepEnd` must be a function or { order?, before?, after?, handler }, received 3.'],
    ['an unknown field of a hook', { ...valid, hooks: { stepEnd: { handler: noop, befor: ['x'] } } }, 'unknown field `befor`. Did you mean `before`?'],
    ['a band that is none', { ...valid, hooks: { stepEnd: { handler: noop, order: 'last' } } }, "`order` must be one of 'pre', 'post', received \"last\"."],
    ['an activation hook without match', { ...valid, hooks: { transformActivation: noop } }, 'must be { match, handler }'],
    ['an unknown slot', { ...valid, claims: { writes: { grad: 'add' } } }, 'unknown slot `grad`. Did you mean `grads`?'],
    ['an unknown mode', { ...valid, claims: { writes: { grads: 'scale' } } }, "`claims.writes.grads` must be one of 'affine', 'add', 'replace', 'exclusive', received \"scale\"."],
    ['options with a function', { ...valid, options: { on: [noop] } }, '`options.on[0]` must be JSON, so that a checkpoint can record it, received function noop.'],
    ['options with an infinity', { ...valid, options: { decay: Number.POSITIVE_INFINITY } }, '`options.decay` must be JSON'],
    ['no semantics', { ...valid, batchSemantics: undefined }, "`batchSemantics` must be one of 'per-sample', 'per-batch'"],
  ])('refuses %s', (_, value, message) => {
    expect(() => definePlugin(value as Plugin)).toThrow(expect.objectContaining({ code: 'plugin', message: expect.stringContaining(message) as string }) as Error);
  });
});

describe('order', () => {
  const fit = (order: object): Hooks<State> => ({ fitStart: { handler: noop, ...order } });
  const order = (...plugins: Parameters<typeof createPlan>[0]): readonly string[] => createPlan(plugins, model).order.fitStart;

  test('is bands, then before and after, then the list', () => {
    expect(order(plugin('a', fit({})), plugin('b', fit({ order: 'post' })), plugin('c', fit({ order: 'pre' })), plugin('d', fit({ before: ['a'] })), plugin('e', fit({}))))
      .toEqual(['c', 'd', 'a', 'e', 'b']);
  });
  test('takes after, chains and absent names', () => {
    expect(order(plugin('a', fit({ after: ['b', 'nowhere'] })), plugin('b', fit({ after: ['c'] })), plugin('c', fit({ before: ['nowhere'] })), plugin('d', fit({}))))
      .toEqual(['c', 'b', 'a', 'd']);
  });
  test('is by hook', () => {
    const plan = createPlan([plugin('a', { fitStart: { handler: noop, order: 'post' }, fitEnd: noop }), plugin('b', { fitStart: noop, fitEnd: noop })], model);
    expect([plan.order.fitStart, plan.order.fitEnd]).toEqual([['b', 'a'], ['a', 'b']]);
  });
  test('knows instances by name and by key', () => {
    expect(order(plugin('x', fit({}), {}, { instance: 'slow' }), plugin('x', fit({}), {}, { instance: 'fast' }), plugin('y', fit({ before: ['x'] })), plugin('z', fit({ before: ['x#fast'] }))))
      .toEqual(['y', 'x#slow', 'z', 'x#fast']);
  });
  test('prints a cycle', () => {
    expect(() => order(plugin('a', fit({ before: ['b'] })), plugin('b', fit({ before: ['c'] })), plugin('c', fit({ before: ['a'] })), plugin('d', fit({ after: ['a'] }))))
      .toThrow('Plan: the order of `fitStart` has a cycle: a -> b -> c -> a. Each says it runs before the next; take one `before` or `after` away.');
  });
  test('warns where a declaration contradicts the bands', () => {
    const plan = createPlan([plugin('a', fit({ order: 'post', before: ['b'] })), plugin('b', fit({}))], model);
    expect(plan.order.fitStart).toEqual(['b', 'a']);
    expect(plan.findings).toEqual([expect.objectContaining({ code: 'order-overruled', plugins: ['a', 'b'] })]);
  });
  test('refuses a plugin twice without instance, and what is no plugin', () => {
    expect(() => order(plugin('a'), plugin('a'))).toThrow('Plan: a is listed twice. If both are meant, tell them apart with the option `instance`');
    expect(() => createPlan([(() => plugin('a')) as never], model)).toThrow('Call the factory');
  });
});

describe('conflicts', () => {
  const grads = (name: string, mode: 'affine' | 'add' | 'replace' | 'exclusive', order: object = {}) =>
    plugin(name, { transformGrads: { handler: () => undefined, ...order } }, { writes: { grads: mode } });

  test('two weight averages', () => {
    const average = (name: string) => plugin(name, { aroundEval: async (_, next) => next() }, { writes: { 'eval.weights': 'exclusive' } });
    expect(() => createPlan([average('@parsimony/ema'), average('@parsimony/swa')], model)).toThrow(
      'Plan: @parsimony/ema and @parsimony/swa each claim `eval.weights` for themselves: each evaluates with weights of its own (two averages?). Leave one of them out.');
  });
  test.each([
    ['affine', 'affine'], ['add', 'add'],
  ] as const)('%s with %s commute', (a, b) => {
    expect(createPlan([grads('a', a), grads('b', b)], model).findings).toEqual([]);
  });
  test.each([
    ['replace', 'replace'], ['replace', 'add'], ['affine', 'replace'],
  ] as const)('%s beside %s needs a declared order', (a, b) => {
    expect(() => createPlan([grads('a', a), grads('b', b)], model)).toThrow('neither says which comes first');
    expect(createPlan([grads('a', a), grads('b', b, { after: ['a'] })], model).findings).toEqual([]);
    expect(createPlan([grads('a', a), grads('b', b, { order: 'post' })], model).findings).toEqual([]);
  });
  test('an order through a third plugin counts', () => {
    expect(createPlan([grads('a', 'replace', { before: ['m'] }), plugin('m', { transformGrads: { handler: () => undefined, before: ['b'] } }), grads('b', 'replace')], model).findings).toEqual([]);
  });
  test('different hooks are ordered by the lifecycle', () => {
    const mixup = plugin('mixup', { transformBatch: () => undefined }, { writes: { targets: 'replace' } });
    const smoothing = plugin('smoothing', { transformTargets: () => undefined }, { writes: { targets: 'affine' } });
    expect(createPlan([smoothing, mixup], model).findings).toEqual([]);
    const crop = plugin('crop', { transformBatch: () => undefined }, { writes: { 'batch.inputs': 'replace' } });
    const inside = plugin('inside', { aroundForward: (_, next) => next() }, { writes: { 'batch.inputs': 'affine' } });
    expect(createPlan([inside, crop], model).findings).toEqual([]);
  });
  test('scaling beside adding is a warning, an owner beside a writer an error', () => {
    expect(createPlan([grads('a', 'affine'), grads('b', 'add')], model).findings).toEqual([expect.objectContaining({ severity: 'warning', code: 'order-matters' })]);
    expect(() => createPlan([grads('a', 'add'), grads('b', 'exclusive')], model)).toThrow('b claims `grads` for itself (it writes `grads` alone), and a writes it too (add).');
  });
  test("a plugin's own findings count, and errors come together", () => {
    const picky = plugin('picky', {}, {}, { check: (peers) => [{ severity: 'error', code: 'no', message: `picky cannot stand ${peers.map((p) => p.name).join()}.`, plugins: [] }] });
    expect(() => createPlan([picky, grads('a', 'exclusive'), grads('b', 'exclusive')], model)).toThrow(/each claim `grads`.*\n.*picky cannot stand a,b\./);
    const knowing = plugin('knowing', {}, {}, { check: (_peers, own, { optimizer, accumulate }) => [{ severity: 'info', code: 'known', message: `${own === model} ${optimizer?.name} ${accumulate}`, plugins: [] }] });
    expect(createPlan([knowing], model, { optimizer: adamw(), accumulate: 2 }).findings).toMatchObject([{ message: 'true adamw 2' }]);
    const broken = plugin('broken', {}, {}, { check: () => { throw new Error('oops'); } });
    expect(() => createPlan([broken], model)).toThrow('broken: `check` threw: oops');
  });
  test('decay of plugin and optimizer', () => {
    const owner = plugin('decay', {}, { writes: { 'params.decay': 'exclusive' } });
    expect(() => createPlan([owner], model, { optimizer: adamw({ weightDecay: 0.1 }) })).toThrow('decay owns the weight decay (`params.decay`), and the optimizer `adamw` was given one too.');
    expect(createPlan([owner], model, { optimizer: adamw() }).findings).toEqual([]);
  });
});

describe('warnings', () => {
  const drop = (p = 0.5, unit: 'element' | 'path' = 'element') => new Layer({ drops: { unit, p } });
  const norm = () => new Layer({ batchStatistics: true });
  const relu = () => new Layer({ activation: true });
  const linear = () => new Learner();
  const codes = (layers: readonly Layer[], settings = {}, traits?: ModuleTraits): string[] => createPlan([], new Chain(layers, traits), settings).findings.map((f) => f.code);

  test.each<[string, readonly Layer[], string[]]>([
    ['nothing to say', [linear(), norm(), relu(), drop(), linear()], []],
    ['dropout upstream of batch norm', [linear(), relu(), drop(), linear(), norm(), linear()], ['dropout-before-batch-norm']],
    ['dropout before an activation', [linear(), drop(), relu(), linear()], ['dropout-before-activation']],
    ['dropout at the output', [linear(), drop()], ['dropout-at-output']],
    ['dropout with nothing but activations and pooling behind', [linear(), drop(), new Layer(), relu()], ['dropout-at-output']],
    ['high p', [linear(), drop(0.9), linear()], ['high-drop-rate']],
    ['a path dropped with nothing around it', [linear(), drop(0.1, 'path'), linear()], ['path-without-residual']],
    ['batch norm in a recurrent net', [norm(), new Layer({ recurrent: true })], ['batch-norm-in-recurrent']],
    ['p of 0 does nothing', [linear(), drop(0), norm(), drop(0)], []],
  ])('%s', (_, layers, expected) => { expect(codes(layers)).toEqual(expected); });

  test('inside a residual branch a path may be dropped', () => {
    expect(codes([linear(), drop(0.1, 'path')], {}, { flow: 'residual' })).toEqual([]);
  });
  test('what runs beside a branch is not downstream of it, and a branch is not the output', () => {
    const block = new Chain([new Chain([linear(), drop()]), new Chain([linear(), norm()])], { flow: 'residual' });
    const chain = (layers: readonly (Layer | Chain)[]): string[] => createPlan([], new Chain(layers)).findings.map((f) => f.code);
    expect(chain([block])).toEqual([]);
    expect(chain([block, relu()])).toEqual([]);
    expect(chain([block, norm()])).toEqual(['dropout-before-batch-norm']);
  });
  test('nothing is said of an order that is not known', () => {
    expect(codes([drop(), norm(), drop(0.1, 'path')], {}, {})).toEqual([]);
  });
  test('a small microbatch under batch norm', () => {
    expect(codes([norm()], { batchSize: 16 })).toEqual([]);
    expect(codes([norm()], { batchSize: 16, accumulate: 4 })).toEqual(['batch-norm-accumulation', 'small-batch-norm']);
  });
  test.each<[string, Schedule, string | null]>([
    ['a number', 0.95, 'drops with p = 0.95; of what it sees 5 % is left'],
    ['a ramp over the run', schedules.linear({ start: 0, end: 0.9 }), 'comes, by its schedule, to drop with p = 0.9; of what it sees 10 % is left'],
    ['one that ends below', schedules.linear({ start: 0, end: 0.89 }), null],
    ['a long ramp', schedules.linear({ start: 0, end: 0.95, steps: 300_000 }), 'p = 0.95'],
    ['a peak in the middle', schedules.oneCycle({ max: 0.92, steps: 4000 }), 'p = 0.92'],
    ['one that comes late', schedules.late({ value: 0.9, steps: 50_000 }), 'p = 0.9'],
    ['one that is over early', schedules.early({ value: 0.9, steps: 10 }), 'p = 0.9'],
    ['a share of another', schedules.scale({ value: schedules.linear({ start: 0, end: 1, steps: 5000 }), factor: 0.5 }), null],
    ['a curriculum', schedules.curriculum({ end: 0.9 }), null],
    ['a curriculum to more', schedules.curriculum({ end: 0.95 }), 'p = 0.95'],
  ])('a high rate: %s', (_, p, expected) => {
    const { findings } = createPlan([], new Chain([linear(), new Layer({ drops: { unit: 'element', p } }), linear()]));
    expect(findings.map(({ code }) => code)).toEqual(expected === null ? [] : ['high-drop-rate']);
    if (expected !== null) expect(findings[0]?.message).toMatch(/^`layers.1` \(Layer\) /);
    if (expected !== null) expect(findings[0]?.message).toContain(expected);
  });
  test('coupled decay in an adaptive optimizer; per-batch plugins under accumulation', () => {
    expect(codes([], { optimizer: adam({ weightDecay: 0.1 }) })).toEqual(['coupled-decay']);
    expect(createPlan([plugin('p', {}, {}, { batchSemantics: 'per-batch' })], model, { accumulate: 2 }).findings.map((f) => f.code)).toEqual(['per-batch-accumulation']);
  });
});

test('a plan prints as a table', () => {
  const plan = createPlan([
    plugin('@parsimony/ema', { stepEnd: noop, aroundEval: async (_, next) => next() }, { writes: { 'eval.weights': 'exclusive' }, reads: ['params'] }, { options: { decay: 0.9 } }),
    plugin('log', { stepEnd: { order: 'pre', handler: noop }, transformActivation: { match: '**', handler: () => undefined } }),
  ], new Chain([new Layer(), new Layer({ drops: { unit: 'element', p: 0.5 } })]));
  expect(plan.toString()).toBe(`Plugins
  @parsimony/ema  1.0.0  per-sample  {"decay":0.9}
  log             1.0.0  per-sample  {}
Hooks, in the order of a fit
  transformActivation  log (**)
  stepEnd              log [pre] -> @parsimony/ema
  aroundEval           @parsimony/ema
Claims
  params        @parsimony/ema (reads)
  eval.weights  @parsimony/ema (writes, exclusive)
Findings
  warning dropout-at-output: Dropout at \`layers.1\` (Layer) is the last layer: it zeroes the model's outputs, so the loss sees wrong predictions.
    Put it before the last linear layer.`);
});
