/** Junk in each place of each function: an error that says what was expected, never a TypeError, never silence. */
import { ParsimonyError, random, ready, tensor } from '@parsimony/core';
import { beforeAll, expect, test } from 'vitest';
import { adaptiveClipGrad, addGradientNoise, asamAscent, centralizeGrads, clipGradNorm, clipGradValue, lookaheadStep, samAscent } from './index';

const said = (run: () => unknown): string => {
  try { run(); } catch (error) { return error instanceof ParsimonyError ? error.message : `${String(error)} is no ParsimonyError`; }
  return 'nothing was thrown';
};

beforeAll(async () => { await ready(); });

test('what is no tensors by path', () => {
  const w = () => ({ w: tensor([[1, 2], [3, 4]]) });
  const places: readonly (readonly [string, string, (x: never) => unknown])[] = [
    ['clipGradNorm', 'grads', (x) => clipGradNorm(x)], ['clipGradValue', 'grads', (x) => clipGradValue(x, { clipValue: 1 })], ['centralizeGrads', 'grads', (x) => centralizeGrads(x)],
    ['adaptiveClipGrad', 'grads', (x) => adaptiveClipGrad(x, w())], ['adaptiveClipGrad', 'params', (x) => adaptiveClipGrad(w(), x)],
    ['addGradientNoise', 'grads', (x) => addGradientNoise(x, { key: random.key(1), std: 1 })], ['samAscent', 'grads', (x) => samAscent(w(), x)], ['samAscent', 'params', (x) => samAscent(x, w())],
    ['asamAscent', 'grads', (x) => asamAscent(w(), x)], ['asamAscent', 'params', (x) => asamAscent(x, w())], ['lookaheadStep', 'slow', (x) => lookaheadStep(x, w())], ['lookaheadStep', 'fast', (x) => lookaheadStep(w(), x)],
  ];
  for (const [name, place, run] of places) {
    for (const junk of [undefined, null, 3, 'w', true, [1], () => 1, tensor([1]), { w: 1 }, { w: null }]) expect(said(() => run(junk as never))).toMatch(new RegExp(`^${name}: \`${place}.* must be .*, received `));
  }
  for (const [name, run] of [['samAscent', samAscent], ['asamAscent', asamAscent]] as const) expect(said(() => run({}, w()))).toBe(`${name}: \`params\` has no \`w\`; it has: none.`);
  expect(said(() => lookaheadStep({ b: tensor([1]) }, w()))).toBe('lookaheadStep: `slow` has no `w`; it has: b.');
});
