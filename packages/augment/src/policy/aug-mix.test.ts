/** AugMix's loss against PyTorch, and its plugin: the contract, the passes it makes, the loss it adds. */
import { type AnyPlugin, arrayDataset, type Batch, type Dataset, definePlugin, detach, type Inputs, losses, nn, ops, optim, type Outputs, type Tensor, tensor, Trainer, valueAndGrad } from '@parsimony/core';
import { fixture, type FixtureArray, gradientCheck, pluginContract, sample, toTensor, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectFixture, onBackends, onDevices } from '../../../../tooling/reference/check/backends';
import { augment } from '../image/augment-plugin';
import { randomInvert } from '../image/colour';
import { augMix, jensenShannon } from './index';

interface Case { readonly name: string; readonly scores: readonly FixtureArray[]; readonly classAxis: number; readonly value: FixtureArray; readonly grads: readonly FixtureArray[] }
const { cases } = await fixture<Case>(new URL('../../fixtures/jensen-shannon.json', import.meta.url));

describe('jensenShannon as PyTorch computes it', () => {
  onBackends((backend) => {
    test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, { scores, classAxis, value, grads }) => {
      const views = Object.fromEntries(scores.map((array, i) => [String(i), toTensor(array)]));
      const mean = (given: Readonly<Record<string, Tensor>>): Tensor => {
        const { sum, denominator } = jensenShannon(scores.map((__, i) => given[String(i)] as Tensor), { classAxis });
        return ops.div(sum, denominator);
      };
      const { value: found, grads: gradients } = valueAndGrad(mean)(views);
      await expectFixture('value', found, value, backend);
      for (const [i, grad] of grads.entries()) await expectFixture(`gradient ${i}`, gradients[String(i)] as Tensor, grad, backend);
    });
  });
});

describe('jensenShannon', () => {
  beforeAll(useReference);

  test('nothing for equal views; gradients of both orders; errors', async () => {
    const x = tensor(sample(12, { seed: 1 }), [3, 4]);
    expect(await jensenShannon([x, x, x]).sum.item()).toBeCloseTo(0, 12);
    await gradientCheck((a: Tensor, b: Tensor) => jensenShannon([a, b]).sum, [x, tensor(sample(12, { seed: 2 }), [3, 4])], { order: 2 });
    expect(() => jensenShannon([x])).toThrow('jensenShannon: expected the scores of two views or more');
    expect(() => jensenShannon([x, tensor([1, 2])])).toThrow('all views must give scores of one shape, received [3, 4] and [2].');
    expect(() => jensenShannon([x, { y: x } as never])).toThrow('each view must give one tensor of scores');
    expect(() => jensenShannon([x, x], { axis: 1 } as never)).toThrow('unknown option `axis`');
  });
});

/** Images of one bright quarter, of four classes. */
function images(size: number, seed: number): Dataset {
  const noise = sample(size * 64, { seed, low: 0, high: 0.5 });
  const bright = (label: number, i: number): boolean => Math.floor((i % 64) / 32) * 2 + Math.floor((i % 8) / 4) === label;
  return arrayDataset({
    inputs: Float32Array.from(noise, (v, i) => (bright(Math.floor(i / 64) % 4, i) ? 1 - v : v)), shape: [1, 8, 8],
    labels: Array.from({ length: size }, (_, i) => i % 4), numClasses: 4,
  });
}
const model = (): nn.Module<Inputs, Outputs> => new nn.Sequential(new nn.Flatten(), new nn.Linear(64, 8), new nn.Tanh(), new nn.Linear(8, 4)) as unknown as nn.Module<Inputs, Outputs>;

onDevices(() => {
  describe('augMix', () => {
    const settings = { plugin: augMix, options: { weight: 3, severity: 8 }, zero: { weight: 0 }, model, train: images(24, 1), validation: images(12, 2) };
    for (const { name, run } of pluginContract(settings)) test(name, () => run());
  });
});

describe('augMix in a step', () => {
  beforeAll(useReference);
  const labels = [0, 1, 2, -100, 1, 3, 2];
  const data = (): Dataset => arrayDataset({ inputs: Float32Array.from(sample(7 * 64, { seed: 4, low: 0, high: 1 })), shape: [1, 8, 8], labels, numClasses: 4, ignoreIndex: -100 });

  /** What a step of a rate of 0 saw, by a spy after all others. */
  async function step(plugins: readonly AnyPlugin[], accumulate = 1): Promise<{ readonly loss: number; readonly scores: readonly Tensor[]; readonly views: readonly (readonly number[])[]; readonly inputs: readonly number[]; readonly logged: number | undefined }> {
    const scores: Promise<number[]>[] = [];
    let seen: Batch | undefined;
    let read: Promise<number[][]> | undefined;
    const values = async (x: Inputs): Promise<number[]> => Array.from(await (x as Tensor).data());
    const spy = definePlugin({
      name: 'spy', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['activations'] }, batchSemantics: 'per-sample',
      hooks: {
        transformBatch: { order: 'post', after: ['@parsimony/augment/aug-mix'], handler(batch) { seen = batch; read = Promise.all([batch.inputs, ...batch.views ?? []].map(values)); return undefined; } },
        transformActivation: { match: '3', handler: (y) => { scores.push(values(detach(y))); return undefined; } },
      },
    });
    let loss = Number.NaN;
    const { history } = await new Trainer({ model: model(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0 }), seed: 3, accumulate, plugins: [...plugins, spy] })
      .fit({ train: data(), epochs: 1, batchSize: 7, shuffle: false, onProgress: (e) => { if (e.kind === 'step') loss = e.loss; } });
    expect(seen?.size).toBe(7);
    const [inputs = [], ...views] = await (read as Promise<number[][]>);
    const found = await Promise.all(scores);
    return { loss, inputs, views, scores: found.map((v) => tensor(v, [v.length / 4, 4])), logged: history[0]?.values['@parsimony/augment/aug-mix/divergence'] };
  }

  test('two views, unlike the images and each other; the loss of the images and the weighted divergence, also under accumulation', async () => {
    const { loss, scores, inputs, views, logged } = await step([augMix({ weight: 5, severity: 10 })]);
    expect([views.length, scores.length]).toEqual([2, 3]);
    expect(inputs).not.toEqual(views[0]);
    expect(views[1]).not.toEqual(views[0]);
    expect(views.flat().every((v) => v >= 0 && v <= 1 + 1e-6)).toBe(true);
    const target = { kind: 'index', labels: tensor(labels, { dtype: 'int32' }), numClasses: 4, ignoreIndex: -100 } as const;
    const plain = losses.crossEntropy()(scores[0] as Tensor, target);
    const { sum, denominator } = jensenShannon(scores);
    const divergence = await ops.div(sum, denominator).item();
    expect(divergence).toBeGreaterThan(1e-6);
    expect(loss).toBeCloseTo(await ops.div(plain.sum, plain.denominator).item() + 5 * divergence, 9);
    expect(logged).toBeCloseTo(divergence, 9);
    for (const k of [2, 7]) expect((await step([augMix({ weight: 5, severity: 10 })], k)).loss).toBeCloseTo(loss, 9);
  });

  test('views are of what augment made, and at weight 0 there are none', async () => {
    const flip = augment({ transform: randomInvert({ p: 1 }) });
    const { inputs, views } = await step([augMix({ severity: 1, allOps: false, chainDepth: 1 }), flip]);
    // Of the inverse: a view is nearer to it than to the image that came.
    const distance = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + (v - (b[i] as number)) ** 2, 0);
    const plain = sample(7 * 64, { seed: 4, low: 0, high: 1 });
    expect(inputs[0]).toBeCloseTo(1 - (plain[0] as number), 5);
    expect(distance(views[0] ?? [], inputs)).toBeLessThan(distance(views[0] ?? [], Array.from(plain)));
    expect((await step([augMix({ weight: 0 })])).scores).toHaveLength(1);
  });

  test('refuses images of two channels, flat ones without a shape, and a second of its kind', async () => {
    const of = (shape: number[], plugins: readonly AnyPlugin[], net: nn.Module): Promise<unknown> =>
      new Trainer({ model: net as never, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0 }), seed: 3, plugins })
        .fit({ train: arrayDataset({ inputs: new Float32Array(shape.reduce((a, b) => a * b, 4)), shape, labels: [0, 1, 0, 1], numClasses: 2 }), epochs: 1, batchSize: 4 });
    const flat = (size: number): nn.Module => new nn.Sequential(new nn.Flatten(), new nn.Linear(size, 2));
    await expect(of([2, 4, 4], [augMix()], flat(32))).rejects.toThrow('AugMix: images must have 1 or 3 channels, received 2.');
    await expect(of([16], [augMix()], flat(16))).rejects.toThrow('augMix: inputs must be images [N, C, H, W], received [4, 16].');
    await expect((async () => of([1, 4, 4], [augMix(), augMix()], flat(16)))()).rejects.toThrow('aug-mix is listed twice');
    expect(() => augMix({ sevrity: 3 } as never)).toThrow('augMix: unknown option `sevrity`. Did you mean `severity`?');
    expect(() => augMix({ severity: 0 })).toThrow('AugMix: `severity` must be a whole number in [1, 10], received 0.');
  });
});
