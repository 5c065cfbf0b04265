/** Batch norm under gradient accumulation: with the statistics of the whole batch, k microbatches give what one batch gives. */
import { arrayDataset, definePlugin, losses, nn, ops, optim, type Tensor, Trainer, type TrainerOptions, type ForwardContext, useBackend } from '@parsimony/core';
import { sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { BatchNorm1d, BatchNorm2d } from './batch-norm-modules';

const size = 32;
/** Images of two channels; every fifth label is ignored, so that parts of a batch differ in how many count. */
const images = arrayDataset({
  inputs: Float32Array.from(sample(size * 2 * 3 * 3, { seed: 4, low: -1, high: 3 })), shape: [2, 3, 3],
  labels: Array.from({ length: size }, (_, i) => (i % 5 === 2 || i > 28 ? -100 : (i * 7) % 3)), numClasses: 3, ignoreIndex: -100,
});

const residual = (): nn.Module => new nn.Sequential(
  new nn.Conv2d(2, 4, 3, { padding: 1 }), new BatchNorm2d(4), new nn.ReLU(),
  new nn.Residual(new nn.Sequential(new nn.Conv2d(4, 4, 3, { padding: 1 }), new BatchNorm2d(4, { momentum: null })),
    { shortcut: new nn.Sequential(new nn.Conv2d(4, 4, 1), new BatchNorm2d(4, { affine: false })) }),
  new nn.Residual(new nn.Tanh()), new nn.Flatten(), new nn.Linear(36, 8), new BatchNorm1d(8, { trackRunningStats: false }), new nn.Linear(8, 3));

interface Seen { readonly losses: number[]; readonly grads: Record<string, number[]>; readonly state: Record<string, number[]>; readonly trainer: Trainer }

/** Three steps in k microbatches: losses, the gradients of the first, the weights and running statistics after the last. */
async function run(accumulate: number, options: Partial<TrainerOptions> = {}): Promise<Seen> {
  const reads: Promise<[string, number[]]>[] = [];
  const spy = definePlugin({
    name: 'spy', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
    hooks: { transformGrads: (grads, ctx) => {
      if (ctx.step === 0) for (const [path, g] of Object.entries(grads)) reads.push(g.data().then((data) => [path, Array.from(data)]));
      return undefined;
    } },
  });
  const trainer = new Trainer({
    model: residual(), loss: losses.crossEntropy({ weight: [1, 4, 0.5], ignoreIndex: -100 }), optimizer: optim.sgd({ lr: 0.1, momentum: 0.9 }), seed: 5,
    plugins: [spy, ...options.plugins ?? []], accumulate, ...options,
  });
  const seen: number[] = [];
  await trainer.fit({ train: images, epochs: 3, batchSize: size, onProgress: (e) => { if (e.kind === 'step') seen.push(e.loss); } });
  const state = Object.fromEntries(await Promise.all(Object.entries(trainer.model.stateDict()).map(async ([path, x]): Promise<[string, number[]]> => [path, Array.from(await x.data())])));
  return { losses: seen, grads: Object.fromEntries(await Promise.all(reads)), state, trainer };
}

function expectSame(a: Seen, b: Seen, digits: number): void {
  b.losses.forEach((loss, i) => { expect(a.losses[i], `loss ${i}`).toBeCloseTo(loss, digits); });
  for (const part of ['grads', 'state'] as const) {
    for (const [path, values] of Object.entries(b[part])) values.forEach((value, i) => { expect(a[part][path]?.[i], `${part} ${path}[${i}]`).toBeCloseTo(value, digits); });
  }
  expect(Object.values(b.grads).flat().some((g) => Math.abs(g) > 1e-2)).toBe(true);
}

describe.each(techniqueBackends.map((name) => [name, name === 'reference' ? 10 : 4] as const))('on %s', (backend, digits) => {
  let whole: Seen;
  beforeAll(async () => {
    await useBackend(backend);
    whole = await run(1);
  });

  describe.each(['unsplit'] as const)('%s', (batchStatistics) => {
    test.each([2, 4, 8])('accumulate: %i gives the losses, gradients, weights and running statistics of the whole batch', async (k) => {
      expectSame(await run(k, { batchStatistics }), whole, digits);
    });
  });

  test('statistics of the microbatches are others, and so are the results', async () => {
    const split = await run(4);
    expect(split.losses[0]).not.toBeCloseTo(whole.losses[0] as number, 3);
    expect(split.state['1.running_var']).not.toEqual(whole.state['1.running_var']);
  });
});

describe('what is said', () => {
  beforeAll(async () => { await useBackend('wasm'); });
  const make = (options: Partial<TrainerOptions>): Trainer =>
    new Trainer({ model: residual(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 5, accumulate: 4, ...options });

  test('explain() says that an unsplit batch saves no memory, and warns of none', () => {
    const text = make({ batchStatistics: 'unsplit' }).explain();
    expect(text).toContain("not split into 4: batch norm at `1` (BatchNorm2d) takes the statistics of the whole batch (batchStatistics: 'unsplit'), so memory is not saved");
    expect(text).not.toContain('batch-norm-accumulation');
  });

  test('without it the plan warns, and says how to have exact results', () => {
    const { findings } = make({});
    expect(findings.find(({ code }) => code === 'batch-norm-accumulation')?.hint).toContain("batchStatistics: 'unsplit'");
  });

  test('a model without batch norm, or with a frozen one, is split', () => {
    const plain = new nn.Sequential(new nn.Flatten(), new BatchNorm1d(18, { frozen: true }), new nn.Linear(18, 3));
    expect(make({ model: plain, batchStatistics: 'unsplit' }).explain()).toContain('4 microbatches a step');
  });

  test('a choice that does not exist is refused', () => {
    expect(() => make({ batchStatistics: 'whole' as never })).toThrow("Trainer: `batchStatistics` must be one of 'microbatch', 'unsplit'");
  });
});

/** Multiplies by a mask of its own and counts in a buffer, as dropout and spectral norm do. */
class Noise extends nn.Module {
  constructor() {
    super();
    this.buffer('passes', [], 0, 'int32');
  }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    if (ctx.mode === 'eval') return x;
    ctx.writeBuffer('passes', ops.add(this.raw('passes', ctx), 1));
    return ops.dropout(x, 0.3, ctx.key());
  }
}

test('unsplit, masks and other buffers are those of the whole batch, to the bit', async () => {
  await useBackend('wasm');
  const model = (): nn.Module => new nn.Sequential(new nn.Flatten(), new nn.Linear(18, 6), new BatchNorm1d(6), new nn.ReLU(), new Noise(), new nn.Linear(6, 3));
  const [whole, exact] = [await run(1, { model: model() }), await run(4, { model: model(), batchStatistics: 'unsplit' })];
  expect(exact.state).toEqual(whole.state);
  expect(exact.state['4.passes']).toEqual([3]);
});
