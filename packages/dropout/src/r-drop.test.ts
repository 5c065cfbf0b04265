import {
  type AnyPlugin, arrayDataset, type Dataset, definePlugin, detach, type ForwardContext, inference, losses, type LossFunction, nn, ops, optim, random, schedules, type Target, type Tensor, tensor, Trainer, useBackend,
} from '@parsimony/core';
import { expectClose, gradientCheck, pluginContract, sample, useReference } from '@parsimony/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { Dropout } from './dropout';
import { rDrop } from './r-drop';
import { rDropLoss } from './r-drop-loss';

beforeAll(useReference);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe('rDropLoss', () => {
  const [a, b] = [7, 8].map((seed) => sample(24, { seed }).map((v) => 3 * v));

  test.each([[1, [6, 4]], [1, [2, 4, 3]], [-1, [2, 3, 4]]] as const)('is half the sum of the two divergences, classes on axis %i of %j', async (classAxis, shape) => {
    const [first, second] = [a, b].map((v) => tensor(v as Float64Array, [...shape])) as [Tensor, Tensor];
    const { sum, denominator } = rDropLoss(first, second, { classAxis });
    const logs = [first, second].map((x) => ops.logSoftmax(x, classAxis)) as [Tensor, Tensor];
    const kl = async (p: Tensor, q: Tensor): Promise<number> => losses.functional.klDiv(q, p, { logTarget: true, reduction: 'sum' }).item();
    const expected = 0.5 * (await kl(logs[0], logs[1]) + await kl(logs[1], logs[0]));
    expect(await sum.item()).toBeCloseTo(expected, 10);
    expect(expected).toBeGreaterThan(1);
    expect(await denominator.item()).toBe(6);
  });

  test('weights of targets; equal passes; a single sample; gradients', async () => {
    const [first, second] = [a, b].map((v) => tensor(v as Float64Array, [6, 4])) as [Tensor, Tensor];
    const weights = tensor([1, 0, 0, 0, 0, 0.5]);
    const row = (x: Tensor, n: number): Tensor => ops.slice(x, [{ start: n, end: n + 1 }]);
    const { sum, denominator } = rDropLoss(first, second, { weights });
    const of = async (n: number): Promise<number> => rDropLoss(row(first, n), row(second, n)).sum.item();
    expect(await sum.item()).toBeCloseTo(await of(0) + 0.5 * await of(5), 10);
    expect(await denominator.item()).toBe(1.5);
    expect(await rDropLoss(first, first).sum.item()).toBe(0);
    expect(await rDropLoss(ops.reshape(row(first, 0), [4]), ops.reshape(row(second, 0), [4])).sum.item()).toBeCloseTo(await of(0), 10);
    await gradientCheck((x: Tensor, y: Tensor) => rDropLoss(x, y).sum, [first, second], { order: 2 });
  });

  test('errors', () => {
    const x = tensor([[1, 2]]);
    expect(() => rDropLoss(x, tensor([[1, 2, 3]]))).toThrow('rDropLoss: both passes must give scores of one shape, received [1, 2] and [1, 3].');
    expect(() => rDropLoss(x, { y: x } as never)).toThrow('both passes must give one tensor of scores');
    expect(() => rDropLoss(x, x, { weights: tensor([1, 2]) })).toThrow('`weights` must be [1] for scores of [1, 2], received [2].');
    expect(() => rDropLoss(x, x, { alpha: 1 } as never)).toThrow('unknown option `alpha`');
  });
});

/** In training multiplies by numbers that depend on the step and the pass, not on the microbatch: dropout that accumulates exactly. */
class Wobble extends nn.Module {
  override readonly traits = { draws: true };
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    if (ctx.mode !== 'train') return x;
    const [k0, k1, at, place] = ctx.key();
    const width = x.shape.at(-1) ?? 1;
    return ops.mul(x, tensor(random.uniform(random.at([k0, k1, 0, 0, 0] as never, { step: at, pass: place & 0xffff }), width, { low: 0, high: 2 })));
  }
}
const classes = 3;
const buildModel = (): nn.Sequential => new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new Wobble(), new nn.Linear(8, classes));

describe('the plugin contract', () => {
  const contract = pluginContract({ plugin: rDrop, options: { alpha: schedules.linear({ start: 1, end: 3 }) }, zero: { alpha: 0 }, model: buildModel as never });
  onDevices(() => { for (const { name, run } of contract) test(name, () => run()); });
  afterAll(async () => { await useReference(); });
});

const labels = [0, 1, 2, -100, 1, 0, 2, 2, -100, 1, 0, 1];
const data = (): Dataset => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 3 })), shape: [4], labels, numClasses: classes, ignoreIndex: -100 });
/** The scores of both passes of a step, and its loss, at a rate of 0. */
async function step(plugins: readonly AnyPlugin[], loss: LossFunction, accumulate = 1): Promise<{ readonly loss: number; readonly scores: readonly Tensor[]; readonly target: Target; readonly grads: Readonly<Record<string, number[]>>; readonly divergence: number | undefined }> {
  const scores: Promise<number[]>[] = [];
  const grads: Record<string, Promise<number[]>> = {};
  const spy = definePlugin({
    name: 'spy', version: '1.0.0', apiVersion: 1, options: {}, claims: { reads: ['activations'] }, batchSemantics: 'per-sample',
    hooks: {
      transformActivation: { match: '3', handler: (y) => { scores.push(values(detach(y))); return undefined; } },
      transformGrads: (all) => { for (const [path, g] of Object.entries(all)) grads[path] = values(g); return undefined; },
    },
  });
  let seen = Number.NaN;
  const { history } = await new Trainer({ model: buildModel(), loss, optimizer: optim.sgd({ lr: 0 }), seed: 2, accumulate, plugins: [...plugins, spy] })
    .fit({ train: data(), epochs: 1, batchSize: 12, shuffle: false, onProgress: (e) => { if (e.kind === 'step') seen = e.loss; } });
  const read = await Promise.all(scores);
  return {
    loss: seen, grads: Object.fromEntries(await Promise.all(Object.entries(grads).map(async ([path, g]) => [path, await g] as const))), scores: read.map((v) => tensor(v, [v.length / classes, classes])), divergence: history[0]?.values['@parsimony/dropout/r-drop/divergence'],
    target: { kind: 'index', labels: tensor(labels, { dtype: 'int32' }), numClasses: classes },
  };
}

/** Towards distributions, with labels that are ignored and weights of their own, as label smoothing leaves them. */
const soften = definePlugin({
  name: 'soften', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { targets: 'affine' } }, batchSemantics: 'per-sample',
  hooks: { transformTargets: (target) => (target.kind === 'index' ? softened(target) : undefined) },
});
function softened({ labels: given }: Target & { readonly kind: 'index' }): Target {
  const counts = ops.notEqual(given, -100);
  const safe = ops.where(counts, given, 0);
  return { kind: 'soft', probs: ops.add(ops.mul(ops.oneHot(safe, classes), 0.7), 0.1), weights: ops.cast(counts, 'float32'), labels: safe };
}

describe('rDrop in a step', () => {
  const weighted = losses.crossEntropy({ weight: [1, 2, 0.5] });
  test.each<[string, LossFunction, readonly AnyPlugin[]]>([
    ['labels, some ignored', losses.crossEntropy(), []],
    ['class weights', weighted, []],
    ["the loss's own label smoothing", losses.crossEntropy({ labelSmoothing: 0.2 }), []],
    ['distributions with weights', losses.crossEntropy(), [soften]],
    ['distributions with class weights', weighted, [soften]],
  ])('%s: the mean of the cross entropies and alpha times half the divergences, also under accumulation', async (_, loss, extra) => {
    const one = await step([rDrop({ alpha: 2.5 }), ...extra], loss);
    const [first, second] = one.scores as [Tensor, Tensor];
    expect(one.scores).toHaveLength(2);
    const target = extra.length > 0 ? softened(one.target as Target & { readonly kind: 'index' }) : one.target;
    const ce = async (scores: Tensor): Promise<number> => { const { sum, denominator } = loss(scores, target); return ops.div(sum, denominator).item(); };
    const rows = labels.flatMap((label, n) => (label < 0 ? [] : [n]));
    const counted = (scores: Tensor): Tensor => ops.logSoftmax(ops.indexSelect(scores, 0, tensor(rows, { dtype: 'int32' })), 1);
    const kl = async (p: Tensor, q: Tensor): Promise<number> => losses.functional.klDiv(counted(q), counted(p), { logTarget: true, reduction: 'batchmean' }).item();
    const divergence = 0.5 * (await kl(first, second) + await kl(second, first));
    expect(one.loss).toBeCloseTo(0.5 * (await ce(first) + await ce(second)) + 2.5 * divergence, 9);
    expect(one.divergence).toBeCloseTo(divergence, 9);
    expect(divergence).toBeGreaterThan(0.01);
    for (const k of [2, 3, 12]) {
      const parts = await step([rDrop({ alpha: 2.5 }), ...extra], loss, k);
      expect(parts.loss).toBeCloseTo(one.loss, 9);
      for (const [path, g] of Object.entries(one.grads)) await expectClose(parts.grads[path] ?? [], g, { rtol: 1e-7, atol: 1e-10 });
    }
  });

  test('at alpha 0 there is one pass', async () => {
    expect((await step([rDrop({ alpha: 0 })], losses.crossEntropy())).scores).toHaveLength(1);
  });

  test('real masks differ between the passes, and evaluation makes one', async () => {
    await useBackend('wasm', { threads: 1 });
    const model = new nn.Sequential(new nn.Linear(4, 32), new Dropout({ p: 0.5 }), new nn.Linear(32, classes));
    const trainer = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.05 }), seed: 2, plugins: [rDrop({ alpha: 1 })] });
    const { history } = await trainer.fit({ train: data(), epochs: 2, batchSize: 6 });
    expect(history[0]?.values['@parsimony/dropout/r-drop/divergence']).toBeGreaterThan(1e-3);
    const { loss } = await trainer.evaluate(data());
    const { sum, denominator } = losses.crossEntropy()(model.forward(tensor(sample(48, { seed: 3 }), [12, 4]), inference()), { kind: 'index', labels: tensor(labels, { dtype: 'int32' }), numClasses: classes });
    expect(loss).toBeCloseTo(await ops.div(sum, denominator).item(), 5);
    await useReference();
  });

  test('pulls the passes together', async () => {
    const end = async (alpha: number): Promise<number> => {
      const model = new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new Dropout({ p: 0.5 }), new nn.Linear(16, classes));
      const { history } = await new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.adam({ lr: 0.02 }), seed: 2, plugins: [rDrop({ alpha })] }).fit({ train: data(), epochs: 30, batchSize: 12 });
      return history.at(-1)?.values['@parsimony/dropout/r-drop/divergence'] ?? Number.NaN;
    };
    expect(await end(5)).toBeLessThan(await end(1e-6) / 3);
  });

  test('findings and errors', async () => {
    const make = (model: nn.Module<Tensor, Tensor>, plugins: readonly AnyPlugin[]): Trainer => new Trainer({ model, loss: losses.mse(), optimizer: optim.sgd({ lr: 0 }), seed: 2, plugins });
    expect(make(new nn.Linear(1, 1), [rDrop()]).findings.map(({ code }) => code)).toEqual(['r-drop-without-dropout']);
    expect(make(buildModel(), [rDrop()]).findings).toEqual([]);
    const line = arrayDataset({ inputs: Float32Array.from([1, 2]), shape: [1], values: Float32Array.from([1, 2]), targetShape: [1] });
    await expect(make(new nn.Linear(1, 1), [rDrop()]).fit({ train: line, epochs: 1, batchSize: 2 })).rejects.toThrow("rDrop: expected class labels or distributions, received a target of kind 'value'.");
    expect(() => rDrop({ alpha: -1 })).toThrow('rDrop: `alpha` must be in [0, inf), received -1.');
    expect(() => rDrop({ classAxis: 0.5 })).toThrow('`classAxis` must be a whole number');
    expect(() => rDrop({ a: 1 } as never)).toThrow('unknown option `a`');
  });
});
