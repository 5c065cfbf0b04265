import { describe, expect, test } from 'vitest';
import { expectMoments } from '@parsimony/testkit';
import { nn, ops, random, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const key = random.key(3);

onBackends(() => {
  describe('first values', () => {
    const values = async (module: nn.Module<never, unknown>, name: string): Promise<ArrayLike<number>> => module.init(key).stateDict()[name]?.data() ?? [];
    test('linear and convolution: uniform within 1 / sqrt(fan in)', async () => {
      expectMoments(await values(new nn.Linear(100, 300), 'weight'), { mean: 0, variance: 1 / 300 });
      expectMoments(await values(new nn.Linear(100, 3000), 'bias'), { mean: 0, variance: 1 / 300 });
      expectMoments(await values(new nn.Conv2d(8, 64, 5, { groups: 2 }), 'weight'), { mean: 0, variance: 1 / 300 });
      expectMoments(await values(new nn.ConvTranspose2d(64, 8, 5, { groups: 2 }), 'weight'), { mean: 0, variance: 1 / 300 });
    });
    test('embedding: N(0, 1), 0 at the padding index', async () => {
      const rows = await values(new nn.Embedding(1000, 10, { paddingIdx: -1 }), 'weight');
      expectMoments(Array.from(rows).slice(0, 9990), { mean: 0, variance: 1 });
      expect(Array.from(rows).slice(9990)).toEqual(new Array(10).fill(0));
    });
    test('recurrent: uniform within 1 / sqrt(hidden)', async () => {
      expectMoments(await values(new nn.LSTM(20, 100), 'weight_ih_l0'), { mean: 0, variance: 1 / 300 });
      expectMoments(await values(new nn.GRU(20, 900), 'bias_hh_l0'), { mean: 0, variance: 1 / 2700 });
    });
    test('attention: Xavier for the projections, zeros for biases', async () => {
      expectMoments(await values(new nn.MultiheadAttention(60, 4), 'in_proj_weight'), { mean: 0, variance: 2 / 240 });
      expect(Array.from(await values(new nn.MultiheadAttention(6, 2), 'in_proj_bias'))).toEqual(new Array(18).fill(0));
      expect(Array.from(await values(new nn.MultiheadAttention(6, 2), 'out_proj.bias'))).toEqual(new Array(6).fill(0));
    });
  });

  test('the padding index of an embedding learns nothing', async () => {
    const layer = new nn.Embedding(3, 2, { paddingIdx: 0 }).init(key);
    expect(await layer.forward(tensor([0], { dtype: 'int32' })).array()).toEqual([[0, 0]]);
  });

  test('sequential runs in order, under the names of PyTorch', async () => {
    const shared = new nn.Linear(2, 2);
    const model = new nn.Sequential(shared, new nn.Sequential(new nn.ReLU(), new nn.Linear(2, 1)), shared);
    expect(model.namedModules().map(([path]) => path)).toEqual(['', '0', '1', '1.0', '1.1']);
    expect(await new nn.Sequential().forward(tensor([1, 2])).array()).toEqual([1, 2]);
  });

  test('residual adds, and takes a shortcut where sizes change', async () => {
    const model = new nn.Residual(new nn.Linear(2, 3), { shortcut: new nn.Linear(2, 3, { bias: false }) }).init(key);
    expect(Object.keys(model.stateDict())).toEqual(['body.weight', 'body.bias', 'shortcut.weight']);
    expect(model.forward(zeros([4, 2])).shape).toEqual([4, 3]);
    expect(() => new nn.Residual(new nn.Linear(2, 3)).init(key).forward(zeros([4, 2]))).toThrow('Residual: the body gives [4, 3], the path around it [4, 2]. Give a `shortcut`');
  });

  test('flatten, softmax and their options', async () => {
    expect(new nn.Flatten({ startAxis: 0, endAxis: 1 }).forward(zeros([2, 3, 4])).shape).toEqual([6, 4]);
    expect(await new nn.Softmax({ axis: 0 }).forward(tensor([[1, 2]])).array()).toEqual([[1, 1]]);
    const x = tensor([-2, 0.5, 3]);
    expect(await new nn.GELU({ approximate: 'tanh' }).forward(x).array()).toEqual(await ops.gelu(x, { approximate: 'tanh' }).array());
  });
});

test('modules say what they are to plans', () => {
  expect(new nn.Sequential().traits).toEqual({ flow: 'sequential' });
  expect(new nn.Residual(new nn.ReLU()).traits).toEqual({ flow: 'residual' });
  expect([new nn.ReLU().traits, new nn.GELU().traits]).toEqual([{ activation: true }, { activation: true }]);
  expect(new nn.LSTM(2, 2).traits).toEqual({ recurrent: true });
  expect(new nn.TransformerEncoderLayer(4, 2).traits).toEqual({ drops: { unit: 'element', p: 0.1 } });
  expect(new nn.Linear(1, 1).traits).toBeUndefined();
});

describe('errors', () => {
  const unknown = { biass: true } as object;
  test.each([
    [() => new nn.Linear(0, 2), 'Linear: `inFeatures` must be a whole number in [1, inf), received 0.'],
    [() => new nn.Linear(2, 2, unknown), 'Linear: unknown option `biass`. Did you mean `bias`?'],
    [() => new nn.Linear(2, 2, { bias: 1 as never }), 'Linear: `bias` must be true or false, received 1.'],
    [() => new nn.Conv2d(3, 4, 0), 'Conv2d: `kernelSize` must be a whole number or 2 of them, at least 1, received 0.'],
    [() => new nn.Conv2d(3, 4, 3, { groups: 2 }), 'Conv2d: `groups` must divide both numbers of channels, received 2 for 3 and 4.'],
    [() => new nn.Conv1d(3, 4, 3, { padding: -1 }), 'Conv1d: `padding` must be a whole number, at least 0, received -1.'],
    [() => new nn.Conv3d(3, 4, [1, 2]), 'Conv3d: `kernelSize` must be a whole number or 3 of them, at least 1, received [1,2].'],
    [() => new nn.ConvTranspose2d(3, 4, 3, { padding: 'same' as never }), 'ConvTranspose2d: `padding` must be a whole number or 2 of them, at least 0, received "same".'],
    [() => new nn.MaxPool2d(2, { padding: 2 }), 'MaxPool2d: `padding` must be at most half of `kernelSize`'],
    [() => new nn.AvgPool2d(2, { divisorOverride: -1 }), 'AvgPool2d: `divisorOverride` must be a whole number in [1, inf), received -1.'],
    [() => new nn.AdaptiveAvgPool2d(0), 'AdaptiveAvgPool2d: `outputSize` must be a whole number or 2 of them, at least 1, or null to keep a size, received 0.'],
    [() => new nn.Embedding(3, 2, { paddingIdx: 3 }), 'Embedding: `paddingIdx` must be a whole number in [-3, 2], received 3.'],
    [() => new nn.LayerNorm([]), 'LayerNorm: `normalizedShape` must be a whole number of at least 1 or a list of them, received [].'],
    [() => new nn.LayerNorm(3, { affine: false } as object), 'LayerNorm: unknown option `affine`.'],
    [() => new nn.Flatten(1 as never), 'Flatten: expected an object of options, received 1.'],
    [() => new nn.LeakyReLU({ slope: 0.1 } as object), 'LeakyReLU: unknown option `slope`.'],
    [() => new nn.GELU({ approximate: 'erf' as 'tanh' }), "GELU: `approximate` must be one of 'none', 'tanh', received \"erf\"."],
    [() => new nn.Sequential([new nn.ReLU()] as never), 'Sequential: layer 0 must be a module, received [{"path":"","traits":{"activation":true}}]. Spread the list: `new nn.Sequential(...layers)`.'],
    [() => new nn.Residual(undefined as never), 'Residual: `body` must be a module, received undefined.'],
  ])('%#', (run, message) => {
    expect(run).toThrow(message);
  });

  onBackends(() => {
    test('a forward before init', () => {
      expect(() => new nn.Sequential(new nn.Linear(2, 2)).forward(zeros([1, 2]))).toThrow('Linear: `weight` has no value yet. Call `model.init(random.key(seed))`');
    });
    test('an input of another size', () => {
      expect(() => new nn.Linear(784, 10).init(key).forward(zeros([2, 28, 28]))).toThrow('linear: `x` must be [..., 784] for a weight of [10, 784], received [2, 28, 28]. Flatten it first: `nn.Flatten`.');
    });
    test('a word out of range', async () => {
      const run = async (): Promise<unknown> => new nn.Embedding(3, 2).init(key).forward(tensor([3], { dtype: 'int32' })).array();
      await expect(run()).rejects.toThrow('must be in [0, 3), received 3');
    });
  });
});
