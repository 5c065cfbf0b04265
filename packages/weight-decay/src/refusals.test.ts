/** Junk in each place of each function and factory: an error that says what was expected, never a TypeError, never silence. */
import { ops, ParsimonyError, random, ready, type Tensor, tensor } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import * as techniques from './index';

type Call = (...args: unknown[]) => unknown;
const all = techniques as unknown as Readonly<Record<string, Call>>;
const call = (name: string): Call => all[name] ?? (() => { throw new Error(`there is no ${name}`); });
const said = (run: () => unknown): string => {
  try { run(); } catch (error) { return error instanceof ParsimonyError ? error.message : `${String(error)} is no ParsimonyError`; }
  return 'nothing was thrown';
};
const junk: readonly unknown[] = [undefined, null, 3, 'w', true, [1], { w: 1 }, { w: null }, () => 1, new Float32Array(2)];

beforeAll(async () => { await ready(); });

test('what is no tensor', () => {
  const w = () => tensor([[1, 2], [3, 4]]);
  const square = (x: Tensor): Tensor => ops.square(x);
  const key = random.key(1);
  const places: Readonly<Record<string, (x: unknown) => unknown>> = {
    decayRules: (x) => call('decayRules')(x), decayWeights: (x) => call('decayWeights')(x, { lr: 1 }), l1Penalty: (x) => call('l1Penalty')(x), l2Penalty: (x) => call('l2Penalty')(x),
    elasticNetPenalty: (x) => call('elasticNetPenalty')(x), groupLassoPenalty: (x) => call('groupLassoPenalty')(x), orthogonalPenalty: (x) => call('orthogonalPenalty')(x),
    shrinkWeights: (x) => call('shrinkWeights')(x, { lr: 1 }), limitNorms: (x) => call('limitNorms')(x), renorm: (x) => call('renorm')(x), clampNorms: (x) => call('clampNorms')(x),
    toUnitLength: (x) => call('toUnitLength')(x), softThreshold: (x) => call('softThreshold')(x, 1), groupThreshold: (x) => call('groupThreshold')(x, { threshold: 1 }),
    softOrthogonality: (x) => call('softOrthogonality')(x), activityPenalty: (x) => call('activityPenalty')(x, { l1: 1 }), entropyPenalty: (x) => call('entropyPenalty')(x),
    mixWeights: (x) => [call('mixWeights')(x, w(), { p: 0.5, key }), call('mixWeights')(w(), x, { p: 0.5, key })], inputGradientPenalty: (x) => call('inputGradientPenalty')(square, x),
    jacobianNorm: (x) => call('jacobianNorm')(square, x, { projections: 'all' }),
  };
  for (const [name, place] of Object.entries(places)) for (const x of junk) expect(said(() => place(x))).toMatch(new RegExp(`^${name}: .*, received `));
  for (const x of junk.slice(0, -3)) for (const args of [[x, { w: w() }, 1], [{ w: w() }, x, 1]]) expect(said(() => call('l2spPenalty')(...args))).toMatch(/^l2spPenalty: .*, received /);
  for (const x of [undefined, null, 3, {}]) for (const name of ['inputGradientPenalty', 'jacobianNorm']) expect(said(() => call(name)(x, w(), name === 'jacobianNorm' ? { key } : {}))).toMatch(/`f` must be a function, received /);
  expect(said(() => call('mixWeights')(w(), tensor([1, 2]), { p: 0.5, key }))).toBe('mixWeights: `start` must have the shape [2, 2] of `w`, received [2].');
  expect(said(() => call('jacobianNorm')(() => 3, w(), { projections: 'all' }))).toBe('jacobianNorm: `f(x)` must be a tensor, received 3.');
});

const known: Readonly<Record<string, readonly string[]>> = {
  weightDecay: ['decay'], l1: ['lambda', 'proximal'], l2: ['lambda'], elasticNet: ['l1', 'l2', 'proximal'], groupLasso: ['lambda', 'axis', 'scaleBySize'], orthogonalRegularization: ['lambda', 'doubleSided'],
  l2sp: ['alpha', 'beta', 'fresh'], mixout: ['p'], maxNorm: ['max', 'axis'], minMaxNorm: ['min', 'max', 'rate', 'axis'], unitNorm: ['axis'], activityRegularization: ['l1', 'l2'],
  confidencePenalty: ['beta', 'threshold', 'classAxis'], gradientPenalty: ['lambda', 'of', 'target', 'mode'], jacobianPenalty: ['lambda', 'projections', 'mode'],
};

describe.each(Object.entries(known))('%s', (name, options) => {
  test('null is no default, and no schedule, list or text is a number', () => {
    for (const option of options) {
      for (const x of [null, NaN, Infinity, -Infinity, '1', {}, { schedule: 'nope' }, { schedule: 'linear', start: 'a', end: 1 }, () => 1, Symbol('x'), 10n, new Map(), [[]]]) {
        expect(said(() => call(name)({ ...(name === 'activityRegularization' && { match: '*' }), [option]: x }))).toMatch(new RegExp(`^${name}: .*\`?${option}\`?.*(received|unknown)`));
      }
    }
  });
});

test('a place in the run, weights and axes of the functions', () => {
  const params = { w: tensor([[1, 2], [3, 4]]) };
  for (const name of ['decayWeights', 'shrinkWeights', 'l1Penalty', 'l2Penalty', 'elasticNetPenalty', 'groupLassoPenalty', 'orthogonalPenalty']) {
    const lr = name === 'decayWeights' || name === 'shrinkWeights' ? { lr: 1 } : {};
    for (const progress of [null, 3, [], { step: -1, totalSteps: 2 }, { step: 1 }, { step: 1, totalSteps: 2, epoch: 1 }]) {
      expect(said(() => call(name)(params, { ...lr, progress }))).toMatch(new RegExp(`^${name}: progress: .*(received|unknown option)`));
    }
  }
  for (const l2 of [-1, null]) expect(said(() => call('elasticNetPenalty')(params, { l2 }))).toMatch(/^elasticNetPenalty: `l2` must be /);
  for (const weights of [null, 0, '', false, 3, [1, 1]]) expect(said(() => call('entropyPenalty')(params.w, { weights }))).toMatch(/^entropyPenalty: `weights` must be a tensor, received /);
  expect(said(() => call('entropyPenalty')(params.w, { classAxis: 2 }))).toBe('entropyPenalty: `classAxis` must be a whole number in [-2, 1], received 2.');
  expect(said(() => call('l2spPenalty')(params, params, { schedule: 'linear', start: 1, end: 0 }))).toMatch(/^l2spPenalty: `alpha` must be in \[0, inf\), received \{/);
});
