/** Losses by name, teachers of every kind, and regressors that are trained with the model. */
import {
  type AnyPlugin, arrayDataset, definePlugin, type Inputs, losses, nn, ops, optim, type Outputs, random, type Tensor, tensor, Trainer, training, useBackend, valueAndGrad,
} from '@parsimony/core';
import { mixup } from '@parsimony/augment';
import { ema } from '@parsimony/ema';
import { expectClose, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { distillation, distillationLoss, type DistillationTerm, hintLoss, relationalLoss, withoutProjections } from './index';

const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const student = () => new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
const big = (seed = 9) => new nn.Sequential(new nn.Linear(3, 6), new nn.ReLU(), new nn.Linear(6, 2)).init(random.key(seed));
const make = (plugins: AnyPlugin[], rest: Partial<ConstructorParameters<typeof Trainer>[0]> = {}) =>
  new Trainer({ model: student(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, plugins, ...rest });
const weightOf = async ({ model }: Trainer, path = '0.weight') => Array.from(await (model.parameters()[path] as Tensor).data());
const whole = () => data().batch(Int32Array.from({ length: 16 }, (_, i) => i));
const fitOnce = (trainer: Trainer, epochs = 1) => trainer.fit({ train: data(), epochs, batchSize: 16, shuffle: false });
const out = (x: Outputs): Tensor => x as Tensor;
const regressor = { inFeatures: 4, outFeatures: 6 };

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('a step with several losses is a step on their weighted sum, the regressor included', async () => {
    const teacher = big();
    const trainer = make([distillation({
      teacher, alpha: 0.5, losses: [{ name: 'kl', temperature: 2, weight: 0.7 }, { name: 'hint', student: '1', teacher: '1', regressor, weight: 3 }, { name: 'relational', student: '1', teacher: '1', weight: 0.2 }],
    })]);
    const { history } = await fitOnce(trainer);
    // The same model and first weights, the regressor from the key of its path.
    const own = make([distillation({ teacher, losses: [{ name: 'hint', student: '1', teacher: '1', regressor, weight: 0 }] })], { optimizer: optim.sgd({ lr: 0 }) });
    await fitOnce(own);
    const first = own.model.parameters();
    const { inputs, target } = await whole();
    const x = inputs as Tensor;
    const features = ops.relu((teacher.layers[0] as nn.Linear).forward(x));
    const { value, grads } = valueAndGrad((params: Record<string, Tensor>) => {
      const p = (path: string): Tensor => params[path] as Tensor;
      const hidden = ops.tanh(ops.linear(x, p('0.weight'), p('0.bias')));
      const scores = ops.linear(hidden, p('2.weight'), p('2.bias'));
      const parts = [
        [losses.crossEntropy()(scores, target), 0.5], [distillationLoss(scores, teacher.forward(x), { temperature: 2 }), 0.7],
        [hintLoss(ops.linear(hidden, p('projections.0.weight'), p('projections.0.bias')), features), 3], [relationalLoss(hidden, features), 0.2],
      ] as const;
      return parts.map(([{ sum, denominator }, weight]) => ops.mul(ops.div(sum, denominator), weight)).reduce((a, b) => ops.add(a, b));
    })(first as Record<string, Tensor>);
    await expectClose(history[0]?.values['loss'] ?? NaN, await value.item(), { rtol: 1e-5 });
    for (const path of Object.keys(first)) {
      const expected = ops.sub(first[path] as Tensor, ops.mul(grads[path] as Tensor, 0.5));
      await expectClose(trainer.model.parameters()[path] as Tensor, expected, { rtol: 1e-4, name: path });
    }
    for (const name of ['kl', 'hint', 'relational']) expect(history[0]?.values[`@parsimony/distillation/${name}`]).toBeGreaterThan(0);
  });

  test('projections stand in the state, outputs are as without them, and a plain model takes the rest', async () => {
    const trainer = make([distillation({ teacher: big(), losses: [{ name: 'hint', student: '1', teacher: '1', regressor }] })]);
    await fitOnce(trainer, 3);
    const state = trainer.model.stateDict();
    expect(Object.keys(state)).toEqual(['0.weight', '0.bias', '2.weight', '2.bias', 'projections.0.weight', 'projections.0.bias']);
    const plain = student().loadStateDict(withoutProjections(state));
    const { inputs } = await whole();
    await expectClose(plain.forward(inputs as Tensor), out(trainer.model.forward(inputs)));
  });

  test('a regressor of maps is a convolution of size 1, and one of your own may be any module', async () => {
    const images = arrayDataset({ inputs: Float32Array.from(sample(8 * 16, { seed: 2 })), shape: [1, 4, 4], labels: Int32Array.from({ length: 8 }, (_, i) => i % 2), numClasses: 2 });
    const net = (channels: number) => new nn.Sequential(new nn.Conv2d(1, channels, 3, { padding: 1 }), new nn.ReLU(), new nn.Flatten(), new nn.Linear(channels * 16, 2));
    for (const own of [{ inFeatures: 2, outFeatures: 5 }, new nn.Conv2d(2, 5, 3, { padding: 1 })]) {
      const trainer = make([distillation({ teacher: net(5).init(random.key(1)), losses: [{ name: 'hint', student: '1', teacher: '1', regressor: own, weight: 1 }, { name: 'attention', student: '1', teacher: '1', weight: 1 }] })], { model: net(2) });
      const { history } = await trainer.fit({ train: images, epochs: 40, batchSize: 8 });
      const hints = history.map(({ values }) => values['@parsimony/distillation/hint'] ?? Number.NaN);
      expect(hints.at(-1)).toBeLessThan((hints[0] ?? 0) / 2);
    }
  });

  test('several teachers: their probabilities are averaged', async () => {
    const [a, b] = [big(1), big(2)];
    const mean = (inputs: Inputs): Tensor => {
      const [p, q] = [a, b].map((teacher) => ops.softmax(ops.div(teacher.forward(inputs as Tensor), 2), 1)) as [Tensor, Tensor];
      return ops.mul(ops.log(ops.add(ops.mul(p, 0.75), ops.mul(q, 0.25))), 2);
    };
    const ends = [];
    for (const options of [{ teacher: [a, b], teacherWeights: [3, 1] }, { teacher: mean }]) {
      const trainer = make([distillation({ ...options, alpha: 0, temperature: 2 })]);
      await fitOnce(trainer, 2);
      ends.push(await weightOf(trainer));
    }
    await expectClose(ends[0] ?? [], ends[1] ?? [], { rtol: 1e-4 });
  });

  test('features of the teacher that is named', async () => {
    const [a, b] = [big(1), big(2)];
    const ends: number[][] = [];
    for (const options of [{ teacher: [a, b], losses: [{ name: 'similarity', student: '1', teacher: '1', from: 1 }] }, { teacher: b, losses: [{ name: 'similarity', student: '1', teacher: '1' }] }] as const) {
      const trainer = make([distillation(options)]);
      await fitOnce(trainer, 2);
      ends.push(await weightOf(trainer));
    }
    expect(ends[0]).toEqual(ends[1]);
  });

  test('born again: a teacher of the same kind', async () => {
    const teacher = student().init(random.key(20));
    const trainer = make([distillation({ teacher, alpha: 0 })]);
    const { history } = await fitOnce(trainer, 200);
    const divergence = history.map(({ values }) => values['@parsimony/distillation/divergence'] ?? Number.NaN);
    expect(divergence.at(-1)).toBeLessThan((divergence[0] ?? 0) / 20);
  });

  test('mean teacher: the average that ema keeps, in the step before', async () => {
    const steps: number[][] = [];
    const spy = (): AnyPlugin => definePlugin({
      name: 'spy', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
      hooks: { stepStart: async (ctx) => { steps.push(Array.from(await ((ctx.api('@parsimony/ema')?.averageOf(ctx.model) ?? ctx.weights).params['0.weight'] as Tensor).data())); } },
    });
    const trainer = make([distillation({ teacher: 'ema', alpha: 0.5, temperature: 1 }), ema({ decay: 0.5, warmup: false, evaluate: 'none' }), spy()]);
    const { history } = await fitOnce(trainer, 3);
    // No average yet, then one that is the weights, so a divergence of 0; then one that stays behind.
    const divergence = history.map(({ values }) => values['@parsimony/distillation/divergence'] ?? Number.NaN);
    expect(divergence[0]).toBeCloseTo(0, 6);
    expect(divergence[2]).toBeGreaterThan(0);
    expect(new Set(steps.map(String)).size).toBeGreaterThan(1);
  });

  test('a schedule of weights', async () => {
    const { schedules } = await import('@parsimony/core');
    const term: DistillationTerm = { name: 'hint', student: '1', teacher: '1', regressor, weight: schedules.early({ value: 1, steps: 1 }) };
    const { history } = await fitOnce(make([distillation({ teacher: big(), losses: [term] })]), 3);
    expect(history.map(({ values }) => '@parsimony/distillation/hint' in values)).toEqual([true, false, false]);
  });
});

describe('plans and refusals', () => {
  beforeAll(useReference);
  const codes = (...plugins: AnyPlugin[]) => make(plugins).findings.map(({ code }) => code);

  test('relations depend on the batch, and accumulation says so', () => {
    const relation = (name: 'similarity' | 'relational') => distillation({ teacher: big(), losses: [{ name, student: '1', teacher: '1' }] });
    for (const plugin of [relation('similarity'), relation('relational'), distillation({ teacher: big(), losses: [{ name: 'correlation' }] })]) {
      expect(make([plugin], { accumulate: 4 }).findings.some(({ severity, plugins }) => severity === 'warning' && plugins.includes('@parsimony/distillation' as never))).toBe(true);
    }
    expect(make([distillation({ teacher: big(), losses: [{ name: 'kl' }] })], { accumulate: 4 }).findings).toEqual([]);
  });

  test('what does not go together', () => {
    expect(() => codes(distillation({ teacher: 'ema' }))).toThrow("the teacher is 'ema', and no plugin keeps an average. Add ema()");
    expect(() => codes(distillation({ teacher: big(), losses: [{ name: 'decoupled' }] }), mixup({ alpha: 1 }))).toThrow("the loss 'decoupled' needs the label of each sample, and @parsimony/augment/mixup mixes them");
    expect(() => codes(distillation({ teacher: big(), losses: [{ name: 'similarity', student: '7', teacher: '1' }] }))).toThrow("similarity: the model has no module at `7`. It has: '', 0, 1, 2.");
    expect(() => codes(distillation({ teacher: big(), losses: [{ name: 'similarity', student: '1', teacher: 'layer' }] }))).toThrow("similarity: the teacher has no module at `layer`. It has: '', 0, 1, 2.");
  });

  test.each<[object, string]>([
    [{ losses: [] }, 'distillation: `losses` must be a list of { name, ...options }, with one or more, received [].'],
    [{ losses: [{ name: 'hints' }] }, "distillation: `losses[0]` must be { name, ...options } with a name of 'kl', 'decoupled', 'correlation', 'hint', 'attention', 'similarity', 'relational', received {\"name\":\"hints\"}."],
    [{ losses: [{ name: 'kl', T: 3 }] }, 'distillation: `losses[0]`: kl: unknown option `T`.'],
    [{ losses: [{ name: 'kl' }], temperature: 2 }, 'distillation: `temperature` goes with no `losses`'],
    [{ losses: [{ name: 'hint', teacher: '1' }] }, "distillation: `losses[0]`: hint: `student` must be the path of a module, such as '2' or 'layers.0', or '' for the outputs, received undefined."],
    [{ losses: [{ name: 'hint', student: '1', teacher: '1', regressor: { inFeatures: 0, outFeatures: 2 } }] }, '`regressor`: `inFeatures` must be a whole number in [1, inf), received 0.'],
    [{ losses: [{ name: 'hint', student: '1', teacher: '1', weight: -1 }] }, 'hint: `weight` must be in [0, inf), received -1.'],
    [{ losses: [{ name: 'attention', student: '1', teacher: '1', from: 1 }] }, 'attention: `from` is 1, and there is one teacher, number 0.'],
    [{ losses: [{ name: 'decoupled', beta: -1 }] }, 'decoupled: `beta` must be in [0, inf), received -1.'],
    [{ teacher: [] }, 'distillation: `teacher` is an empty list.'],
    [{ teacher: ['nobody'] }, 'distillation: `teacher[0]` must be a module with its weights'],
    [{ teacherWeights: [1, 2] }, 'distillation: `teacherWeights` must be a list of 1, a number for each teacher, received [1,2].'],
    [{ teacherWeights: [0] }, 'distillation: `teacherWeights[0]` must be in (0, inf), received 0.'],
    [{ teacher: () => tensor([1]), losses: [{ name: 'hint', student: '1', teacher: '1' }] }, "hint looks into the teacher, which must be a module or 'ema'"],
  ])('%j', (options, message) => {
    expect(() => distillation({ teacher: big(), ...options } as never)).toThrow(message);
  });

  test('shapes that need a regressor', async () => {
    const trainer = make([distillation({ teacher: big(), losses: [{ name: 'hint', student: '1', teacher: '1' }] })]);
    await expect(fitOnce(trainer)).rejects.toThrow("the student's features have shape [16, 4], the teacher's [16, 6]. A regressor makes them alike: { regressor: { inFeatures: 4, outFeatures: 6 } }");
  });

  test('a training pass outside a fit leaves regressors alone', async () => {
    const trainer = make([distillation({ teacher: big(), losses: [{ name: 'hint', student: '1', teacher: '1', regressor }] })]);
    await fitOnce(trainer);
    const { inputs } = await whole();
    expect(out(trainer.model.forward(inputs, training({ key: random.key(1) }))).shape).toEqual([16, 2]);
  });
});
