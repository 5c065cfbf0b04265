/** What theory promises of decay: how it meets adaptive rates, that proximal steps select, that constraints hold at every step. */
import { type AnyPlugin, arrayDataset, definePlugin, type Grads, losses, nn, ops, optim, random, type Tensor, tensor, Trainer, useBackend } from '@parsimony/core';
import { expectClose } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { groupLasso, l1, l2, maxNorm, minMaxNorm, nonNegative, unitNorm, weightDecay } from './index';

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  /** Two weights of 1 whose gradients alternate in sign, of sizes 1 and 100; how much each has lost after some steps. */
  async function lost(plugins: AnyPlugin[], optimizer: optim.Optimizer, steps: number): Promise<number[]> {
    const noise = definePlugin({
      name: 'noise', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { grads: 'replace' } }, batchSemantics: 'per-sample',
      hooks: { transformGrads: { order: 'pre', handler: (_, { step }) => ({ weight: tensor([[step % 2 === 0 ? 1 : -1, step % 2 === 0 ? 100 : -100]]) }) as unknown as Grads } },
    });
    const model = new nn.Linear(2, 1, { bias: false }).loadStateDict({ weight: tensor([[1, 1]]) });
    const trainer = new Trainer({ model, loss: losses.mse(), optimizer, seed: 1, plugins: [noise, ...plugins] });
    await trainer.fit({ train: values([[0, 0]], [[0]]), epochs: steps, batchSize: 1 });
    return Array.from(await (trainer.model.parameters()['weight'] as Tensor).data(), (w) => 1 - w);
  }

  test('Adam with L2 hardly decays a weight with large gradients, AdamW both alike', async () => {
    const [lr, lambda, steps] = [1e-3, 0.01, 400];
    const none = await lost([], optim.adam({ lr }), steps);
    const apart = async (plugin: AnyPlugin): Promise<number[]> => (await lost([plugin], optim.adam({ lr }), steps)).map((v, i) => v - (none[i] ?? 0));
    // Decoupled: 1 - (1 - lr lambda)^steps of both, whatever their gradients.
    const [small = 0, large = 0] = await apart(weightDecay({ decay: lambda }));
    const expected = 1 - (1 - lr * lambda) ** steps;
    expect(small / expected).toBeCloseTo(1, 2);
    expect(large / expected).toBeCloseTo(1, 2);
    // Coupled: the penalty's gradient lambda w is divided by the size of the gradient, about 1 and 100: lr lambda steps / size. Where m and v
    // have settled the ratio is that of the sizes; the start and lambda's own part in v leave a few per cent.
    const [one = 0, hundred = 0] = await apart(l2({ lambda }));
    expect(one / (lr * lambda * steps)).toBeGreaterThan(0.9);
    expect(one / (lr * lambda * steps)).toBeLessThan(1.1);
    expect(one / hundred).toBeGreaterThan(85);
    expect(one / hundred).toBeLessThan(115);
  });

  test('with SGD, L2 and decoupled decay are the same but for the rate', async () => {
    const [lr, steps] = [0.05, 50];
    const [decoupled, coupled] = [await lost([weightDecay({ decay: 0.1 })], optim.sgd({ lr }), steps), await lost([l2({ lambda: 0.1 })], optim.sgd({ lr }), steps)];
    decoupled.forEach((v, i) => { expect(v).toBeCloseTo(coupled[i] ?? NaN, 4); });
  });
});

describe('Muon, whose step the weights have no part in', () => {
  beforeAll(async () => { await useBackend('wasm'); });

  test.each([
    ['decoupled decay', weightDecay({ decay: 2 }), (w: number, moved: number, lr: number) => w * (1 - 2 * lr) + moved],
    ['a proximal step', l1({ lambda: 2, proximal: true }), (w: number, moved: number, lr: number) => Math.sign(w + moved) * Math.max(Math.abs(w + moved) - 2 * lr, 0)],
  ] as const)('a hundred steps with %s', async (_, plugin, expected) => {
    const lr = 0.01;
    const run = async (plugins: AnyPlugin[]): Promise<number[][]> => {
      const given = definePlugin({
        name: 'given', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { grads: 'replace' } }, batchSemantics: 'per-sample',
        hooks: { transformGrads: { order: 'pre', handler: (_grads, { step }) => ({ weight: tensor(random.normal(random.at(random.key(5), { step }), 12), [3, 4]) }) as unknown as Grads } },
      });
      const model = new nn.Linear(4, 3, { bias: false }).loadStateDict({ weight: tensor(random.normal(random.key(6), 12), [3, 4]) });
      const trainer = new Trainer({ model, loss: losses.mse(), optimizer: optim.muon({ lr, weightDecay: 0, hidden: ['weight'] }), seed: 1, plugins: [given, ...plugins] });
      const seen = [Array.from(await (model.parameters()['weight'] as Tensor).data())];
      await trainer.fit({ train: values([[0, 0, 0, 0]], [[0, 0, 0]]), epochs: 100, batchSize: 1, onProgress: async ({ kind }) => { if (kind === 'step') seen.push(Array.from(await (trainer.model.parameters()['weight'] as Tensor).data())); } });
      return seen;
    };
    const [plain, own] = [await run([]), await run([plugin])];
    let w = plain[0] ?? [];
    for (let step = 1; step <= 100; step++) {
      w = w.map((v, i) => expected(v, (plain[step]?.[i] ?? NaN) - (plain[step - 1]?.[i] ?? NaN), lr));
      await expectClose(own[step] ?? [], w, { name: `after step ${step}`, rtol: 1e-5, atol: 1e-5 });
    }
    expect(own[100]).not.toEqual(plain[100]);
  });
});

const values = (inputs: readonly (readonly number[])[], targets: readonly (readonly number[])[]) =>
  arrayDataset({ inputs: Float32Array.from(inputs.flat()), shape: [inputs[0]?.length ?? 0], values: Float32Array.from(targets.flat()), targetShape: [targets[0]?.length ?? 0] });

/** y = x w + noise with 5 of 100 weights that are not 0; 200 samples. */
function sparse(): { readonly data: ReturnType<typeof values>; readonly support: readonly number[]; readonly weights: readonly number[] } {
  const [n, d] = [200, 100];
  const support = [7, 23, 41, 66, 90];
  const weights = Array.from({ length: d }, (_, i) => (support.includes(i) ? (i % 2 === 0 ? 2 : -1.5) : 0));
  const x = random.normal(random.key(11), n * d);
  const noise = random.normal(random.key(12), n, { std: 0.1 });
  const rows = Array.from({ length: n }, (_, i) => Array.from(x.subarray(i * d, (i + 1) * d)));
  return { data: values(rows, rows.map((row, i) => [row.reduce((sum, v, j) => sum + v * (weights[j] ?? 0), noise[i] ?? 0)])), support, weights };
}

describe('selection', () => {
  beforeAll(async () => { await useBackend('wasm'); });

  async function fitted(plugins: AnyPlugin[], optimizer = optim.sgd({ lr: 0.05 })): Promise<number[]> {
    const { data } = sparse();
    const trainer = new Trainer({ model: new nn.Linear(100, 1, { bias: false }), loss: losses.mse(), optimizer, seed: 2, plugins });
    await trainer.fit({ train: data, epochs: 60, batchSize: 50 });
    return Array.from(await (trainer.model.parameters()['weight'] as Tensor).data());
  }
  const nonZero = (w: readonly number[]): number[] => w.flatMap((v, i) => (v === 0 ? [] : [i]));

  // Where it comes to rest the momentum holds g / (1 - momentum), so the threshold is (1 - momentum) lambda of it.
  test.each([[0, 0.3], [0.9, 3]])('proximal L1 finds the support, with momentum %d: the other 95 weights of 100 are exactly 0', async (momentum, lambda) => {
    const w = await fitted([l1({ lambda, proximal: true })], optim.sgd({ lr: momentum === 0 ? 0.05 : 0.005, momentum }));
    expect(nonZero(w)).toEqual(sparse().support);
    expect(w.filter((v) => v === 0).length / w.length).toBeGreaterThanOrEqual(0.9);
    // Each is short of its value by about lambda / 2, the bias of the lasso under the mean squared error.
    for (const i of sparse().support) expect(Math.abs(Math.abs(sparse().weights[i] ?? 0) - Math.abs(w[i] ?? 0) - 0.15)).toBeLessThan(0.15);
  });

  test('through the gradient L1 leaves no exact zero', async () => {
    expect(nonZero(await fitted([l1({ lambda: 0.3 })]))).toHaveLength(100);
  });

  test('group lasso over columns cuts the inputs that do nothing', async () => {
    const { data, support } = sparse();
    const trainer = new Trainer({
      model: new nn.Sequential(new nn.Linear(100, 8), new nn.Linear(8, 1)), loss: losses.mse(), optimizer: optim.sgd({ lr: 0.02 }), seed: 2,
      plugins: [groupLasso({ lambda: 0.2, axis: 1, exclude: ['1.**'] })],
    });
    await trainer.fit({ train: data, epochs: 80, batchSize: 50 });
    const lengths = Array.from(await ops.norm(trainer.model.parameters()['0.weight'] as Tensor, { axis: 0 }).data());
    expect(nonZero(lengths)).toEqual(support);
  });
});

describe.each(techniqueBackends)('constraints hold after every step, on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  const data = () => values(Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(3 * i), i / 6 - 1]), Array.from({ length: 12 }, (_, i) => [3 * Math.sin(i) - 2, i / 4]));

  async function eachStep(plugins: AnyPlugin[], look: (lengths: number[], weights: number[]) => void, axis = 1): Promise<number> {
    const trainer = new Trainer({ model: new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2)), loss: losses.mse(), optimizer: optim.sgd({ lr: 0.2, momentum: 0.9 }), seed: 3, plugins });
    let steps = 0;
    await trainer.fit({
      train: data(), epochs: 4, batchSize: 4,
      onProgress: async (event) => {
        if (event.kind !== 'step') return;
        steps++;
        for (const [path, w] of Object.entries(trainer.model.parameters())) {
          if (path.endsWith('weight')) look(Array.from(await ops.norm(w, { axis }).data()), Array.from(await w.data()));
        }
      },
    });
    return steps;
  }
  const slack = 1e-5;

  test('max norm', async () => {
    let touched = 0;
    expect(await eachStep([maxNorm({ max: 0.7 })], (lengths) => {
      for (const length of lengths) expect(length).toBeLessThanOrEqual(0.7 + slack);
      touched += lengths.filter((length) => length > 0.7 - slack).length;
    })).toBe(12);
    expect(touched).toBeGreaterThan(0);
  });

  test('least and largest length', async () => {
    const reached = { min: 0, max: 0 };
    await eachStep([minMaxNorm({ min: 0.6, max: 0.7, axis: 1 })], (lengths) => {
      for (const length of lengths) {
        expect(length).toBeGreaterThanOrEqual(0.6 - slack);
        expect(length).toBeLessThanOrEqual(0.7 + slack);
        if (length < 0.6 + slack) reached.min++;
        if (length > 0.7 - slack) reached.max++;
      }
    }, 0);
    expect(reached.max).toBeGreaterThan(0);
  });

  test('unit length; not negative, and both together', async () => {
    await eachStep([unitNorm()], (lengths) => { for (const length of lengths) expect(Math.abs(length - 1)).toBeLessThan(slack); });
    await eachStep([nonNegative()], (_, weights) => { expect(Math.min(...weights)).toBeGreaterThanOrEqual(0); });
    await eachStep([unitNorm(), nonNegative()], (lengths, weights) => {
      // A unit whose weights were all negative has none left.
      for (const length of lengths) expect(Math.min(Math.abs(length - 1), length)).toBeLessThan(slack);
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
    });
  });
});
