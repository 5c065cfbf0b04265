import { memory, nn, random, scope, tensor, useBackend } from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { applySpectralNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormModule, foldBatchNorm, foldBatchNorms, type FoldableLayer, GroupNorm } from './index';

const key = random.key(6);
const x = (shape: readonly number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed: 9, low: -2, high: 2 }), shape);
/** Statistics and weights that are none of a fresh norm. */
const used = <N extends BatchNormModule>(norm: N): N => {
  norm.init(key);
  const c = norm.numFeatures;
  const drawn = (seed: number, low: number) => tensor(sample(c, { seed, low, high: 3 }));
  return norm.loadStateDict({ running_mean: drawn(1, -3), running_var: drawn(2, 0.1), ...(norm.affine && { weight: drawn(3, -2), bias: drawn(4, -2) }) }, { strict: false });
};
const cases: Readonly<Record<string, readonly [layer: () => FoldableLayer, norm: () => BatchNormModule, input: readonly number[]]>> = {
  'Linear': [() => new nn.Linear(5, 4), () => new BatchNorm1d(4), [3, 5]],
  'Linear without bias': [() => new nn.Linear(5, 4, { bias: false }), () => new BatchNorm1d(4), [3, 5]],
  'Conv1d, dilated': [() => new nn.Conv1d(3, 4, 3, { dilation: 2 }), () => new BatchNorm1d(4, { eps: 0.1 }), [2, 3, 9]],
  'Conv2d in groups': [() => new nn.Conv2d(4, 6, [3, 2], { groups: 2, stride: 2, padding: 1, bias: false }), () => new BatchNorm2d(6), [2, 4, 7, 5]],
  'Conv2d, padded to the same size': [() => new nn.Conv2d(2, 3, 3, { padding: 'same' }), () => new BatchNorm2d(3, { affine: false }), [1, 2, 5, 4]],
  'Conv3d': [() => new nn.Conv3d(2, 3, 2), () => new BatchNorm3d(3), [1, 2, 3, 4, 3]],
  'ConvTranspose1d': [() => new nn.ConvTranspose1d(3, 4, 3, { stride: 2 }), () => new BatchNorm1d(4), [2, 3, 5]],
  'ConvTranspose2d in groups': [() => new nn.ConvTranspose2d(4, 6, 3, { groups: 2, stride: 2, padding: 1, outputPadding: 1, bias: false }), () => new BatchNorm2d(6), [2, 4, 3, 4]],
  'ConvTranspose3d': [() => new nn.ConvTranspose3d(2, 3, 2, { groups: 1 }), () => new BatchNorm3d(3), [1, 2, 2, 3, 2]],
  'a frozen norm': [() => new nn.Linear(5, 4), () => new BatchNorm1d(4, { frozen: true }), [3, 5]],
  'a parametrized layer': [() => applySpectralNorm(new nn.Linear(5, 4), 'weight'), () => new BatchNorm1d(4), [3, 5]],
};

describe.each(techniqueBackends)('folding on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each(Object.entries(cases))('%s: one layer computes what two did, to 1e-5', async (_, [makeLayer, makeNorm, input]) => {
    const [layer, norm] = [makeLayer().init(key), used(makeNorm())];
    const folded = foldBatchNorm(layer, norm);
    expect(folded.constructor).toBe(layer.constructor);
    await expectClose(folded.forward(x(input)), norm.forward(layer.forward(x(input))), { rtol: 1e-5 });
  });

  test('a model: norms behind layers become identities, others stay, paths too', async () => {
    const net = new nn.Sequential(
      new nn.Conv2d(2, 4, 3, { bias: false }), used(new BatchNorm2d(4)), new nn.ReLU(), used(new BatchNorm2d(4)),
      new nn.Residual(new nn.Sequential(new nn.ConvTranspose2d(4, 4, 3, { padding: 1 }), used(new BatchNorm2d(4)), new GroupNorm(2, 4))),
      new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(4, 3), used(new BatchNorm1d(3))).init(key);
    const before = await net.forward(x([2, 2, 6, 6])).data();
    expect(foldBatchNorms(net)).toEqual(['1', '8', '4.body.1']);
    await expectClose(net.forward(x([2, 2, 6, 6])), before, { rtol: 1e-5 });
    expect(Object.keys(net.stateDict())).toEqual([
      '0.weight', '0.bias', '3.weight', '3.bias', '3.running_mean', '3.running_var', '3.num_batches_tracked',
      '4.body.0.weight', '4.body.0.bias', '4.body.2.weight', '4.body.2.bias', '7.weight', '7.bias']);
    expect(foldBatchNorms(net)).toEqual([]);
  });

  test('a layer in two places keeps its weights in the other', async () => {
    const shared = new nn.Linear(3, 3);
    const net = new nn.Sequential(shared, used(new BatchNorm1d(3)), shared).init(key);
    const before = await net.forward(x([4, 3])).data();
    expect(foldBatchNorms(net)).toEqual(['1']);
    await expectClose(net.forward(x([4, 3])), before, { rtol: 1e-5 });
  });

  test('what is folded away gives its memory back', () => {
    const use = (): void => scope(() => {
      const net = new nn.Sequential(new nn.Linear(3, 3), new BatchNorm1d(3)).init(key);
      foldBatchNorms(net);
      for (const value of Object.values(net.stateDict())) value.dispose();
    });
    use();
    const before = memory();
    use();
    expect(memory()).toEqual(before);
  });
});

describe('errors', () => {
  beforeAll(async () => { await useReference(); });
  test.each([
    ['a layer that does not fold', () => foldBatchNorm(new nn.ReLU() as never, new BatchNorm1d(2)), 'foldBatchNorm: `layer` must be a Linear, Conv or ConvTranspose layer, received ReLU.'],
    ['another norm', () => foldBatchNorm(new nn.Linear(2, 2), new GroupNorm(1, 2) as never), '`norm` must be a batch norm, received GroupNorm.'],
    ['no running statistics', () => foldBatchNorm(new nn.Linear(2, 2), new BatchNorm1d(2, { trackRunningStats: false })), 'keeps no running statistics'],
    ['other sizes', () => foldBatchNorm(new nn.Linear(2, 3), new BatchNorm1d(2)), 'the layer gives 3 channels, the norm takes 2.'],
    ['no values', () => foldBatchNorm(new nn.Linear(2, 2), new BatchNorm1d(2)), 'has no value yet'],
  ])('%s', (_, run, message) => { expect(run).toThrow(message); });
});
