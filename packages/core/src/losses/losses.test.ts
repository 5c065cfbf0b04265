import { describe, expect, test } from 'vitest';
import { expectClose, sample } from '@parsimony/testkit';
import { losses, ops, type ParsimonyError, type Target, type Tensor, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const draw = (seed: number, ...shape: readonly number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);
const labels = (...values: readonly number[]): Tensor => tensor(values, { dtype: 'int32' });
const index = (...values: readonly number[]): Target => ({ kind: 'index', labels: labels(...values), numClasses: 3 });
const { functional } = losses;

onBackends(() => {
  test('parts of a batch add up to the batch, with ignored labels and class weights too', async () => {
    const loss = losses.crossEntropy({ weight: [1, 2, 4], labelSmoothing: 0.1 });
    const scores = draw(1, 4, 3);
    const whole = loss(scores, index(0, -100, 2, 1));
    const parts = [loss(ops.slice(scores, [{ end: 1 }]), index(0)), loss(ops.slice(scores, [{ start: 1 }]), index(-100, 2, 1))];
    const total = (name: 'sum' | 'denominator'): Tensor => parts.map((part) => part[name]).reduce((a, b) => ops.add(a, b));
    await expectClose(total('sum'), whole.sum);
    expect(await total('denominator').item()).toBe(7);
    expect(await whole.denominator.item()).toBe(7);
  });

  test('the classes may be the last axis', async () => {
    const scores = draw(2, 2, 4, 3);
    const target = tensor([[0, 1, 2, -100], [2, 2, 0, 1]], { dtype: 'int32' });
    const options = { weight: [1, 2, 4], labelSmoothing: 0.2 };
    await expectClose(functional.crossEntropy(scores, target, { ...options, classAxis: -1 }), functional.crossEntropy(ops.transpose(scores, 1, 2), target, options));
    const soft = ops.softmax(draw(3, 2, 4, 3));
    await expectClose(functional.crossEntropy(scores, soft, { ...options, classAxis: -1 }), functional.crossEntropy(ops.transpose(scores, 1, 2), ops.transpose(soft, 1, 2), options));
  });

  test('one sample without a batch', async () => {
    await expectClose(functional.crossEntropy(tensor([0, 0, 0]), tensor(1, { dtype: 'int32' })), Math.log(3));
  });

  test('a target carries its own ignored index, and soft targets their weights', async () => {
    const loss = losses.crossEntropy();
    const { denominator } = loss(zeros([3, 3]), { ...index(0, 1, 1), ignoreIndex: 1 } as Target);
    expect(await denominator.item()).toBe(1);
    const probs = tensor([[1, 0, 0], [0, 1, 0]]);
    const weighted = loss(zeros([2, 3]), { kind: 'soft', probs, weights: tensor([3, 1]) });
    expect(await weighted.denominator.item()).toBe(4);
    await expectClose(weighted.sum, 4 * Math.log(3));
  });

  test('soft targets made of labels divide by the class weights of those', async () => {
    const loss = losses.crossEntropy({ weight: [1, 2, 4] });
    const scores = draw(6, 3, 3);
    const target: Target = { kind: 'soft', probs: tensor([[0, 1, 0], [0, 0, 1], [1, 0, 0]]), weights: tensor([1, 1, 0]), labels: labels(1, 2, 0) };
    const [soft, hard] = [loss(scores, target), loss(scores, index(1, 2, -100))];
    await expectClose(soft.sum, hard.sum);
    expect(await soft.denominator.item()).toBe(6);
    expect(await losses.crossEntropy()(scores, target).denominator.item()).toBe(2);
    expect(() => loss(scores, { ...target, labels: labels(1, 2) } as Target)).toThrow('crossEntropy: `labels` must be [3] for an input of [3, 3], received [2].');
  });

  test('mixtures of labels divide by the mixtures of their class weights', async () => {
    const loss = losses.crossEntropy({ weight: [1, 2, 4] });
    const scores = draw(4, 2, 3);
    const shares = tensor([[0, 0.25, 0.75], [1, 0, 0]]);
    const mixed = loss(scores, { kind: 'soft', probs: shares, weights: tensor([1, 0.5]), labels: shares });
    expect(await mixed.denominator.item()).toBe(0.25 * 2 + 0.75 * 4 + 0.5 * 1);
    // The definition: shares of the losses of labels, here of rows (1, 0) and (2, 0).
    const of = async (...values: number[]): Promise<number> => loss(scores, index(...values)).sum.item();
    await expectClose(mixed.sum, 0.25 * await of(1, -100) + 0.75 * await of(2, -100) + 0.5 * await of(-100, 0), { rtol: 1e-6 });
    expect(() => loss(scores, { kind: 'soft', probs: shares, labels: tensor([1, 0]) })).toThrow('crossEntropy: `labels` must be [2, 3] for an input of [2, 3], received [2].');
  });

  test('a score of -infinity at an ignored place does no harm', async () => {
    await expectClose(functional.nll(tensor([[-Infinity, -1], [-2, -3]]), labels(-100, 1)), 3);
  });

  test('nothing but ignored labels: 0 / 0, as in PyTorch', async () => {
    const { sum, denominator } = losses.crossEntropy()(zeros([2, 3]), index(-100, -100));
    expect([await sum.item(), await denominator.item()]).toEqual([0, 0]);
  });

  test('smoothL1 without a square is l1', async () => {
    const [x, y] = [draw(4, 5), draw(5, 5)];
    await expectClose(functional.smoothL1(x, y, { beta: 0 }), functional.l1(x, y));
  });

  test('values as probabilities of two classes', async () => {
    const target: Target = { kind: 'soft', probs: tensor([[1, 0]]) };
    const { sum, denominator } = losses.bceWithLogits()(tensor([[0, 0]]), target);
    await expectClose(sum, 2 * Math.LN2);
    expect(await denominator.item()).toBe(2);
  });

  test('a label out of range is an error that says so', async () => {
    for (const wrong of [3, -1]) {
      const run = async (): Promise<number> => losses.crossEntropy()(zeros([2, 3]), index(0, wrong)).sum.item();
      await expect(run()).rejects.toThrow(/label out of range: labels must be in \[0, 3\) or -100, which is ignored.*Check the number of the model's outputs/);
      await expect(run()).rejects.toMatchObject({ code: 'range' });
    }
  });
});

describe('a loss says what it is', () => {
  test.each([
    [losses.crossEntropy({ labelSmoothing: 0.1 }), 'crossEntropy', { labelSmoothing: 0.1 }],
    [losses.nll({ ignoreIndex: 0 }), 'nll', { ignoreIndex: 0 }],
    [losses.bce(), 'bce', {}],
    [losses.bceWithLogits({ posWeight: [2] }), 'bceWithLogits', { posWeight: [2] }],
    [losses.mse(), 'mse', {}],
    [losses.l1(), 'l1', {}],
    [losses.huber(), 'huber', { delta: 1 }],
    [losses.smoothL1(), 'smoothL1', { beta: 1 }],
    [losses.klDiv({ reduction: 'batchmean' }), 'klDiv', { logTarget: false, reduction: 'batchmean' }],
  ] as const)('%#', (loss, name, options) => {
    expect(loss.lossName).toBe(name);
    expect(JSON.parse(JSON.stringify(loss.options))).toEqual(options);
  });
});

describe('errors', () => {
  onBackends(() => {
    const value = (x: Tensor): Target => ({ kind: 'value', values: x });
    test.each([
      ['smoothing', () => losses.crossEntropy({ labelSmoothing: 1.5 }), 'option', 'crossEntropy: `labelSmoothing` must be in [0, 1], received 1.5.'],
      ['weights', () => losses.crossEntropy({ weight: [1, -1] }), 'option', 'crossEntropy: `weight` must be a list of numbers of 0 or more, or a tensor, received [1,-1].'],
      ['unknown option', () => losses.crossEntropy({ smoothing: 0.1 } as object), 'option', 'crossEntropy: unknown option `smoothing`.'],
      ['ignored index', () => losses.nll({ ignoreIndex: 0.5 }), 'option', 'nll: `ignoreIndex` must be a whole number, received 0.5.'],
      ['delta', () => losses.huber({ delta: 0 }), 'option', 'huber: `delta` must be in (0, inf), received 0.'],
      ['beta', () => losses.smoothL1({ beta: -1 }), 'option', 'smoothL1: `beta` must be in [0, inf), received -1.'],
      ['reduction', () => functional.mse(zeros([2]), zeros([2]), { reduction: 'average' as 'mean' }), 'option', "mse: `reduction` must be one of 'mean', 'sum', 'none', received \"average\"."],
      ['number of classes', () => losses.crossEntropy()(zeros([2, 4]), index(0, 1)), 'shape', 'crossEntropy: the data have 3 classes, the outputs 4. Give the last layer 3 outputs.'],
      ['number of weights', () => losses.crossEntropy({ weight: [1, 2] })(zeros([2, 3]), index(0, 1)), 'shape', 'crossEntropy: `weight` must hold one number for each of 3 classes, received shape [2].'],
      ['number of labels', () => losses.crossEntropy()(zeros([2, 3]), index(0)), 'shape', 'crossEntropy: `labels` must be [2] for an input of [2, 3], received [1].'],
      ['labels of another type', () => functional.crossEntropy(zeros([2, 3]), tensor([true, false])), 'dtype', 'crossEntropy: `labels` must be int32, received bool'],
      ['shape of a soft target', () => functional.crossEntropy(zeros([2, 3]), zeros([2, 4])), 'shape', 'crossEntropy: `target` must be [2, 3] for an input of [2, 3], received [2, 4].'],
      ['kind of target', () => losses.crossEntropy()(zeros([2, 3]), value(zeros([2, 3]))), 'data', "crossEntropy: expected a target of kind 'index' or 'soft', received kind 'value'. For numbers use `losses.mse`."],
      ['labels for mse', () => losses.mse()(zeros([2]), index(0, 1)), 'data', "mse: expected a target of kind 'value', or 'soft' without weights, received kind 'index'."],
      ['no broadcasting', () => losses.mse()(zeros([2, 1]), value(zeros([2]))), 'shape', 'mse: input and target must have the same shape, received [2, 1] and [2]. Reshape one; they are not broadcast.'],
      ['weights that widen', () => functional.bce(zeros([2]), zeros([2]), { weight: zeros([3, 2]) }), 'shape', 'bce: `weight` must broadcast to [2], received [3, 2].'],
      ['no target', () => losses.mse()(zeros([2]), undefined as unknown as Target), 'data', "mse: the target must be { kind: 'index', labels, numClasses }, { kind: 'soft', probs } or { kind: 'value', values }, received undefined."],
      ['unknown kind', () => losses.crossEntropy()(zeros([2, 3]), { kind: 'idx' } as unknown as Target), 'data', 'crossEntropy: the target must be'],
      ['several outputs', () => losses.mse()({ a: zeros([1]) }, value(zeros([1]))), 'dtype', 'mse: the outputs must be one tensor, received'],
    ] as const)('%s', (_, run, code, message) => {
      expect(run).toThrow(message);
      try { run(); } catch (error) { expect((error as ParsimonyError).code).toBe(code); }
    });
  });
});
