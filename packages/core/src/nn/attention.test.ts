import { describe, expect, test } from 'vitest';
import { expectClose, sample } from '@parsimony/testkit';
import { grad, nn, ops, random, type Tensor, tensor, training, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const key = random.key(5);
const draw = (seed: number, ...shape: readonly number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);

onBackends(() => {
  const attention = (options: nn.MultiheadAttentionOptions = {}) => new nn.MultiheadAttention(6, 2, { batchFirst: true, ...options }).init(key);

  test('isCausal is the triangle of attnMask, where true shuts out', async () => {
    const x = draw(1, 2, 3, 6);
    const attnMask = tensor([0, 1, 2].map((i) => [0, 1, 2].map((j) => j > i)));
    const layer = attention();
    const [a, b] = [layer.forward({ query: x, isCausal: true, needWeights: true }), layer.forward({ query: x, attnMask, needWeights: true })];
    await expectClose(a.output, b.output);
    expect((await a.weights?.data())?.[1]).toBe(0);
  });

  test('isCausal and padding meet', async () => {
    const x = draw(7, 2, 3, 6);
    const padding = [[false, false, true], [false, true, false]];
    const later = [0, 1, 2].map((i) => [0, 1, 2].map((j) => j > i));
    const layer = attention();
    const expected = layer.forward({ query: x, attnMask: tensor(later), keyPaddingMask: tensor(padding) }).output;
    await expectClose(layer.forward({ query: x, isCausal: true, keyPaddingMask: tensor(padding) }).output, expected);
    const added = tensor(padding.map((row) => row.map((shut) => (shut ? -1e9 : 0))));
    await expectClose(layer.forward({ query: x, isCausal: true, keyPaddingMask: added }).output, expected);
    expect(() => layer.forward({ query: x, isCausal: true, attnMask: tensor(later) })).toThrow('expected `attnMask` or `isCausal`, received both');
  });

  test('masks of two types meet', async () => {
    const x = draw(2, 2, 3, 6);
    const layer = attention();
    const padding = [[false, false, true], [true, false, false]];
    const bools = layer.forward({ query: x, attnMask: tensor([[false, true, false], [false, false, false], [false, false, false]]), keyPaddingMask: tensor(padding) });
    const floats = layer.forward({ query: x, attnMask: tensor([[0, -Infinity, 0], [0, 0, 0], [0, 0, 0]]), keyPaddingMask: tensor(padding) });
    await expectClose(bools.output, floats.output);
  });

  test('the same sequence given three times is self-attention', async () => {
    const layer = attention();
    const x = draw(3, 2, 3, 6);
    const copy = (): Tensor => ops.reshape(x, x.shape);
    await expectClose(layer.forward({ query: x, key: copy(), value: copy() }).output, layer.forward(x).output);
  });

  test('weights are given where they are asked for', () => {
    const x = draw(4, 2, 3, 6);
    expect(attention().forward(x).weights).toBeUndefined();
    expect(attention().forward({ query: x, needWeights: true, averageAttnWeights: false }).weights?.shape).toEqual([2, 2, 3, 3]);
    expect(attention({ batchFirst: false }).forward({ query: zeros([3, 6]), needWeights: true }).weights?.shape).toEqual([3, 3]);
  });

  test('an encoder layer drops in training only, in four places, and repeats with its key', async () => {
    const layer = new nn.TransformerEncoderLayer(6, 2, { dimFeedforward: 8, dropout: 0.5, batchFirst: true }).init(key);
    const x = draw(5, 2, 3, 6);
    await expectClose(layer.forward(x), layer.forward(x));
    const train = (step: number) => layer.forward(x, training({ key, step }));
    await expectClose(train(0), train(0));
    expect(await train(0).array()).not.toEqual(await train(1).array());
    const silent = new nn.TransformerEncoderLayer(6, 2, { dimFeedforward: 8, dropout: 0, batchFirst: true }).loadStateDict(layer.stateDict());
    await expectClose(silent.forward(x, training({ key })), layer.forward(x));
  });

  test('gradients reach every parameter of an encoder layer', async () => {
    const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 8, batchFirst: true, normFirst: true, activation: 'gelu' }).init(key);
    const x = draw(6, 2, 3, 4);
    const slopes = grad((params: Record<string, Tensor>) => ops.sum(ops.square(layer.forward(x, training({ key, weights: { params } })))))({ ...layer.parameters() });
    for (const [name, slope] of Object.entries(slopes)) {
      expect(Array.from(await slope.data()).some((v) => v !== 0), name).toBe(true);
    }
  });
});

describe('errors', () => {
  test.each([
    [() => new nn.MultiheadAttention(6, 4), 'MultiheadAttention: `numHeads` must divide `embedDim`, received 4 and 6.'],
    [() => new nn.MultiheadAttention(6, 2, { dropout: -0.1 }), 'MultiheadAttention: `dropout` must be in [0, 1], received -0.1.'],
    [() => new nn.TransformerEncoderLayer(6, 2, { activation: 'tanh' as 'relu' }), "TransformerEncoderLayer: `activation` must be one of 'relu', 'gelu', received \"tanh\"."],
    [() => new nn.TransformerEncoderLayer(6, 2, { normfirst: true } as object), 'TransformerEncoderLayer: unknown option `normfirst`. Did you mean `normFirst`?'],
  ])('of options: %#', (run, message) => {
    expect(run).toThrow(message);
  });

  onBackends(() => {
    const layer = () => new nn.MultiheadAttention(6, 2, { batchFirst: true }).init(key);
    const x = () => zeros([2, 3, 6]);
    test.each([
      [() => layer().forward(zeros([2, 3, 5])), 'MultiheadAttention: `query` must be [N, L, 6], or [L, 6] for one sample, received [2, 3, 5].'],
      [() => layer().forward({ query: x(), key: zeros([3, 6]) }), '`key` must be [N, L, 6]'],
      [() => layer().forward({ query: x(), attnMask: zeros([2, 2]) }), 'MultiheadAttention: `attnMask` must be [3, 3] or [4, 3, 3], received [2, 2].'],
      [() => layer().forward({ query: x(), attnMask: zeros([2, 3, 3]) }), '`attnMask` must be [3, 3] or [4, 3, 3], received [2, 3, 3].'],
      [() => layer().forward({ query: x(), keyPaddingMask: zeros([3, 2]) }), '`keyPaddingMask` must be [2, 3], received [3, 2].'],
      [() => layer().forward({ query: x(), mask: zeros([3, 3]) } as never), 'MultiheadAttention.forward: unknown option `mask`.'],
    ])('of inputs: %#', (run, message) => {
      expect(run).toThrow(message);
    });
  });
});
