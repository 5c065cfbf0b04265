import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { useBackend } from '../backends/registry';
import { arrayDataset } from '../data/array-dataset';
import { losses, nn, ops, optim } from '../index';
import { scalar } from '../tensor/create';
import type { Scalar, Tensor } from '../tensor/tensor';
import type { ForwardContext, LossFunction } from '../types';
import type { AnyPlugin } from './contract';
import { makePlugin, makeTrainer, mlp } from './testing/small';
import type { TrainerOptions } from './options';

const size = 24;
/** Every third label is ignored, so that microbatches differ in how many count. */
const holes = (): ReturnType<typeof arrayDataset> => arrayDataset({
  inputs: Float32Array.from({ length: size * 2 }, (_, i) => Math.sin(i * 1.7)), shape: [2],
  labels: Array.from({ length: size }, (_, i) => (i % 3 === 1 || i > 20 ? -100 : (i >> 1) % 2)), numClasses: 2, ignoreIndex: -100,
});
const weighted = losses.crossEntropy({ weight: [1, 5], ignoreIndex: -100 });

/** The gradients of the first step, as the optimizer gets them. */
async function gradients(accumulate: number, options: Partial<TrainerOptions> = {}, extra: readonly AnyPlugin[] = []): Promise<{ loss: number; grads: Record<string, number[]> }> {
  const reads: Promise<[string, number[]]>[] = [];
  let loss = Number.NaN;
  const spy = makePlugin('spy', {
    transformGrads: { order: 'post', handler: (grads) => {
      for (const [path, g] of Object.entries(grads)) reads.push(g.data().then((data) => [path, Array.from(data)]));
      return undefined;
    } },
  });
  await makeTrainer({ loss: weighted, optimizer: optim.sgd({ lr: 0 }), accumulate, plugins: [spy, ...extra], ...options })
    .fit({ train: holes(), epochs: 1, batchSize: size, onProgress: (e) => { if (e.kind === 'step') ({ loss } = e); } });
  return { loss, grads: Object.fromEntries(await Promise.all(reads)) };
}

function expectClose(a: Awaited<ReturnType<typeof gradients>>, b: Awaited<ReturnType<typeof gradients>>, digits: number): void {
  expect(a.loss).toBeCloseTo(b.loss, digits);
  for (const [path, values] of Object.entries(b.grads)) values.forEach((value, i) => { expect(a.grads[path]?.[i]).toBeCloseTo(value, digits); });
  expect(Object.values(b.grads).flat().some((g) => Math.abs(g) > 1e-3)).toBe(true);
}

/** A mean over the samples, and a number that is no sum of samples at all. */
const terms = makePlugin('terms', {
  collectLossTerms: ({ outputs }) => [
    { name: 'all', weight: 2, loss: { sum: ops.sum(ops.square(outputs as Tensor)), denominator: scalar((outputs as Tensor).shape[0] ?? 0) } },
    { name: 'mean', weight: 1.5, loss: ops.mean(ops.abs(outputs as Tensor)) as Scalar },
  ],
});
/** Two terms of one name. */
class Sparse extends nn.Module {
  readonly inner = mlp();
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const y = this.inner.forward(x, ctx);
    for (const power of [1, 2]) ctx.addLoss({ name: 'activity', weight: power, loss: { sum: ops.sum(ops.pow(ops.abs(y), power)), denominator: scalar(y.size) } });
    return y;
  }
}

describe.each(techniqueBackends.map((name) => [name, name === 'reference' ? 10 : 5] as const))('on %s', (backend, digits) => {
  beforeAll(async () => { await useBackend(backend); });
  afterAll(async () => { await useBackend('wasm'); });

  test.each([2, 4, 5, 8, 24])('%i microbatches give the gradients of one batch, with ignored labels and class weights', async (k) => {
    expectClose(await gradients(k), await gradients(1), digits);
  });

  test('so they do with terms of plugins and modules', async () => {
    const one = await gradients(1, { model: new Sparse() }, [terms]);
    expectClose(await gradients(4, { model: new Sparse() }, [terms]), one, digits);
    // The terms count: without them the loss is another.
    expect((await gradients(1)).loss).not.toBeCloseTo(one.loss, 2);
  });

  test('terms of modules count once, whatever the number of passes', async () => {
    const twice = makePlugin('twice', { aroundForward: (_, next) => { next(); return next(); } });
    const one = await gradients(1, { model: new Sparse() });
    expectClose(await gradients(1, { model: new Sparse() }, [twice]), one, digits);
    expectClose(await gradients(4, { model: new Sparse() }, [twice]), one, digits);
  });

  test('a loss that transformLoss scales is scaled as a whole', async () => {
    const half = makePlugin('half', { transformLoss: ({ sum, denominator }) => ({ sum: ops.mul(sum, 0.5), denominator }) });
    const [plain, scaled, split] = [await gradients(1), await gradients(1, {}, [half]), await gradients(4, {}, [half])];
    expect(scaled.loss).toBeCloseTo(plain.loss / 2, digits);
    expectClose(split, scaled, digits);
  });

  test('terms with a denominator that follows the data are exact too', async () => {
    // The denominator counts what a fixed rule picks out of the inputs.
    const picked = makePlugin('picked', {
      collectLossTerms: ({ outputs, batch }) => {
        const chosen = ops.cast(ops.greater(ops.sum(batch.inputs as Tensor, { axis: 1, keepdim: true }), 0.3), 'float32');
        return [{ name: 'picked', weight: 3, loss: { sum: ops.sum(ops.mul(chosen, ops.square(outputs as Tensor))), denominator: ops.sum(chosen) } }];
      },
    });
    expectClose(await gradients(5, {}, [picked]), await gradients(1, {}, [picked]), digits);
  });
});

test('a batch smaller than the number of microbatches has fewer of them', async () => {
  const counts: number[] = [];
  const spy = makePlugin('spy', { stepEnd: (ctx) => { counts.push(ctx.microbatches); } });
  await makeTrainer({ accumulate: 4, plugins: [spy] }).fit({ train: holes(), epochs: 1, batchSize: 22 });
  expect(counts).toEqual([4, 2]);
});

/** Counts forwards in a buffer and remembers the last input. */
class Counter extends nn.Module {
  readonly inner = mlp();
  constructor() {
    super();
    this.buffer('count', [], 0, 'int32');
    this.buffer('last', [2], 0);
  }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    if (ctx.mode === 'train') {
      ctx.writeBuffer('count', ops.add(this.raw('count', ctx), 1));
      ctx.writeBuffer('last', ops.mean(x, { axis: 0 }));
    }
    return this.inner.forward(ctx.mode === 'train' && ctx.step === 1 ? ops.div(x, 0) : x, ctx);
  }
}

test('buffers go on through the microbatches and are taken where the step was applied', async () => {
  await useBackend('wasm');
  const counts: number[] = [];
  const trainer = makeTrainer({ model: new Counter(), loss: weighted as LossFunction, accumulate: 3, nonFinite: 'skip', plugins: [makePlugin('sam', {
    transformGrads: (_, ctx) => { ctx.gradsAt(ctx.weights.params, { freezeBuffers: true }); return undefined; },
  })] });
  await trainer.fit({ train: holes(), epochs: 1, batchSize: 6, onProgress: async (e) => { if (e.kind === 'step') counts.push(await (trainer.model.buffers()['count'] as Tensor).item()); } });
  expect(counts).toEqual([3, 3, 6, 9]);
  const last = await (trainer.model.buffers()['last'] as Tensor).array() as number[];
  expect(last.every((x) => Number.isFinite(x) && x !== 0)).toBe(true);
});
