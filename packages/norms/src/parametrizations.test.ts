/** Parametrizations of weights: first values, what they promise, how they behave in a model, errors. */
import { eye, inference, memory, nn, ones, ops, random, scope, type Tensor, tensor, training, useBackend } from '@parsimony/core';
import { expectClose, gradientCheck, moduleContract, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { applyOrthogonal, applySpectralNorm, applyWeightNorm, applyWeightStandardization, orthogonal, spectralNorm, standardizeWeight, weightNorm } from './index';
import { expSkew } from './matrix-exponential';
import { invertUpper, orthonormalize } from './triangular';

const key = random.key(8);
const drawn = (shape: readonly number[], seed = 1): Tensor => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);
const weight = (model: nn.Module): Tensor => nn.weightOf(model, 'weight');
const expectOrthogonal = (q: Tensor, tolerance: number): Promise<void> => {
  const [rows = 0, columns = 0] = q.shape;
  const gram = rows < columns ? ops.matmul(q, q, { transposeB: true }) : ops.matmul(q, q, { transposeA: true });
  return expectClose(ops.sub(gram, eye(Math.min(rows, columns))), ops.mul(gram, 0), { atol: tolerance });
};

describe.each(techniqueBackends)('parametrizations on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  const exact = backend === 'reference' ? 1e-12 : 2e-6;

  test('weight norm begins as the weight that was there, before init and after', async () => {
    const plain = new nn.Conv2d(2, 3, 3).init(key);
    const before = await weight(plain).data();
    for (const axis of [0, 1, -1, null]) {
      await expectClose(weight(applyWeightNorm(new nn.Conv2d(2, 3, 3), 'weight', { axis }).init(key)), { data: before, shape: [3, 2, 3, 3] }, { rtol: 1e-6 });
      await expectClose(weight(applyWeightNorm(new nn.Conv2d(2, 3, 3).init(key), 'weight', { axis })), { data: before, shape: [3, 2, 3, 3] }, { rtol: 1e-6 });
    }
  });

  test('spectral norm: 15 iterations come near the largest singular value, more come to it', async () => {
    // Singular values 4, 2, 1 between orthogonal matrices.
    const [left, right] = [orthogonal(drawn([3, 3])), orthogonal(drawn([5, 3], 2))];
    const w = ops.matmul(ops.mul(left, tensor([4, 2, 1])), right, { transposeB: true });
    const layer = new nn.Linear(5, 3, { bias: false }).loadStateDict({ weight: w });
    applySpectralNorm(layer, 'weight');
    // The error falls as (2/4)^2 an iteration, squared in sigma.
    await expectClose(weight(layer), ops.div(ops.matmul(ops.mul(left, tensor([4, 2, 1])), right, { transposeB: true }), 4), { rtol: 1e-5 });
    const state = layer.stateDict();
    await expectClose(ops.norm(state['parametrizations.weight.0._u'] as Tensor), 1, { rtol: 1e-6 });
  });

  test('spectral norm iterates in training only, once a forward, and commits with the step', async () => {
    const layer = applySpectralNorm(new nn.Linear(6, 4), 'weight').init(key);
    const name = 'parametrizations.weight.0._u';
    layer.loadStateDict({ [name]: tensor([1, 0, 0, 0]) }, { strict: false });
    const pass = inference();
    layer.forward(ones([1, 6]), pass);
    expect(pass.bufferUpdates.size).toBe(0);
    const step = training({ key });
    layer.forward(ones([1, 6]), step);
    expect(await layer.stateDict()[name]?.array()).toEqual([1, 0, 0, 0]);
    const v = layer.stateDict()['parametrizations.weight.0._v'] as Tensor;
    const raw = layer.stateDict()['parametrizations.weight.original'] as Tensor;
    const expected = spectralNorm(raw, { u: tensor([1, 0, 0, 0]), v }).u;
    layer.commit(step);
    await expectClose(layer.stateDict()[name] as Tensor, expected);
  });

  test('vectors that an average has shortened count as unit vectors in evaluation', async () => {
    const w = drawn([3, 4]);
    const [u, v] = [drawn([3], 5), drawn([4], 6)];
    const full = spectralNorm(w, { u, v, powerIterations: 0 }).weight;
    const short = spectralNorm(w, { u: ops.mul(u, 0.3), v: ops.mul(v, 0.9), powerIterations: 0 }).weight;
    await expectClose(short, full, { rtol: 1e-5 });
  });

  test('spectral norm of one axis is the length', async () => {
    const layer = applySpectralNorm(new nn.LayerNorm(4), 'weight').init(key);
    await expectClose(weight(layer), [0.5, 0.5, 0.5, 0.5]);
  });

  test('standardized weights have mean 0 and variance 1 in each output', async () => {
    const w = standardizeWeight(drawn([4, 3, 2, 2]), { eps: 1e-10 });
    await expectClose(ops.mean(w, { axis: [1, 2, 3] }), [0, 0, 0, 0], { atol: 1e-6 });
    await expectClose(ops.variance(w, { axis: [1, 2, 3], correction: 0 }), [1, 1, 1, 1], { rtol: 1e-5 });
    const transposed = applyWeightStandardization(new nn.ConvTranspose2d(4, 3, 2), 'weight').init(key);
    await expectClose(ops.mean(weight(transposed), { axis: [0, 2, 3] }), [0, 0, 0], { atol: 1e-6 });
    expect(Object.keys(transposed.stateDict())).toEqual(['weight', 'bias']);
  });

  test.each([['square', [6, 6]], ['tall', [7, 3]], ['wide', [3, 8]], ['large', [40, 33]], ['row', [1, 5]]] as const)('orthogonal, %s: however far the free matrix is', async (_, shape) => {
    for (const map of ['householder', 'matrixExp'] as const) {
      for (const scale of [0.01, 1, 5]) await expectOrthogonal(orthogonal(ops.mul(drawn(shape), scale), { map }), exact * (map === 'householder' ? 2 : 100));
    }
  });

  test('orthogonal begins at the weight\'s own orthonormal factor', async () => {
    const plain = new nn.Linear(4, 7).init(key);
    const layer = applyOrthogonal(new nn.Linear(4, 7), 'weight').init(key);
    await expectClose(weight(layer), orthonormalize(weight(plain)), { rtol: 1e-5 });
    await expectOrthogonal(weight(layer), exact * 2);
    const square = applyOrthogonal(new nn.Linear(5, 5).init(key), 'weight');
    await expectOrthogonal(weight(square), exact * 2);
    const free = applyOrthogonal(new nn.Linear(4, 7), 'weight', { trivialization: false }).init(key);
    expect(Object.keys(free.stateDict())).toEqual(['bias', 'parametrizations.weight.original']);
    await expectOrthogonal(weight(free), exact * 2);
    // A diagonal that decay or an average has shrunk keeps its signs.
    const name = 'parametrizations.weight.original';
    layer.loadStateDict({ [name]: ops.mul(layer.stateDict()[name] as Tensor, 0.7) }, { strict: false });
    await expectClose(weight(layer), orthonormalize(weight(plain)), { rtol: 1e-5 });
  });

  test('what it is made of: triangles, columns, rotations', async () => {
    for (const n of [1, 2, 5, 8, 13]) {
      const u = ops.add(ops.triu(drawn([n, n])), ops.mul(eye(n), 2));
      await expectClose(ops.matmul(u, invertUpper(u)), eye(n), { atol: exact * 10 });
    }
    const q = orthonormalize(drawn([6, 5]));
    const r = ops.matmul(q, drawn([6, 5]), { transposeA: true });
    await expectClose(ops.tril(r, { diagonal: -1 }), ops.mul(r, 0), { atol: exact * 2 });
    expect(await ops.all(ops.greater(ops.sum(ops.mul(r, eye(5)), { axis: 0 }), 0)).item()).toBeTruthy();
    // exp of [[0, -t], [t, 0]] turns by t.
    for (const t of [1e-3, 1, 3, 40]) {
      await expectClose(expSkew(tensor([[0, -t], [t, 0]])), [[Math.cos(t), -Math.sin(t)], [Math.sin(t), Math.cos(t)]], { atol: exact * 20 });
    }
  });

  test('globs take all that match; removing bakes the weight in', async () => {
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2)).init(key);
    const x = drawn([2, 3]);
    const before = await model.forward(x).data();
    applyWeightNorm(model, '*.weight');
    expect(Object.keys(model.stateDict())).toEqual(['0.bias', '0.weight_g', '0.weight_v', '2.bias', '2.weight_g', '2.weight_v']);
    await expectClose(model.forward(x), { data: before, shape: [2, 2] }, { rtol: 1e-5 });
    nn.removeParametrizations(model, '0.weight');
    expect(Object.keys(model.stateDict())).toEqual(['0.bias', '0.weight', '2.bias', '2.weight_g', '2.weight_v']);
    await expectClose(model.forward(x), { data: before, shape: [2, 2] }, { rtol: 1e-5 });
  });

  test('first values leave no tensor behind', () => {
    const use = (): void => scope(() => {
      const model = new nn.Sequential(new nn.Linear(3, 4), new nn.Linear(4, 4), new nn.Linear(4, 4));
      applyOrthogonal(applySpectralNorm(applyWeightNorm(model, '0.weight'), '1.weight'), '2.weight').init(key);
      for (const value of Object.values(model.stateDict())) value.dispose();
    });
    use();
    const before = memory();
    use();
    expect(memory()).toEqual(before);
  });

  const contracts = {
    'weight norm': moduleContract({ create: (extra) => applyWeightNorm(new nn.Linear(3, 4), 'weight', extra), input: [2, 3], output: [2, 4], gradientOrder: 2 }),
    // Its gradient takes u and v as constants, which is exact where they have converged.
    'spectral norm': moduleContract({ create: (extra) => applySpectralNorm(new nn.Linear(3, 4), 'weight', { powerIterations: 60, ...extra }), input: [2, 3], output: [2, 4] }),
    'weight standardization': moduleContract({ create: (extra) => applyWeightStandardization(new nn.Conv1d(2, 3, 2), 'weight', extra), input: [2, 2, 4], output: [2, 3, 3], gradientOrder: 2 }),
    'orthogonal, reflections': moduleContract({ create: (extra) => applyOrthogonal(new nn.Linear(3, 5), 'weight', extra), input: [2, 3], output: [2, 5] }),
    'orthogonal, rotations': moduleContract({ create: (extra) => applyOrthogonal(new nn.Linear(3, 3), 'weight', { map: 'matrixExp', ...extra }), input: [2, 3], output: [2, 3] }),
  };
  describe.each(Object.entries(contracts))('contract of %s', (_, checks) => {
    test.each(checks.map(({ name, run }) => [name, run] as const))('%s', (__, run) => run());
  });
});

describe('gradient checks of the functions', () => {
  beforeAll(async () => { await useReference(); });
  test('weightNorm', () => gradientCheck(({ v, g }) => weightNorm(v, g), { v: drawn([3, 4]), g: drawn([3, 1], 2) }, { order: 2 }));
  test('standardizeWeight', () => gradientCheck(({ w }) => standardizeWeight(w, { axis: 1 }), { w: drawn([3, 4, 2]) }, { order: 2 }));
  test('spectralNorm with given vectors', () => gradientCheck(({ w }) => spectralNorm(w, { u: tensor([0.6, 0.8]), v: tensor([0, 1, 0]), powerIterations: 0 }).weight, { w: drawn([2, 3]) }, { order: 2 }));
  test('orthogonal by reflections', () => gradientCheck(({ x }) => orthogonal(x, { map: 'householder' }), { x: drawn([5, 3]) }, { order: 2 }));
  test('orthogonal by rotations, squared', () => gradientCheck(({ x }) => orthogonal(x, { map: 'matrixExp' }), { x: ops.mul(drawn([4, 3]), 3) }, { order: 2 }));
});

describe('errors', () => {
  beforeAll(async () => { await useReference(); });
  const layer = () => new nn.Linear(3, 2);
  test.each([
    ['nothing matches', () => applyWeightNorm(layer(), '0.weight'), 'applyWeightNorm: no parameter matches `0.weight`; the model has: weight, bias.'],
    ['no model', () => applySpectralNorm(3 as never, 'weight'), 'applySpectralNorm: `model` must be a module, received 3.'],
    ['no path', () => applyOrthogonal(layer(), 1 as never), "applyOrthogonal: `path` must be a path or glob such as 'layers.*.weight', received 1."],
    ['an axis too many', () => applyWeightNorm(layer(), 'weight', { axis: 2 }), 'applyWeightNorm: `axis` must be a whole number in [-2, 1], received 2.'],
    ['twice', () => applySpectralNorm(applyWeightNorm(layer(), 'weight'), 'weight_v', { names: 'hook' }), '`weight_v` of Linear at `` is part of the parametrization of `weight`.'],
    ['no iterations', () => applySpectralNorm(layer(), 'weight', { powerIterations: 0 }), '`powerIterations` must be a whole number in [1, inf), received 0.'],
    ['other names', () => applyWeightNorm(layer(), 'weight', { names: 'new' as never }), "`names` must be one of 'hook', 'parametrization', received \"new\"."],
    ['a kernel', () => applyOrthogonal(new nn.Conv1d(2, 2, 3), 'weight'), 'applyOrthogonal: `weight` must be a matrix, received [2, 2, 3].'],
    ['a map that is missing', () => orthogonal(drawn([2, 2]), { map: 'cayley' as never }), "orthogonal: `map` must be one of 'householder', 'matrixExp', received \"cayley\"."],
    ['another base', () => orthogonal(drawn([3, 2]), { base: eye(2) }), 'orthogonal: `base` must be [3, 3], received [2, 2].'],
    ['other lengths', () => weightNorm(drawn([3, 2]), drawn([3])), 'weightNorm: `g` must be [3, 1], received [3].'],
    ['other vectors', () => spectralNorm(drawn([3, 2]), { u: drawn([2]), v: drawn([2]) }), 'spectralNorm: `u` must be [3], received [2].'],
    ['one weight an output', () => applyWeightStandardization(new nn.Linear(1, 3), 'weight'), '`weight` has one weight an output, [3, 1].'],
  ])('%s', (_, run, message) => { expect(run).toThrow(message); });
});
