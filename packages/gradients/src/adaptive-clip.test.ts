import { optim, type Tensor, tensor, useBackend } from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { fitWith, perceptron, type Values } from './fits';
import { headOf } from './head';
import { adaptiveClip, adaptiveClipGrad } from './index';

/** By the paper's formula, on the host: unit by unit. */
function byFormula(g: readonly number[], w: readonly number[], units: number, clipping: number, eps: number): number[] {
  const size = g.length / units;
  return g.flatMap((_, i) => {
    if (i % size !== 0) return [];
    const [gi, wi] = [g.slice(i, i + size), w.slice(i, i + size)];
    const most = clipping * Math.max(Math.hypot(...wi), eps);
    const norm = Math.hypot(...gi);
    return gi.map((v) => (norm > most ? v * most / norm : v));
  });
}

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('unit by unit: rows of matrices and kernels, vectors as a whole; units at 0 by eps', async () => {
    const shapes = { w: [4, 5], kernel: [3, 2, 3, 3], b: [4], zero: [2, 3], head: [2, 4] };
    const grads: Record<string, Tensor> = {};
    const params: Record<string, Tensor> = {};
    const [g, w]: [Values, Values] = [{}, {}];
    Object.entries(shapes).forEach(([name, shape], i) => {
      const size = shape.reduce((a, b) => a * b, 1);
      // Of gradients some rows are within the limit, some far above.
      g[name] = Array.from(sample(size, { seed: i })).map((v, j) => v * (j % 2 === 0 ? 1 : 0.001) * (j < size / 2 ? 1e-3 : 1));
      w[name] = name === 'zero' ? Array.from({ length: size }, () => 0) : Array.from(sample(size, { seed: i + 20 }));
      grads[name] = tensor(g[name] as number[], shape);
      params[name] = tensor(w[name] as number[], shape);
    });
    const clipped = adaptiveClipGrad(grads, params, { clipping: 0.02, eps: 1e-3, exclude: ['head'] });
    let [changed, same] = [0, 0];
    for (const [name, shape] of Object.entries(shapes)) {
      const expected = name === 'head' ? g[name] as number[] : byFormula(g[name] as number[], w[name] as number[], shape.length > 1 ? shape[0] ?? 1 : 1, 0.02, 1e-3);
      await expectClose(clipped[name] as Tensor, { data: expected, shape }, { name, rtol: 1e-5 });
      expected.forEach((v, i) => { if (v === g[name]?.[i]) same++; else changed++; });
    }
    expect(Math.min(changed, same)).toBeGreaterThan(10);
  });

  test('what is not finite stays so, in its unit', async () => {
    const { w } = adaptiveClipGrad({ w: tensor([[NaN, 1], [1, 1], [Infinity, 0]]) }, { w: tensor([[1, 1], [1, 1], [1, 1]]) }, { exclude: [] });
    const values = Array.from(await (w as Tensor).data());
    expect(values.map(Number.isFinite)).toEqual([false, false, true, true, false, false]);
  });

  test('in a fit: each unit of the first layer, and the head as it was', async () => {
    const [plain, clipped] = [await fitWith([]), await fitWith([adaptiveClip({ clipping: 0.01 })])];
    const model = perceptron().parameterShapes();
    expect(headOf(model)).toEqual(['2.weight', '2.bias']);
    const [before, after] = [plain.grads[0] as Values, clipped.grads[0] as Values];
    for (const path of ['2.weight', '2.bias']) expect(after[path]).toEqual(before[path]);
    const first = await fitWith([], { optimizer: optim.sgd({ lr: 0 }) });
    const w = first.weights[0]?.['0.weight'] as number[];
    await expectClose(after['0.weight'] ?? [], byFormula(before['0.weight'] as number[], w, 6, 0.01, 1e-3), { rtol: 1e-5 });
    expect(after['0.weight']).not.toEqual(before['0.weight']);
  });
});

test('the head of a model', () => {
  expect(headOf({ 'a.weight': [2, 3], 'a.bias': [2] })).toEqual([]);
  expect(headOf({ 'body.weight': [2, 3], 'fc.parametrizations.weight.original': [4, 2], 'fc.bias': [4], 'scale': [1] })).toEqual(['fc.parametrizations.weight.original', 'fc.bias']);
  expect(headOf({ 'body.weight': [2, 3], 'fc.weight_g': [4, 1], 'fc.weight_v': [4, 2], 'fc.bias': [4] })).toEqual(['fc.weight_g', 'fc.weight_v', 'fc.bias']);
});

test('errors', async () => {
  await useReference();
  expect(() => adaptiveClip({ eps: 0 })).toThrow('adaptiveClip: `eps` must be in (0, inf), received 0.');
  expect(() => adaptiveClip({ exclude: 'fc' as never })).toThrow("adaptiveClip: `exclude` must be a list of globs over parameter paths, such as ['**.bias'], received \"fc\".");
  expect(() => adaptiveClip({ lambda: 0.1 } as never)).toThrow('adaptiveClip: unknown option `lambda`.');
  expect(() => adaptiveClipGrad({ w: tensor([1]) }, {})).toThrow('adaptiveClipGrad: there are no weights of `w`; there are those of: none.');
});
