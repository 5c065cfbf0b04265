import { type AnyPlugin, arrayDataset, type Batch, definePlugin, losses, nn, optim, schedules, type Tensor, Trainer, useBackend } from '@parsimony/core';
import { sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { augment, type AugmentOptions, mixup, randomCrop, type RandomCropOptions } from './index';

/** Random crops as a plugin. */
const crops = (options: RandomCropOptions = {}, rest: Omit<AugmentOptions, 'transform'> = {}): AnyPlugin => augment({ transform: randomCrop(options), ...rest });

const shape = [1, 4, 3] as const;
const inputs = Float32Array.from(sample(16 * 12, { seed: 2 }));
const labels = Int32Array.from({ length: 16 }, (_, i) => i % 2);
const images = () => arrayDataset({ inputs, shape: [...shape], labels, numClasses: 2 });
const flat = () => arrayDataset({ inputs, shape: [12], labels, numClasses: 2 });

interface Seen { readonly inputs: number[]; readonly shape: readonly number[]; readonly probs: number[] | undefined; readonly original: string; readonly ids: number[] }
/** Records batches as they reach the model. */
const probe = (seen: Seen[]) => definePlugin({
  name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['batch.inputs', 'targets'] }, batchSemantics: 'per-sample',
  hooks: {
    transformBatch: {
      order: 'post',
      handler: async (batch: Batch) => {
        const x = batch.inputs as Tensor;
        seen.push({
          inputs: Array.from(await x.data()), shape: x.shape, original: batch.original.kind, ids: Array.from(await batch.ids.data()),
          probs: batch.target.kind === 'soft' ? Array.from(await batch.target.probs.data()) : undefined,
        });
        return undefined;
      },
    },
  },
});
const trainerOf = (plugins: AnyPlugin[], accumulate = 1) => new Trainer({
  model: new nn.Sequential(new nn.Flatten(), new nn.Linear(12, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins, accumulate,
});

describe.each(techniqueBackends)('augmentation in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  async function run(plugins: AnyPlugin[], { data = images(), accumulate = 1, epochs = 2 } = {}) {
    const seen: Seen[] = [];
    const trainer = trainerOf([...plugins, probe(seen)], accumulate);
    const result = await trainer.fit({ train: data, validation: data, epochs, batchSize: 8 });
    const weights = Array.from(await (trainer.model.parameters()['1.weight'] as Tensor).data());
    return { seen, result, weights, trainer };
  }
  const plain = (seen: Seen): number[] => seen.ids.flatMap((id) => Array.from(inputs.slice(12 * id, 12 * id + 12)));

  test('mixup mixes inputs and targets with one share, and keeps the original labels', async () => {
    const { seen } = await run([mixup({ alpha: 1 })]);
    expect(seen).toHaveLength(4);
    const shares = seen.map((batch) => {
      expect(batch.original).toBe('index');
      expect(batch.inputs).not.toEqual(plain(batch));
      // The probability of a sample's own class is lambda, or 1 where its partner has the same.
      const own = batch.ids.map((id, k) => batch.probs?.[2 * k + (id % 2)] ?? NaN);
      const share = Math.min(...own);
      for (const p of own) expect(Math.min(Math.abs(p - 1), Math.abs(p - share))).toBeLessThan(1e-6);
      return share;
    });
    expect(new Set(shares).size).toBeGreaterThan(1);
  });

  test('nothing at zero strength, and nothing in evaluation', async () => {
    const nothing = await run([]);
    for (const plugins of [[mixup({ alpha: 0 })], [crops()], [crops({ padding: 0 }), mixup({ alpha: 0 })]]) {
      const { weights, result } = await run(plugins);
      expect(weights).toEqual(nothing.weights);
      expect(result.history.map(({ values }) => values['validationLoss'])).toEqual(nothing.result.history.map(({ values }) => values['validationLoss']));
    }
    const { trainer } = await run([mixup({ alpha: 5 }), crops({ padding: 2 })]);
    expect(await trainer.evaluate(images())).toEqual(await trainer.evaluate(images()));
  });

  test('a schedule that ends switches mixup off', async () => {
    const { seen } = await run([mixup({ alpha: schedules.linear({ start: 1, end: 0, steps: 2 }) })]);
    expect(seen.map(({ probs }) => probs !== undefined)).toEqual([true, true, false, false]);
  });

  test('random crops shift each image; flat images stay flat and are cropped alike', async () => {
    const { seen } = await run([crops({ padding: 1 })]);
    const asFlat = await run([crops({ padding: 1 }, { shape: [4, 3] })], { data: flat() });
    expect(seen[0]?.shape).toEqual([8, 1, 4, 3]);
    expect(asFlat.seen[0]?.shape).toEqual([8, 12]);
    expect(asFlat.seen.map(({ inputs: x }) => x)).toEqual(seen.map(({ inputs: x }) => x));
    expect(seen[0]?.inputs).not.toEqual(plain(seen[0] as Seen));
    expect(seen.every(({ probs }) => probs === undefined)).toBe(true);
    // A smaller crop is what the model gets.
    const small: Seen[] = [];
    const trainer = new Trainer({
      model: new nn.Sequential(new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(1, 2)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3,
      plugins: [crops({ size: [2, 3] }), probe(small)],
    });
    await trainer.fit({ train: images(), epochs: 1, batchSize: 8 });
    expect(small[0]?.shape).toEqual([8, 1, 2, 3]);
  });

  test('crops come before mixing, whatever the order of the list', async () => {
    const [a, b] = [await run([mixup(), crops({ padding: 1 })]), await run([crops({ padding: 1 }), mixup()])];
    expect(a.seen).toEqual(b.seen);
    expect(a.trainer.explain()).toMatch(/transformBatch\s+@parsimony\/augment\/augment \[pre\] -> @parsimony\/augment\/mixup/);
  });

  test('adding another plugin changes no draw; another step draws anew', async () => {
    const alone = await run([crops({ padding: 1 })], { epochs: 1 });
    const beside = await run([crops({ padding: 1 }), mixup({ alpha: 0 })], { epochs: 1 });
    expect(alone.seen).toEqual(beside.seen);
    expect(alone.weights).toEqual(beside.weights);
  });

  test('accumulation sees the same mixture, so gradients agree', async () => {
    const [one, four] = [await run([mixup(), crops({ padding: 1 })]), await run([mixup(), crops({ padding: 1 })], { accumulate: 4 })];
    expect(four.seen).toEqual(one.seen);
    four.weights.forEach((w, i) => expect(w).toBeCloseTo(one.weights[i] ?? NaN, 5));
  });

  test('named inputs: the images are chosen by name', async () => {
    const seen: Record<string, readonly number[]>[] = [];
    class Two extends nn.Module<Readonly<Record<string, Tensor>>, Tensor> {
      head = new nn.Sequential(new nn.Flatten(), new nn.Linear(12, 2));
      protected compute(given: Readonly<Record<string, Tensor>>, ctx: Parameters<nn.Module['forward']>[1]): Tensor {
        seen.push(Object.fromEntries(Object.entries(given).map(([name, x]) => [name, x.shape])));
        return this.head.forward(given['image'] as Tensor, ctx);
      }
    }
    const named = { ...images(), batch: (ids: Int32Array) => { const batch = images().batch(ids); return { ...batch, inputs: { image: batch.inputs, extra: batch.inputs } }; } };
    const make = (input?: string) => new Trainer({
      model: new Two() as unknown as nn.Module, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3,
      plugins: [crops({ padding: 1 }, input === undefined ? {} : { input }), mixup()],
    });
    await make('image').fit({ train: named, epochs: 1, batchSize: 8 });
    expect(seen[0]).toEqual({ image: [8, 1, 4, 3], extra: [8, 1, 4, 3] });
    await expect(make().fit({ train: named, epochs: 1, batchSize: 8 })).rejects.toThrow('augment: `input` must name one of the inputs image, extra, received undefined.');
  });
});

test('errors', async () => {
  await useReference();
  expect(() => mixup({ alpha: -0.1 })).toThrow('mixup: `alpha` must be in [0, inf), received -0.1.');
  expect(() => mixup({ alfa: 1 } as never)).toThrow('mixup: unknown option `alfa`. Did you mean `alpha`?');
  expect(() => crops({ padding: -1 })).toThrow('RandomCrop: `padding` must be in [0, inf), received -1.');
  expect(() => crops({ size: [3] as never })).toThrow('RandomCrop: `size` must be a number or [height, width], received [3].');
  expect(() => crops({ size: [0, 3] })).toThrow('RandomCrop: `size[0]` must be a whole number in [1, inf), received 0.');
  expect(() => crops({}, { shape: [28] })).toThrow('augment: `shape` must be [C, H, W] or [H, W], received [28].');
  expect(() => crops({ paddingMode: 'zeros' as never })).toThrow("RandomCrop: `paddingMode` must be one of 'constant', 'edge', 'reflect', 'symmetric', received \"zeros\".");
  expect(() => crops({ fill: NaN })).toThrow('RandomCrop: `fill` must be a number, received NaN.');
  expect(() => crops({}, { input: 3 as never })).toThrow('augment: `input` must be the name of an input, received 3.');
  const fit = (plugin: AnyPlugin, data = flat()) => trainerOf([plugin]).fit({ train: data, epochs: 1, batchSize: 8 });
  await expect(fit(crops({ padding: 1 }))).rejects.toThrow('augment: inputs must be images [N, C, H, W], received [8, 12]. Give flat ones their `shape`: [C, H, W].');
  await expect(fit(crops({ padding: 1 }, { shape: [5, 3] }))).rejects.toThrow('augment: inputs must be [N, 15], as `shape` [5, 3] says, received [8, 12].');
  await expect(fit(crops({ size: [9, 9] }), images())).rejects.toThrow('a crop of 9 x 9 does not fit an image of 4 x 3');
});
