import { type ForwardContext, inference, memory, nn, ones, ops, random, schedules, type Tensor, tensor, training, useBackend } from '@parsimony/core';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { applyDropout } from './apply-dropout';
import { ConcreteDropout } from './concrete-dropout';
import { DropConnect, weightDrop } from './drop-connect';
import { Dropout } from './dropout';
import { GaussianNoise } from './gaussian-noise';
import { mcDropout } from './mc-dropout';
import { ShakeShake } from './shake-shake';
import { Zoneout } from './zoneout';

const key = random.key(9);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const x = (n: number): Tensor => tensor(sample(n * 4, { seed: 1 }), [n, 4]);
const mlp = (p: number): nn.Sequential => new nn.Sequential(new nn.Linear(4, 32), new nn.ReLU(), new Dropout({ p }), new nn.Linear(32, 3)).init(random.key(2));

/** In training another function: what no sampling may see. */
class Norm extends nn.Module {
  override readonly traits = { batchStatistics: true };
  constructor() { super(); this.buffer('seen', [], 0); }
  protected compute(v: Tensor, ctx: ForwardContext): Tensor {
    if (ctx.mode === 'train') { ctx.writeBuffer('seen', ops.add(this.raw('seen', ctx), 1)); return ops.mul(v, 100); }
    return v;
  }
}

describe.each(techniqueBackends)('mcDropout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend, backend === 'wasm' ? { threads: 1 } : undefined); });

  test.each([1, 7])('its numbers are those of %i passes by hand', async (samples) => {
    const model = mlp(0.4);
    const result = mcDropout(model, x(5), { samples, key });
    const passes: number[][] = [];
    for (let pass = 0; pass < samples; pass++) {
      passes.push(await values(ops.softmax(model.forward(x(5), inference({ key: random.foldIn(key, 'rows 0'), pass, sampling: ['2'] })), 1)));
    }
    const over = (f: (all: readonly number[]) => number): number[] => Array.from({ length: 15 }, (_, i) => f(passes.map((p) => p[i] ?? 0)));
    const mean = over((all) => all.reduce((a, b) => a + b, 0) / samples);
    const variance = over((all) => { const m = all.reduce((a, b) => a + b, 0) / samples; return all.reduce((a, b) => a + (b - m) ** 2, 0) / samples; });
    const entropy = (p: readonly number[]): number[] => Array.from({ length: 5 }, (_, n) => -p.slice(3 * n, 3 * n + 3).reduce((a, b) => a + b * Math.log(b), 0));
    const expected = entropy(passes.map(entropy)[0] ?? []).map((_, n) => passes.reduce((a, p) => a + (entropy(p)[n] ?? 0), 0) / samples);
    const close = { rtol: 1e-4, atol: 1e-6 };
    await expectClose(result.mean, tensor(mean, [5, 3]), close);
    await expectClose(result.variance, tensor(variance, [5, 3]), close);
    await expectClose(result.entropy, entropy(mean), close);
    await expectClose(result.mutualInformation, entropy(mean).map((h, n) => Math.max(0, h - (expected[n] ?? 0))), close);
    // A single pass agrees with itself; several of this rate do not.
    const most = Math.max(...await values(result.mutualInformation));
    if (samples === 1) expect(most).toBeLessThan(1e-6);
    else expect(most).toBeGreaterThan(1e-3);
  });

  test('probabilities and values', async () => {
    const soft = new nn.Sequential(mlp(0.4), new nn.Softmax({ axis: 1 })).init(random.key(2));
    soft.loadStateDict(Object.fromEntries(Object.entries(mlp(0.4).stateDict()).map(([path, w]) => [`0.${path}`, w])));
    const probabilities = mcDropout(soft, x(5), { samples: 6, key, outputs: 'probabilities' });
    expect(await values(probabilities.entropy)).toEqual((await values(probabilities.entropy)).map((h) => Math.min(Math.log(3) + 1e-6, Math.max(0, h))));
    const { mean, variance, ...rest } = mcDropout(mlp(0.4), x(5), { samples: 6, key, outputs: 'values' });
    expect([mean.shape, variance.shape, rest]).toEqual([[5, 3], [5, 3], {}]);
    // Certain zeros and ones have no entropy.
    const sure = new nn.Sequential(new Dropout({ p: 0.5 })).init(key);
    const { mutualInformation } = mcDropout(sure, tensor([[0, 1]]), { samples: 4, key, outputs: 'probabilities' });
    expect((await values(mutualInformation)).every(Number.isFinite)).toBe(true);
  });

  test('moments are those of the masks', async () => {
    const n = 400;
    const samples = 100;
    const { mean, variance } = mcDropout(new nn.Sequential(new Dropout({ p: 0.2 })).init(key), ones([n, 1]), { samples, key, outputs: 'values' });
    // A factor has mean 1 and variance p / (1 - p) = .25; over n T independent ones the means' standard errors are sqrt(.25 / (n T)) = .0025
    // and sqrt((mu4 - .25^2) / (n T)) with mu4 = .25^2 (1 / (p q) - 3) = .2031, .0019; the variance is biased by (T - 1) / T.
    const average = async (t: Tensor): Promise<number> => (await values(t)).reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(await average(mean) - 1)).toBeLessThan(5 * 0.0025);
    expect(Math.abs(await average(variance) - (0.25 * (samples - 1)) / samples)).toBeLessThan(5 * 0.0019);
  });

  test('norms stay in evaluation and write nothing', async () => {
    const model = new nn.Sequential(new Norm(), new Dropout({ p: 0.5 }), new Norm()).init(key);
    const { mean } = mcDropout(model, ones([3, 2]), { samples: 8, key, outputs: 'values' });
    expect(Math.max(...await values(mean))).toBeLessThanOrEqual(2);
    expect(await values(model.buffers()['0.seen'] as Tensor)).toEqual([0]);
  });

  test('rows in parts: other draws each, the same numbers of them, the same bits again', async () => {
    const model = new nn.Sequential(new Dropout({ p: 0.5 })).init(key);
    const run = (batchSize: number): Promise<number[]> => values(mcDropout(model, ones([10, 4]), { samples: 3, key, batchSize, outputs: 'values' }).mean);
    const parts = await run(4);
    expect(parts).toHaveLength(40);
    expect(parts).toEqual(await run(4));
    expect(parts.slice(0, 16)).not.toEqual(parts.slice(16, 32));
    const named = new (class extends nn.Module<Readonly<Record<string, Tensor>>> {
      drop = new Dropout({ p: 0.5 });
      protected compute({ a, b }: Readonly<Record<string, Tensor>>, ctx: ForwardContext): Tensor { return ops.add(this.drop.forward(a as Tensor, ctx), b as Tensor); }
    })().init(key);
    expect(mcDropout(named as never, { a: ones([5, 2]), b: ones([5, 2]) }, { samples: 2, key, batchSize: 2, outputs: 'values' }).mean.shape).toEqual([5, 2]);
    expect(mcDropout(model, ones([0, 4]), { samples: 2, key }).entropy.shape).toEqual([0]);
  });

  test('leaves only its results, and its memory does not grow with the passes', async () => {
    let most = 0;
    class Probe extends nn.Module {
      protected compute(v: Tensor): Tensor { most = Math.max(most, memory().bytes); return v; }
    }
    const model = new nn.Sequential(new nn.Linear(4, 64), new Dropout({ p: 0.5 }), new Probe(), new nn.Linear(64, 3)).init(random.key(1));
    const input = x(64);
    const peak = (samples: number, batchSize: number): number => {
      most = 0;
      const before = memory();
      const result = mcDropout(model, input, { samples, key, batchSize });
      expect(memory().tensors).toBe(before.tensors + 4);
      for (const t of Object.values(result) as Tensor[]) t.dispose();
      return most - before.bytes;
    };
    expect(peak(40, 64)).toBe(peak(4, 64));
    expect(peak(4, 8)).toBeLessThan(peak(4, 64) / 2);
  });
});

describe('every layer that draws does so', () => {
  beforeAll(async () => { await useReference(); });
  const sequence = (): Tensor => tensor(sample(2 * 3 * 4, { seed: 3 }), [2, 3, 4]);
  class First extends nn.Module {
    constructor(readonly inner: nn.Module<Tensor, { readonly output: Tensor }>) { super(); }
    protected compute(v: Tensor, ctx: ForwardContext): Tensor { return this.inner.forward(v, ctx).output; }
  }
  const lstm = (): nn.LSTM => new nn.LSTM(4, 4);
  const dropped = lstm();
  weightDrop(dropped as never, { p: 0.5, weights: 'weight_hh_*' });
  const added = new nn.Linear(4, 4);
  applyDropout(added, [{ match: '', p: 0.5 }]);

  test.each<[string, nn.Module]>([
    ['transformer', new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8, dropout: 0.3 }) as unknown as nn.Module],
    ['attention', new First(new nn.MultiheadAttention(4, 2, { dropout: 0.3 }) as never)],
    ['recurrent', new First(new nn.LSTM(4, 4, { numLayers: 2, dropout: 0.5 }) as never)],
    ['weight drop', new First(dropped as never)],
    ['drop connect', new DropConnect(new nn.Linear(4, 4))],
    ['zoneout', new First(new Zoneout(lstm() as never, { p: 0.5 }) as never)],
    ['noise', new GaussianNoise({ std: 1 })],
    ['shake-shake', new ShakeShake(new nn.Linear(4, 4), new nn.Linear(4, 4))],
    ['concrete', new ConcreteDropout(new nn.Linear(4, 4))],
    ['added dropout', added],
  ])('%s', async (_, module) => {
    const model = new nn.Sequential(module).init(random.key(4));
    const { variance } = mcDropout(model, sequence(), { samples: 8, key, outputs: 'values' });
    expect(Math.max(...await values(variance))).toBeGreaterThan(1e-4);
    // An ordinary evaluation is as before.
    expect(await values(model.forward(sequence()))).toEqual(await values(model.forward(sequence())));
    // And what samples in evaluation draws as training does.
    model.forward(sequence(), training({ key }));
  });

  test('other weights', async () => {
    const model = new nn.Sequential(new nn.Linear(1, 1), new Dropout({ p: 0.5 })).init(key);
    const weights = { params: { '0.weight': tensor([[0]]), '0.bias': tensor([3]) }, buffers: {} };
    const { mean, variance } = mcDropout(model, ones([50, 1]), { samples: 20, key, outputs: 'values', weights });
    expect(new Set((await values(mean)).map((v) => Math.round((v * 20) / 6)))).not.toEqual(new Set([0]));
    expect(Math.max(...await values(variance))).toBeGreaterThan(1);
  });

  test('scheduled rates are read where the call says', async () => {
    const model = new nn.Sequential(new Dropout({ p: schedules.linear({ start: 0, end: 0.5 }) })).init(key);
    expect(() => mcDropout(model, ones([3, 2]), { key })).toThrow('mcDropout: the rate at `0` follows a schedule. Say where it is read');
    const at = (step: number): Promise<number[]> => values(mcDropout(model, ones([30, 2]), { key, outputs: 'values', samples: 5, at: { step, totalSteps: 10 } }).variance);
    expect(Math.max(...await at(0))).toBe(0);
    expect(Math.max(...await at(10))).toBeGreaterThan(0);
  });

  test('errors', () => {
    const model = mlp(0.5);
    expect(() => mcDropout(mlp(0), x(2), { key })).toThrow('mcDropout: no module of the model drops or draws');
    expect(() => mcDropout(model, x(2), { key, samples: 0 })).toThrow('`samples` must be a whole number in [1, inf), received 0.');
    expect(() => mcDropout(model, x(2), { key, batchSize: 1.5 })).toThrow('`batchSize` must be a whole number');
    expect(() => mcDropout(model, x(2), {} as never)).toThrow('must be a random key');
    expect(() => mcDropout(model, x(2), { key, T: 5 } as never)).toThrow('unknown option `T`');
    expect(() => mcDropout(model, x(2), { key, outputs: 'scores' as never })).toThrow("`outputs` must be one of 'logits', 'probabilities', 'values'");
    expect(() => mcDropout(model, 5 as never, { key })).toThrow('expected inputs [N, ...]');
    expect(() => mcDropout(model, { a: ones([2, 4]), b: ones([3, 4]) } as never, { key })).toThrow('the same number of rows, received [2, 4], [3, 4]');
    expect(() => mcDropout((() => 1) as never, x(2), { key })).toThrow('the first argument must be a module');
  });
});
