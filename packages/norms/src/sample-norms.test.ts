/** The norms of a sample by their formulas, where PyTorch 1.13 has none or its fixtures say nothing; their errors. */
import { grad, inference, nn, ones, ops, random, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import {
  BatchNorm3d, GroupNorm, groupNorm, InstanceNorm1d, InstanceNorm2d, instanceNorm, LayerNorm, LocalResponseNorm, localResponseNorm, postNorm, preNorm, QKNorm, qkNorm,
  RMSNorm, rmsNorm, ScaleNorm, scaleNorm,
} from './index';

const key = random.key(2);
const train = () => training({ key });
const drawn = (shape: readonly number[], seed = 1): Tensor => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed, low: -2, high: 3 }), shape);
const rows = (host: ArrayLike<number>, n: number): number[][] => Array.from({ length: host.length / n }, (_, i) => Array.from({ length: n }, (__, j) => host[i * n + j] ?? 0));

describe.each(techniqueBackends)('norms of a sample on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('rmsNorm: x / sqrt(mean(x^2) + eps) w', async () => {
    const [x, weight] = [drawn([3, 5]), drawn([5], 2)];
    const w = await weight.data();
    const expected = rows(await x.data(), 5).map((r) => r.map((v, j) => v / Math.sqrt(r.reduce((a, b) => a + b * b, 0) / 5 + 0.1) * (w[j] ?? 0)));
    await expectClose(rmsNorm(x, { weight, eps: 0.1 }), { data: expected.flat(), shape: x.shape }, { rtol: 1e-6 });
    const norm = new RMSNorm(5, { eps: 0.1 }).loadStateDict({ weight });
    await expectClose(norm.forward(x), { data: expected.flat(), shape: x.shape }, { rtol: 1e-6 });
    await expectClose(norm.forward(x, train()), { data: expected.flat(), shape: x.shape }, { rtol: 1e-6 });
    // Over two axes, with a weight of that shape.
    const cube = drawn([2, 3, 2]);
    await expectClose(new RMSNorm([3, 2]).init(key).forward(cube), ops.reshape(rmsNorm(ops.reshape(cube, [2, 6])), [2, 3, 2]));
    expect(rmsNorm(zeros([0, 4])).shape).toEqual([0, 4]);
    await expectClose(rmsNorm(zeros([1, 3])), [[0, 0, 0]]);
  });

  test('scaleNorm: g x / max(|x|, eps); of the zero vector 0, with a gradient', async () => {
    const x = drawn([4, 3]);
    const expected = rows(await x.data(), 3).map((r) => r.map((v) => 2.5 * v / Math.hypot(...r)));
    await expectClose(scaleNorm(x, { scale: tensor(2.5) }), { data: expected.flat(), shape: x.shape }, { rtol: 1e-6 });
    await expectClose(scaleNorm(tensor([[0, 1e-6]]), { eps: 1e-5 }), [[0, 0.1]], { rtol: 1e-5 });
    await expectClose(grad((v: Tensor) => ops.sum(scaleNorm(v)))(zeros([1, 2])), [[1e5, 1e5]], { rtol: 1e-5 });
    expect(await new ScaleNorm(9).init(key).stateDict()['scale']?.item()).toBe(3);
    expect(new ScaleNorm(3).init(key).forward(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test('qkNorm: products are g times the cosine, whatever the lengths', async () => {
    const [q, k] = [drawn([2, 4, 3]), drawn([2, 5, 3], 3)];
    const { query, key: keys } = qkNorm({ query: q, key: k }, { scale: tensor(7) });
    const scores = ops.matmul(query, keys, { transposeB: true });
    const [hq, hk] = [rows(await q.data(), 3), rows(await k.data(), 3)];
    const cosine = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, i) => s + v * (b[i] ?? 0), 0) / Math.hypot(...a) / Math.hypot(...b);
    const expected = [0, 1].flatMap((n) => hq.slice(4 * n, 4 * n + 4).flatMap((a) => hk.slice(5 * n, 5 * n + 5).map((b) => 7 * cosine(a, b))));
    await expectClose(scores, { data: expected, shape: [2, 4, 5] }, { rtol: 1e-5 });
    const longer = qkNorm({ query: ops.mul(q, 100), key: k }, { scale: tensor(7) });
    await expectClose(longer.query, query, { rtol: 1e-5 });
  });

  test('preNorm is x + body(norm(x)), postNorm norm(x + body(x))', async () => {
    const [norm, body] = [new LayerNorm(3), new nn.Linear(3, 3)];
    const x = drawn([4, 3]);
    const pre = preNorm(norm, body).init(key);
    await expectClose(pre.forward(x), ops.add(x, body.forward(norm.forward(x))));
    const post = postNorm(norm, body);
    post.assignPaths();
    await expectClose(post.forward(x), norm.forward(ops.add(x, body.forward(x))));
  });

  test('groups between layer and instance norm', async () => {
    const x = drawn([2, 4, 3, 3]);
    await expectClose(groupNorm(x, 1), ops.layerNorm(x, null, null, { normalizedShape: [4, 3, 3] }), { rtol: 1e-6 });
    await expectClose(groupNorm(x, 4), instanceNorm(x).output, { rtol: 1e-5 });
    // A group of one value is its mean; PyTorch refuses one such sample only.
    const norm = new GroupNorm(3, 3).loadStateDict({ weight: drawn([3]), bias: tensor([1, 2, 3]) });
    await expectClose(norm.forward(drawn([2, 3])), [[1, 2, 3], [1, 2, 3]]);
  });

  test('large means cost no accuracy', async () => {
    // 10000 + {0, 1}: variance 1/4. E[x^2] - E[x]^2 in float32 would give anything from -8 to 8.
    const x = tensor(Float32Array.from({ length: 64 }, (_, i) => 1e4 + (i % 2)), [2, 2, 16]);
    const expected = Array.from({ length: 64 }, (_, i) => (i % 2 ? 1 : -1) * 0.5 / Math.sqrt(0.25 + 1e-5));
    await expectClose(groupNorm(x, 1), { data: expected, shape: [2, 2, 16] }, { rtol: 1e-5 });
    await expectClose(instanceNorm(x).output, { data: expected, shape: [2, 2, 16] }, { rtol: 1e-5 });
    const norm = new BatchNorm3d(2).init(key);
    await expectClose(norm.forward(ops.reshape(x, [2, 2, 4, 2, 2]), train()), { data: expected, shape: [2, 2, 4, 2, 2] }, { rtol: 1e-5 });
  });

  test('empty batches come back empty and leave running statistics', () => {
    const norm = new InstanceNorm2d(2, { trackRunningStats: true }).init(key);
    const pass = train();
    expect(norm.forward(zeros([0, 2, 3, 3]), pass).shape).toEqual([0, 2, 3, 3]);
    expect(pass.bufferUpdates.size).toBe(0);
    expect(norm.forward(zeros([0, 2, 3, 3]), inference()).shape).toEqual([0, 2, 3, 3]);
    expect(new BatchNorm3d(2).init(key).forward(zeros([0, 2, 1, 1, 1]), train()).shape).toEqual([0, 2, 1, 1, 1]);
  });
});

describe('gradient checks of the functions', () => {
  beforeAll(async () => { await useReference(); });
  const inputs = () => ({ x: drawn([2, 4, 3]), weight: drawn([4], 2), bias: drawn([4], 3) });
  test('groupNorm', () => gradientCheck(({ x, weight, bias }) => groupNorm(x, 2, { weight, bias }), inputs(), { order: 2 }));
  test('instanceNorm', () => gradientCheck(({ x, weight, bias }) => instanceNorm(x, { weight, bias }).output, inputs(), { order: 2 }));
  test('localResponseNorm', () => gradientCheck(({ x }) => localResponseNorm(x, 3, { alpha: 1 }), inputs(), { order: 2 }));
  test('rmsNorm', () => gradientCheck(({ x, weight }) => rmsNorm(x, { weight }), { x: drawn([3, 4]), weight: drawn([4], 2) }, { order: 2 }));
  test('scaleNorm', () => gradientCheck(({ x, scale }) => scaleNorm(x, { scale }), { x: drawn([3, 4]), scale: tensor(2) }, { order: 2 }));
});

describe('errors', () => {
  beforeAll(async () => { await useReference(); });
  const at0 = (norm: nn.Module): nn.Module => new nn.Sequential(norm).init(key);
  test.each([
    ['groups', () => new GroupNorm(4, 6), 'GroupNorm: `numGroups` must divide the 6 channels, received 4.'],
    ['no groups', () => groupNorm(ones([2, 4]), 0), 'groupNorm: `numGroups` must be a whole number in [1, inf), received 0.'],
    ['other channels', () => at0(new GroupNorm(2, 4)).forward(ones([2, 6])), 'GroupNorm at `0`: expected an input of shape [N, C, ...] with C = 4, received [2, 6].'],
    ['one value a group', () => at0(new GroupNorm(4, 4)).forward(ones([1, 4])), 'GroupNorm at `0`: a group needs more than one value, received shape [1, 4] in 4 groups.'],
    ['one position', () => at0(new InstanceNorm1d(2)).forward(ones([3, 2, 1])), "InstanceNorm1d at `0`: a sample's own statistics need more than one position, received shape [3, 2, 1]."],
    ['one position, by the function', () => instanceNorm(ones([3, 2])), "instanceNorm: a sample's own statistics need more than one position"],
    ['another rank', () => at0(new InstanceNorm2d(2)).forward(ones([2, 2])), 'expected an input of shape [N, C, H, W] or [C, H, W] with C = 2, received [2, 2].'],
    ['momentum', () => new InstanceNorm1d(2, { momentum: 2 }), 'InstanceNorm1d: `momentum` must be in [0, 1], received 2.'],
    ['one value a channel', () => at0(new BatchNorm3d(2)).forward(ones([1, 2, 1, 1, 1]), train()), 'BatchNorm3d at `0`: training needs more than one value per channel'],
    ['an eps of 0', () => new GroupNorm(1, 2, { eps: 0 }), 'GroupNorm: `eps` must be in (0, inf), received 0.'],
    ['local axes', () => localResponseNorm(ones([2, 2]), 3), 'localResponseNorm: `x` must be [N, C, ...] with three axes or more, received [2, 2].'],
    ['local options', () => new LocalResponseNorm(3, { alpha: -1 }), 'LocalResponseNorm: `alpha` must be in [0, inf), received -1.'],
    ['RMS shape', () => new RMSNorm([]), 'RMSNorm: `normalizedShape` must be a whole number of at least 1 or a list of them, received [].'],
    ['RMS input', () => at0(new RMSNorm(4)).forward(ones([2, 3])), 'RMSNorm at `0`: expected an input that ends in the axes [4], received [2, 3].'],
    ['scale input', () => at0(new ScaleNorm(4)).forward(ones([2, 3])), 'ScaleNorm at `0`: expected an input of shape [..., 4], received [2, 3].'],
    ['no first scale', () => new QKNorm({} as never), 'QKNorm: `scale` must be in (0, inf), received undefined.'],
    ['queries and keys', () => new QKNorm({ scale: 1 }).init(key).forward({ query: ones([2, 3]), key: ones([2, 4]) }), 'QKNorm: expected queries [..., L, E] and keys [..., S, E], received [2, 3] and [2, 4].'],
    ['no module', () => preNorm(new LayerNorm(2), 3 as never), 'preNorm: `body` must be a module, received 3.'],
    ['no tensor', () => rmsNorm([1, 2] as never), 'rmsNorm: `x` must be a tensor, received [1,2].'],
    ['whole numbers', () => groupNorm(zeros([2, 2], { dtype: 'int32' }), 1), 'groupNorm: `x` must be float32, received int32.'],
  ])('%s', (_, run, message) => { expect(run).toThrow(message); });
});
