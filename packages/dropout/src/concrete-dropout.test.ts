import { arrayDataset, type ForwardContext, grad, losses, nn, ones, ops, optim, random, schedules, type Tensor, tensor, Trainer, training, useBackend } from '@parsimony/core';
import { expectClose, gradientCheck, moduleContract, pluginContract, sample, useReference } from '@parsimony/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onDevices, techniqueBackends } from '../../../tooling/reference/check/backends';
import { ConcreteDropout, concreteDropout, concreteRegularizers } from './concrete-dropout';
import { concreteDropoutTerms } from './concrete-dropout-terms';

const key = random.key(3);
const logit = (p: number): number => Math.log(p / (1 - p));
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

/** Without randomness: u = 1/2 everywhere, so z = sigmoid(logit(p) / t). */
class Still extends ConcreteDropout {
  protected override noise(x: Tensor, _ctx: ForwardContext): Tensor { return ops.mul(x, 0); }
}

describe.each(techniqueBackends)('the formula on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend, backend === 'wasm' ? { threads: 1 } : undefined); });

  test.each([['element', [3, 4], 12], ['channel', [2, 3, 2, 2], 6]] as const)('unit %s', async (unit, shape, draws) => {
    const size = shape.reduce((a: number, b) => a * b, 1);
    const x = sample(size, { seed: 2 });
    const [p, t, per] = [0.3, 0.5, size / draws];
    const u = random.uniform(key, draws);
    const expected = x.map((v, i) => {
      const noise = u[Math.floor(i / per)] ?? 0;
      const z = sigmoid((logit(p) + Math.log(noise + 1e-7) - Math.log(1 - noise + 1e-7)) / t);
      return (v * (1 - z)) / (1 - p);
    });
    await expectClose(concreteDropout(tensor(x, [...shape]), tensor([logit(p)]), { key, temperature: t, unit }), expected, { rtol: 1e-5, atol: 1e-6 });
  });

  test('at a low temperature the mask is that of dropout with rate p, and keeps the mean', async () => {
    const n = 40_000;
    const y = await values(concreteDropout(ones([n]), tensor([logit(0.3)]), { key, temperature: 0.01 }));
    // Rates of a Bernoulli: standard error sqrt(p q / n) = .0023; five of them. Few are between the ends at t = .01.
    expect(Math.abs(y.filter((v) => v < 0.5 / 0.7).length / n - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / n));
    expect(Math.abs(y.reduce((a, b) => a + b, 0) / n - 1)).toBeLessThan(5 * Math.sqrt(0.3 / 0.7 / n));
  });

  test('the regularizers', async () => {
    const [p, K] = [0.2, 7];
    const { weight, dropout } = concreteRegularizers(tensor([logit(p)]), [tensor([[1, -2], [0.5, 3]]), tensor([[2]])], K);
    expect(await weight.item()).toBeCloseTo((1 + 4 + 0.25 + 9 + 4) / (1 - p), 4);
    expect(await dropout.item()).toBeCloseTo(K * (p * Math.log(p) + (1 - p) * Math.log(1 - p)), 5);
  });
});

test('gradient check: inputs and the logit of p, through mask and regularizers', async () => {
  await useReference();
  const inputs = { x: tensor(sample(12, { seed: 4 }), [3, 4]), logit: tensor([logit(0.3)]), w: tensor(sample(8, { seed: 5 }), [4, 2]) };
  const under = ({ x, logit: l, w }: Readonly<Record<string, Tensor>>): Tensor => ops.matmul(concreteDropout(x as Tensor, l as Tensor, { key, temperature: 0.4 }), w as Tensor);
  await gradientCheck(under, inputs, { order: 2 });
  await gradientCheck(({ logit: l, w }: Readonly<Record<string, Tensor>>) => {
    const { weight, dropout } = concreteRegularizers(l as Tensor, [w as Tensor], 4);
    return ops.add(weight, dropout);
  }, { logit: inputs.logit, w: inputs.w }, { order: 2 });
});

const modules = {
  'a linear layer': moduleContract({ create: (extra) => new ConcreteDropout(new nn.Linear(5, 3), { temperature: 0.5, ...extra }), input: [6, 5], output: [6, 3], stochastic: true }),
  'a convolution, by channel': moduleContract({ create: (extra) => new ConcreteDropout(new nn.Conv2d(3, 2, 3), { unit: 'channel', temperature: 2 / 3, ...extra }), input: [4, 3, 4, 4], output: [4, 2, 2, 2], stochastic: true }),
};
describe.each(techniqueBackends)('the module contract on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend, backend === 'wasm' ? { threads: 1 } : undefined); });
  describe.each(Object.entries(modules))('around %s', (_, checks) => {
    test.each(checks.map(({ name, run }) => [name, run] as const))('%s', (__, run) => run());
  });
});

describe('the module', () => {
  beforeAll(async () => { await useReference(); });

  test('adds its terms in training only, under its own factors, and names them by its path', async () => {
    const layer = new ConcreteDropout(new nn.Linear(4, 2), { weightRegularizer: 0.5, dropoutRegularizer: schedules.linear({ start: 0, end: 1, steps: 10 }) });
    const model = new nn.Sequential(new nn.Identity(), layer).init(key);
    const first = training({ key });
    model.forward(ones([3, 4]), first);
    expect(first.lossTerms.map(({ name }) => name)).toEqual(['1:concreteDropout.weight']);
    const later = training({ key, step: 5, totalSteps: 10 });
    model.forward(ones([3, 4]), later);
    const w = await values(model.stateDict()['1.layer.weight'] as Tensor);
    const weight = w.reduce((a, b) => a + b * b, 0) / 0.9;
    const rate = 4 * (0.1 * Math.log(0.1) + 0.9 * Math.log(0.9));
    expect(later.lossTerms.map(({ weight: f }) => f)).toEqual([0.5, 0.5]);
    const terms = later.lossTerms.map(({ loss }) => loss);
    expect(await (terms[0] as Tensor).item()).toBeCloseTo(weight, 10);
    expect(await (terms[1] as Tensor).item()).toBeCloseTo(rate, 10);
  });

  test('p begins in its interval', async () => {
    const rates = await Promise.all(Array.from({ length: 20 }, async (_, i) => new ConcreteDropout(new nn.Linear(2, 2), { initMin: 0.2, initMax: 0.6 }).init(random.key(i)).rate().item()));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.2);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.6);
    expect(new Set(rates).size).toBeGreaterThan(15);
    expect(await new ConcreteDropout(new nn.Linear(2, 2), { initMin: 0.3 }).init(key).rate().item()).toBeCloseTo(0.3, 10);
  });

  test('errors', () => {
    const linear = (): nn.Linear => new nn.Linear(2, 2);
    expect(() => new ConcreteDropout(linear(), { initMin: 0 })).toThrow('ConcreteDropout: `initMin` must be in [0.000001, 0.999999], received 0.');
    expect(() => new ConcreteDropout(linear(), { initMin: 0.5, initMax: 0.2 })).toThrow('`initMax` must be in [0.5, 0.999999], received 0.2.');
    expect(() => new ConcreteDropout(linear(), { weightRegularizer: -1 })).toThrow('`weightRegularizer` must be in [0, inf), received -1.');
    expect(() => new ConcreteDropout(linear(), { temperature: 0 })).toThrow('`temperature` must be in (0, inf), received 0.');
    expect(() => new ConcreteDropout(linear(), { p: 0.5 } as never)).toThrow('unknown option `p`');
    expect(() => new ConcreteDropout(new nn.ReLU())).toThrow('ReLU has no weights of two axes or more');
    expect(() => new ConcreteDropout({} as never)).toThrow('the layer must be a module');
    expect(() => concreteDropout(ones([2]), ones([2]), { key })).toThrow('`pLogit` must have one element, received [2].');
    expect(() => concreteDropout(ones([2]), ones([1]), {} as never)).toThrow('must be a random key');
  });
});

/** y = a x + noise, in one dimension; the size of the noise decides how much is to be learned from few points. */
const line = (size: number) => arrayDataset({
  inputs: Float32Array.from({ length: size * 8 }, (_, i) => Math.sin(i * 1.3 + (i >> 3))), shape: [8],
  values: Float32Array.from({ length: size }, (_, n) => Array.from({ length: 8 }, (__, j) => (j + 1) * Math.sin((8 * n + j) * 1.3 + n)).reduce((a, b) => a + b, 0)), targetShape: [1],
});

describe('in a Trainer', () => {
  beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });

  const train = async (dropoutRegularizer: number, accumulate = 1): Promise<number> => {
    const layer = new ConcreteDropout(new nn.Linear(8, 1), { dropoutRegularizer, weightRegularizer: 0, initMin: 0.3 });
    const trainer = new Trainer({ model: new nn.Sequential(layer), loss: losses.mse(), optimizer: optim.adam({ lr: 0.05 }), seed: 3, accumulate });
    await trainer.fit({ train: line(64), epochs: 60, batchSize: 32 });
    return layer.rate().item();
  };

  test('p learns: it falls where masks only disturb, and rises towards 1/2 under a strong term', async () => {
    expect(await train(1e-6)).toBeLessThan(0.1);
    expect(await train(1000)).toBeCloseTo(0.5, 1);
    expect(await train(1000, 4)).toBeCloseTo(0.5, 1);
  });

  test('terms count once, and the same under accumulation', async () => {
    await useReference();
    const lossOf = async (accumulate: number, factor: number): Promise<number> => {
      const layer = new Still(new nn.Linear(8, 1), { dropoutRegularizer: factor, weightRegularizer: factor });
      let loss = Number.NaN;
      await new Trainer({ model: new nn.Sequential(layer), loss: losses.mse(), optimizer: optim.sgd({ lr: 0 }), seed: 3, accumulate })
        .fit({ train: line(16), epochs: 1, batchSize: 16, onProgress: (e) => { if (e.kind === 'step') ({ loss } = e); } });
      const w = await values(layer.stateDict()['layer.weight'] as Tensor);
      return factor === 0 ? loss : loss - factor * (w.reduce((a, b) => a + b * b, 0) / 0.9 + 8 * (0.1 * Math.log(0.1) + 0.9 * Math.log(0.9)));
    };
    const bare = await lossOf(1, 0);
    for (const k of [1, 4, 8]) expect(await lossOf(k, 0.7)).toBeCloseTo(bare, 6);
  });
});

describe('concreteDropoutTerms', () => {
  const model = () => new nn.Sequential(new Still(new nn.Linear(4, 8), { weightRegularizer: 0, dropoutRegularizer: 0 }), new nn.Tanh(), new nn.Linear(8, 3)) as unknown as nn.Module<never, never>;
  describe('the plugin contract', () => {
    const contract = pluginContract({ plugin: concreteDropoutTerms, options: { lengthScale: 2, scale: schedules.linear({ start: 3, end: 1 }) }, zero: { scale: 0 }, model: model as never });
    onDevices(() => { for (const { name, run } of contract) test(name, () => run()); });
    afterAll(async () => { await useBackend('wasm', { threads: 1 }); });
  });

  test.each([
    [{ lengthScale: 0.5 }, 0.25 / (2 * 64), 1 / 64],
    [{ lengthScale: 0.5, precision: 4 }, 0.25 / (4 * 64), 2 / (4 * 64)],
    [{ lengthScale: 0.5, scale: 10 }, (10 * 0.25) / (2 * 64), 10 / 64],
  ] as const)('%o gives the factors of the bound, and the history the rates', async (options, weight, dropout) => {
    await useBackend('wasm', { threads: 1 });
    const layer = new ConcreteDropout(new nn.Linear(8, 1));
    const trainer = new Trainer({ model: new nn.Sequential(layer), loss: losses.mse(), optimizer: optim.sgd({ lr: 0 }), seed: 3, plugins: [concreteDropoutTerms(options)] });
    const { history } = await trainer.fit({ train: line(64), epochs: 1, batchSize: 32 });
    expect(layer.weightRegularizer).toBeCloseTo(weight, 12);
    expect(layer.dropoutRegularizer).toBeCloseTo(dropout, 12);
    expect(history[0]?.values['@parsimony/dropout/concrete/p/0']).toBeCloseTo(0.1, 5);
  });

  test('says that there is nothing to do; errors', () => {
    const plain = new Trainer({ model: new nn.Linear(1, 1), loss: losses.mse(), optimizer: optim.sgd({ lr: 0 }), seed: 3, plugins: [concreteDropoutTerms()] });
    expect(plain.findings.map(({ code }) => code)).toEqual(['no-concrete-dropout']);
    expect(() => concreteDropoutTerms({ precision: 0 })).toThrow('concreteDropoutTerms: `precision` must be in (0, inf), received 0.');
    expect(() => concreteDropoutTerms({ length: 1 } as never)).toThrow('unknown option `length`');
  });
});

test('the gradient reaches the weights of the layer and p', async () => {
  await useReference();
  const layer = new ConcreteDropout(new nn.Linear(3, 2)).init(key);
  const { params, buffers } = layer.weights();
  const g = grad((given: Readonly<Record<string, Tensor>>) => ops.sum(layer.forward(ones([4, 3]), training({ key, weights: { params: given, buffers } }))))(params);
  expect(Object.keys(g)).toEqual(['p_logit', 'layer.weight', 'layer.bias']);
  expect(Math.abs(await (g['p_logit'] as Tensor).item())).toBeGreaterThan(1e-6);
});
