import {
  type AnyPlugin, arrayDataset, type ForwardContext, grad, type Inputs, losses, nn, ops, optim, random, schedules, type Tensor, tensor, Trainer, training, useBackend, valueAndGrad,
} from '@parsimony/core';
import { mixup } from '@parsimony/augment';
import { labelSmoothing } from '@parsimony/label-smoothing';
import { expectClose, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { distillation, distillationLoss } from './index';

const draw = (seed: number, ...shape: number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);

describe.each(techniqueBackends)('distillationLoss on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('nothing to learn from equal scores, whatever is added to all of them', async () => {
    const { sum } = distillationLoss(tensor([[1, 2, 3]]), tensor([[11, 12, 13]]));
    expect(await sum.item()).toBeCloseTo(0, 5);
  });

  test('the classes may be the last axis', async () => {
    const [s, t] = [draw(1, 2, 4, 3), draw(2, 2, 4, 3)];
    const [last, first] = [distillationLoss(s, t, { classAxis: -1 }), distillationLoss(ops.transpose(s, 1, 2), ops.transpose(t, 1, 2))];
    await expectClose(last.sum, first.sum);
    expect(await last.denominator.item()).toBe(8);
  });

  // Hinton et al., section 2.1: for high T the gradient is that of half the squared distance of the centered scores, over the classes.
  test('a high temperature matches scores', async () => {
    const [s, t] = [tensor([[1, -1, 0]]), tensor([[0, 2, -2]])];
    const g = grad((x: Tensor) => distillationLoss(x, t, { temperature: 1000 }).sum)(s);
    await expectClose(g, [[1 / 3, -1, 2 / 3]], { rtol: 5e-3 });
  });

  test('no gradient for the teacher', async () => {
    const g = grad((t: Tensor) => distillationLoss(draw(1, 2, 3), t).sum)(draw(2, 2, 3));
    await expectClose(g, [[0, 0, 0], [0, 0, 0]]);
  });
});

const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const net = () => new nn.Sequential(new nn.Linear(3, 2));
const make = (plugins: AnyPlugin[]) => new Trainer({ model: net(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins });
const weightOf = async (trainer: Trainer) => Array.from(await (trainer.model.parameters()['0.weight'] as Tensor).data());

describe.each(techniqueBackends)('distillation in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each([0, 0.4])('a step is a step on a L + (1 - a) T^2 KL, a %d', async (alpha) => {
    const teacher = net().init(random.key(9));
    const trainer = make([distillation({ teacher, alpha, temperature: 3 })]);
    const all = data();
    const { history } = await trainer.fit({ train: all, epochs: 1, batchSize: 16, shuffle: false });
    const own = net().init(random.key(3));
    const { inputs, target } = await all.batch(Int32Array.from({ length: 16 }, (_, i) => i));
    const x = inputs as Tensor;
    const { value, grads } = valueAndGrad((params: Record<string, Tensor>) => {
      const scores = own.forward(x, training({ key: random.key(0), step: 0, weights: { params } }));
      const [hard, soft] = [losses.crossEntropy()(scores, target), distillationLoss(scores, teacher.forward(x), { temperature: 3 })];
      return ops.add(ops.mul(ops.div(hard.sum, hard.denominator), alpha), ops.mul(ops.div(soft.sum, soft.denominator), 1 - alpha));
    })(own.parameters());
    await expectClose(history[0]?.values['loss'] ?? NaN, await value.item(), { rtol: 1e-5 });
    const expected = ops.sub(own.parameters()['0.weight'] as Tensor, ops.mul(grads['0.weight'] as Tensor, 0.5));
    await expectClose(await weightOf(trainer), Array.from(await expected.data()));
    expect(history[0]?.values['@parsimony/distillation/divergence']).toBeGreaterThan(0);
  });

  test('the teacher is in evaluation, unchanged, and sees the batch as mixed', async () => {
    const seen: { mode: string; inputs: Tensor }[] = [];
    class Watcher extends nn.Module {
      readonly inner = new nn.Linear(3, 2);
      protected compute(x: Tensor, ctx: ForwardContext): Tensor {
        seen.push({ mode: ctx.mode, inputs: x });
        return this.inner.forward(x, ctx as never);
      }
    }
    const teacher = new Watcher().init(random.key(9));
    const before = Array.from(await (teacher.parameters()['inner.weight'] as Tensor).data());
    const mixed: Tensor[] = [];
    const student = new (class extends nn.Module {
      readonly inner = new nn.Linear(3, 2);
      protected compute(x: Tensor, ctx: ForwardContext): Tensor {
        mixed.push(x);
        return this.inner.forward(x, ctx as never);
      }
    })();
    const trainer = new Trainer({ model: student, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins: [mixup({ alpha: 1 }), distillation({ teacher })] });
    await trainer.fit({ train: data(), epochs: 1, batchSize: 8 });
    expect(seen.map(({ mode }) => mode)).toEqual(['eval', 'eval']);
    expect(seen.map(({ inputs }) => inputs)).toEqual(mixed);
    expect(Array.from(await (teacher.parameters()['inner.weight'] as Tensor).data())).toEqual(before);
  });

  test('a student without labels of use learns what the teacher knows', async () => {
    const teacher = (inputs: Inputs): Tensor => ops.mul(ops.slice(inputs as Tensor, [{}, { end: 2 }]), 4);
    const trainer = make([distillation({ teacher, alpha: 0 })]);
    await trainer.fit({ train: data(), epochs: 60, batchSize: 16 });
    const x = draw(8, 32, 3);
    const [mine, his] = [ops.argmax(trainer.model.forward(x) as Tensor, { axis: 1 }), ops.argmax(teacher(x), { axis: 1 })];
    expect(await ops.sum(ops.cast(ops.equal(mine, his), 'float32')).item()).toBeGreaterThanOrEqual(30);
  });

  test('schedules of both strengths', async () => {
    const teacher = (inputs: Inputs): Tensor => ops.slice(inputs as Tensor, [{}, { end: 2 }]);
    const ends = [];
    for (const options of [
      { alpha: schedules.step({ value: 0.5, stepSize: 2, gamma: 2 }), temperature: 2 }, { alpha: 0.5, temperature: 2 },
      { alpha: 0.5, temperature: schedules.linear({ start: 2, end: 4 }) },
    ]) {
      const trainer = make([distillation({ teacher, ...options })]);
      await trainer.fit({ train: data(), epochs: 2, batchSize: 8 });
      ends.push(await weightOf(trainer));
    }
    expect(new Set(ends.map(String)).size).toBe(3);
  });
});

test('gradient check', async () => {
  await useReference();
  await gradientCheck((s) => distillationLoss(s, draw(5, 2, 3), { temperature: 2 }).sum, [draw(4, 2, 3)], { order: 2 });
});

test('warnings and errors', async () => {
  await useReference();
  const teacher = net().init(random.key(9));
  expect(make([labelSmoothing(), distillation({ teacher })]).findings).toMatchObject([{ severity: 'warning', code: 'smoothing-with-distillation' }]);
  expect(make([distillation({ teacher })]).findings).toEqual([]);
  const model = net();
  expect(() => new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 1, plugins: [distillation({ teacher: model })] })).toThrow('the teacher is the model that is trained');
  expect(() => distillation({} as never)).toThrow("distillation: `teacher` must be a module with its weights, a function from inputs to scores, cached logits or 'ema', received undefined.");
  expect(() => distillation({ teacher, alpha: 2 })).toThrow('distillation: `alpha` must be in [0, 1], received 2.');
  expect(() => distillation({ teacher, T: 2 } as never)).toThrow('distillation: unknown option `T`.');
  expect(() => distillationLoss(tensor([[1, 2]]), tensor([[1, 2, 3]]))).toThrow('must have the shape of the student\'s, [1, 2], received [1, 3]. Do both know the same classes?');
  expect(() => distillationLoss(tensor([[1]]), tensor([[1]]), { temperature: -1 })).toThrow('distillationLoss: `temperature` must be in (0, inf), received -1.');
  const fit = (plugin: AnyPlugin) => make([plugin]).fit({ train: data(), epochs: 1, batchSize: 8 });
  await expect(fit(distillation({ teacher: async (x: Inputs) => x as Tensor } as never))).rejects.toThrow('distillation: `teacher` must give one tensor of scores, at once');
  await expect(fit(distillation({ teacher: net() }))).rejects.toThrow('init');
});
