/** Mixers in fits: when, on what, and beside what. */
import {
  type AnyPlugin, arrayDataset, type Batch, type Dataset, definePlugin, losses, type LossFunction, nn, ops, optim, schedules, type Target, type Tensor, Trainer, useBackend,
} from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { cutmix, fmix, manifoldMixup, mixup, mixupOrCutmix, mosaic, ricap } from './index';

const size = 16;
const inputs = Float32Array.from(sample(size * 24, { seed: 2 }));
const labels = Int32Array.from({ length: size }, (_, i) => i % 3);
const images = (shape: readonly number[] = [1, 4, 6], more: { ignoreIndex?: number } = {}, of = labels): Dataset => arrayDataset({ inputs, shape: [...shape], labels: of, numClasses: 3, ...more });
const buildModel = (): nn.Sequential => new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 5), new nn.Tanh(), new nn.Linear(5, 3));

interface Seen { readonly inputs: number[]; readonly shape: readonly number[]; readonly probs: number[] | undefined; readonly original: string; readonly ids: number[]; readonly epoch: number; readonly step: number }
/** Records batches as they are split into microbatches. */
const probe = (seen: Seen[]): AnyPlugin => definePlugin({
  name: 'probe', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['batch.inputs', 'targets'] }, batchSemantics: 'per-sample',
  hooks: {
    transformBatch: {
      order: 'post',
      handler: async (batch: Batch, { epoch, step }) => {
        const x = (ops.reshape((batch.inputs as Record<string, Tensor>)['image'] ?? batch.inputs as Tensor, [batch.size, 24]));
        seen.push({
          inputs: Array.from(await x.data()), shape: x.shape, original: batch.original.kind, ids: Array.from(await batch.ids.data()), epoch, step,
          probs: batch.target.kind === 'soft' ? Array.from(await batch.target.probs.data()) : undefined,
        });
        return undefined;
      },
    },
  },
});

interface RunOptions { readonly data?: Dataset; readonly accumulate?: number; readonly epochs?: number; readonly loss?: LossFunction; readonly batchSize?: number }
async function run(plugins: AnyPlugin[], { data = images(), accumulate = 1, epochs = 2, loss = losses.crossEntropy(), batchSize = 8 }: RunOptions = {}) {
  const seen: Seen[] = [];
  const trainer = new Trainer({ model: buildModel(), loss, optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins: [...plugins, probe(seen)], accumulate });
  await trainer.fit({ train: data, epochs, batchSize });
  const weights = Array.from(await (trainer.model.parameters()['1.weight'] as Tensor).data());
  return { seen, weights, mixed: seen.map(({ probs }) => probs !== undefined) };
}
const shape = [4, 6] as const;
const plans = (...plugins: AnyPlugin[]): string => new Trainer({ model: buildModel(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0 }), seed: 1, plugins }).explain();

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  const mixers: [string, (options?: object) => AnyPlugin][] = [
    ['mixup', mixup], ['cutmix', cutmix], ['mixupOrCutmix', mixupOrCutmix], ['fmix', fmix], ['mosaic', mosaic], ['ricap', (options) => ricap({ beta: 1, ...options })],
  ];
  test.each(mixers)('%s mixes training batches, keeps the original labels, and sums to one', async (_, make) => {
    const { seen } = await run([make()]);
    const plain = (await run([])).seen;
    expect(seen.some(({ probs }) => probs !== undefined)).toBe(true);
    seen.forEach(({ probs, original, inputs: x, ids }, i) => {
      expect(original).toBe('index');
      expect(ids).toEqual(plain[i]?.ids);
      if (probs === undefined) return;
      expect(x).not.toEqual(plain[i]?.inputs);
      for (let k = 0; k < 8; k++) expect(probs.slice(3 * k, 3 * k + 3).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    });
  });

  test.each(mixers.slice(1))('%s: flat images and images by name are mixed alike', async (_, make) => {
    const { seen } = await run([make()]);
    expect((await run([make({ shape })], { data: images([24]) })).seen).toEqual(seen);
    const data = images();
    const named = { ...data, batch: (ids: Int32Array) => { const batch = data.batch(ids) as Batch; return { ...batch, inputs: { image: batch.inputs as Tensor, extra: batch.ids } }; } };
    class One extends nn.Module<Readonly<Record<string, Tensor>>, Tensor> {
      inner = buildModel();
      protected compute(given: Readonly<Record<string, Tensor>>, ctx: Parameters<nn.Module['forward']>[1]): Tensor { return this.inner.forward(given['image'] as Tensor, ctx); }
    }
    const other: Seen[] = [];
    const fit = (options: object) => new Trainer({ model: new One() as unknown as nn.Module, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins: [make(options), probe(other)] })
      .fit({ train: named as unknown as Dataset, epochs: 2, batchSize: 8 });
    await fit({ input: 'image' });
    expect(other).toEqual(seen);
    await expect(fit({})).rejects.toThrow('`input` must name one of the inputs image, extra, received undefined.');
  });

  test('until: epochs, steps, a share of the run', async () => {
    for (const [until, expected] of [[{ epoch: 1 }, [true, true, false, false]], [{ step: 3 }, [true, true, true, false]], [{ fraction: 0.25 }, [true, false, false, false]], [{ step: 0 }, [false, false, false, false]]] as const) {
      expect((await run([mixup({ alpha: 1, until })])).mixed).toEqual(expected);
    }
    // What is drawn before the end is what is drawn without one.
    const [some, all] = [(await run([cutmix({ until: { epoch: 1 } })])).seen, (await run([cutmix()])).seen];
    expect(some[0]).toEqual(all[0]);
  });

  test('prob, alpha and the switch by schedules', async () => {
    expect((await run([mixup({ alpha: 1, prob: schedules.early({ value: 1, steps: 2 }) })])).mixed).toEqual([true, true, false, false]);
    expect((await run([mixupOrCutmix({ mixupAlpha: 0, cutmixAlpha: schedules.linear({ start: 1, end: 0, steps: 2 }) })])).mixed).toEqual([true, true, false, false]);
    const onlyCuts = await run([mixupOrCutmix({ mixupAlpha: 1, switchProb: 1 })]);
    // Each pixel is one of the data.
    const values = new Set(inputs);
    expect(onlyCuts.seen.every(({ inputs: x }) => x.every((v) => values.has(Math.fround(v))))).toBe(true);
    await expect(run([mixup({ prob: schedules.linear({ start: 0, end: 3, steps: 2 }) })])).rejects.toThrow('mixup: `prob (scheduled)` must be in [0, 1], received 1.5.');
  });
});

describe('targets', () => {
  beforeEach(useReference);

  test('microbatches add up to the batch, with ignored labels, class weights and smoothing', async () => {
    const some = labels.map((label, i) => (i % 5 === 2 ? -100 : label));
    const loss = losses.crossEntropy({ weight: [1, 3, 0.5], labelSmoothing: 0.1 });
    for (const plugin of [() => mixup({ alpha: 1, mode: 'element' }), () => cutmix({ mode: 'pair' }), () => mosaic({ prob: 0.7 })]) {
      const [one, four] = [await run([plugin()], { data: images(undefined, { ignoreIndex: -100 }, some), loss }), await run([plugin()], { data: images(undefined, { ignoreIndex: -100 }, some), loss, accumulate: 4 })];
      await expectClose(four.weights, one.weights, { rtol: 1e-9 });
    }
  });

  test('an ignored label that the loss alone names counts nothing', async () => {
    // The data know no ignored label: 2 is a class to them.
    const loss = losses.crossEntropy({ ignoreIndex: 2 });
    const told = images(undefined, { ignoreIndex: 2 });
    for (const make of [() => mixup({ alpha: 1 }), () => cutmix()]) {
      expect((await run([make()], { loss })).weights).toEqual((await run([make()], { loss, data: told })).weights);
      expect((await run([make()], { loss })).weights).not.toEqual((await run([make()])).weights);
    }
    const { seen } = await run([mixup({ alpha: 1 })], { loss });
    seen.forEach(({ probs = [] }) => { for (let k = 0; k < 8; k++) expect(probs[3 * k + 2]).toBe(0); });
  });

  test('with class weights a lambda near 1 is as good as none', async () => {
    // Beta(1e-4, 1e-4) is 0 or 1 but for one draw in thousands, and both leave whole labels: no jump where mixing ends.
    const loss = losses.crossEntropy({ weight: [1, 30, 0.1] });
    const losses_: number[][] = [];
    for (const plugins of [[], [mixup({ alpha: 1e-4 })]]) {
      const seen: number[] = [];
      await new Trainer({ model: buildModel(), loss, optimizer: optim.sgd({ lr: 0 }), seed: 3, plugins })
        .fit({ train: images(), epochs: 1, batchSize: 16, onProgress: (event) => { if (event.kind === 'step') seen.push(event.loss); } });
      losses_.push(seen);
    }
    await expectClose(losses_[1] ?? [], losses_[0] ?? [], { rtol: 1e-9 });
  });

  test('classes stand where the loss says', async () => {
    const sequence = arrayDataset({ inputs, shape: [6, 4], labels: Int32Array.from({ length: size * 6 }, (_, i) => i % 3), targetShape: [6], numClasses: 3 });
    const fit = (classAxis: 1 | -1, head: nn.Module) => {
      const targets: Target[] = [];
      const spy = definePlugin({ name: 'spy', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample', hooks: { collectLossTerms: ({ target }) => { targets.push(target); return []; } } });
      return new Trainer({ model: new nn.Sequential(new nn.Linear(4, 3), head), loss: losses.crossEntropy({ classAxis }), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins: [mixup({ alpha: 1 }), spy] })
        .fit({ train: sequence, epochs: 1, batchSize: 8 }).then(() => targets.map((target) => (target.kind === 'soft' ? target.probs.shape : [])));
    };
    class Swap extends nn.Module { protected compute(x: Tensor): Tensor { return ops.permute(x, [0, 2, 1]); } }
    expect(await fit(-1, new nn.Identity())).toEqual([[8, 6, 3], [8, 6, 3]]);
    expect(await fit(1, new Swap())).toEqual([[8, 3, 6], [8, 3, 6]]);
  });

  test('further views are mixed as the inputs are', async () => {
    const views: Promise<(readonly number[])[]>[] = [];
    const viewer = definePlugin({
      name: 'viewer', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { 'batch.views': 'replace' } }, batchSemantics: 'per-sample',
      hooks: {
        transformBatch: { order: 'pre', handler: (batch: Batch) => ({ ...batch, views: [ops.mul(batch.inputs as Tensor, 2)] }) },
        collectLossTerms: ({ batch }) => { views.push(Promise.all([batch.inputs, batch.views?.[0]].map(async (x) => Array.from(await (x as Tensor).data())))); return []; },
      },
    });
    await run([viewer, cutmix()]);
    for (const [x = [], view = []] of await Promise.all(views)) expect(view).toEqual(x.map((v) => 2 * v));
  });
});

describe('plans', () => {
  beforeEach(useReference);

  test('two mixers are refused, with a reason', () => {
    expect(() => plans(mixup(), cutmix())).toThrow('@parsimony/augment/cutmix and @parsimony/augment/mixup both mix the samples of a batch: mixed twice, each would be of several others in shares that neither knows. Leave one of them out, or let `mixupOrCutmix` choose between mixup and cutmix.');
    const all = [mixup(), cutmix(), mixupOrCutmix(), manifoldMixup(), fmix(), mosaic(), ricap()];
    all.forEach((a, i) => { all.slice(i + 1).forEach((b) => { expect(() => plans(a, b)).toThrow('both mix the samples'); }); });
    expect(() => plans(mixup(), mixup({ instance: 'more' }))).toThrow('@parsimony/augment/mixup and @parsimony/augment/mixup#more both mix');
    expect(plans(mixupOrCutmix())).toContain('@parsimony/augment/mixup-or-cutmix');
  });

  test('options are checked', () => {
    expect(() => mixup({ until: { epochs: 3 } as never })).toThrow('mixup: `until`: unknown option `epochs`. Did you mean `epoch`?');
    expect(() => mixup({ until: { epoch: 3, step: 2 } as never })).toThrow('mixup: `until` must be one of { epoch }, { step } and { fraction }, received');
    expect(() => mixup({ until: { fraction: 1.5 } })).toThrow('mixup: `until.fraction` must be in [0, 1], received 1.5.');
    expect(() => mixup({ until: { epoch: 1.5 } })).toThrow('mixup: `until.epoch` must be a whole number in [0, inf), received 1.5.');
    expect(() => mixup({ prob: 2 })).toThrow('mixup: `prob` must be in [0, 1], received 2.');
    expect(() => mixup({ mode: 'elem' as never })).toThrow("mixup: `mode` must be one of 'batch', 'pair', 'element', received \"elem\".");
    expect(() => mixup(null as never)).toThrow('mixup: expected an object of options, received null.');
    expect(() => cutmix({ shape: [4] })).toThrow('cutmix: `shape` must be [C, H, W] or [H, W], received [4].');
    expect(() => cutmix({ minmax: 0.5 as never })).toThrow('cutmix: `minmax` must be [least, most], shares of the image\'s sides, received 0.5.');
    expect(() => cutmix({ mixupAlpha: 1 } as never)).toThrow('cutmix: unknown option `mixupAlpha`.');
    expect(() => mosaic({ fill: NaN })).toThrow('mosaic: `fill` must be a number, received NaN.');
    expect(() => manifoldMixup({ layers: [] })).toThrow('manifoldMixup: `layers` must be a glob over module paths or a list of them, received [].');
    expect(() => manifoldMixup({ mixInputs: 1 as never })).toThrow('manifoldMixup: `mixInputs` must be true or false, received 1.');
  });

  test('what cannot be mixed is refused in the fit', async () => {
    await expect(run([cutmix()], { data: images([24]) })).rejects.toThrow('cutmix: inputs must be images [N, C, H, W], received [8, 24]. Give flat ones their `shape`: [C, H, W].');
    await expect(run([fmix({ shape: [5, 5] })], { data: images([24]) })).rejects.toThrow('fmix: inputs must be [N, 25], as `shape` [5, 5] says, received [8, 24].');
    await expect(run([mixup({ input: 'image' })])).resolves.toBeDefined();
  });
});
