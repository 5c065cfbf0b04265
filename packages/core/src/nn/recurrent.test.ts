import { describe, expect, test } from 'vitest';
import { expectClose, sample } from '@parsimony/testkit';
import { memory, nn, ops, random, scope, tensor, training, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

const key = random.key(4);
const draw = (seed: number, ...shape: readonly number[]) => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed }), shape);

onBackends(() => {
  test('walking in two parts, handing the state over, is walking at once', async () => {
    const lstm = new nn.LSTM(3, 4, { numLayers: 2 }).init(key);
    const x = draw(1, 6, 2, 3);
    const whole = lstm.forward(x);
    const first = lstm.forward(ops.slice(x, [{ end: 2 }]));
    const second = lstm.forward({ x: ops.slice(x, [{ start: 2 }]), h0: first.hn, c0: first.cn });
    await expectClose(ops.concat([first.output, second.output]), whole.output);
    await expectClose(second.cn, whole.cn);
  });

  test('the backward direction is the forward one on the reversed sequence', async () => {
    const both = new nn.GRU(3, 4, { bidirectional: true }).init(key);
    const state = both.stateDict();
    const one = new nn.GRU(3, 4).loadStateDict(Object.fromEntries(
      ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((name) => [`${name}_l0`, ops.mul(state[`${name}_l0_reverse`] ?? 0, ops.add(zeros([1]), 1))]),
    ));
    const x = draw(2, 5, 2, 3);
    const reversed = ops.flip(one.forward(ops.flip(x, 0)).output, 0);
    await expectClose(ops.slice(both.forward(x).output, [{}, {}, { start: 4 }]), reversed);
  });

  test('dropout between layers acts in training only, and repeats with its key', async () => {
    const rnn = new nn.RNN(3, 16, { numLayers: 2, dropout: 0.5 }).init(key);
    const x = draw(3, 4, 2, 3);
    const train = (step: number) => rnn.forward(x, training({ key, step })).output;
    await expectClose(rnn.forward(x).output, rnn.forward(x).output);
    await expectClose(train(0), train(0));
    expect(await train(0).array()).not.toEqual(await train(1).array());
    // The last layer's own outputs do not fall: tanh gives 0 for no unit.
    for (const value of await train(0).data()) expect(value).not.toBe(0);
  });

  test('a forward leaves nothing behind but its outputs', () => {
    const lstm = new nn.LSTM(3, 4, { bidirectional: true }).init(key);
    const x = draw(4, 6, 2, 3);
    const before = memory().tensors;
    scope(() => { lstm.forward(x); });
    expect(memory().tensors).toBe(before);
  });
});

onBackends(() => {
  test('state rules see every step of every layer and direction, in order, and decide what goes on', async () => {
    const gru = new nn.GRU(3, 4, { numLayers: 2, bidirectional: true }).init(key);
    let steps = 0;
    gru.addStateRule((next, previous) => {
      steps++;
      expect([next.length, previous.length]).toEqual([1, 1]);
      return next.map((state) => ops.mul(state, 0));
    });
    gru.addStateRule((next, previous) => next.map((state, k) => ops.add(ops.add(state, previous[k] ?? 0), 1)));
    // Each step adds 1 to a state that began at 0.
    const { output, hn } = gru.forward(draw(5, 3, 2, 3));
    expect(steps).toBe(3 * 2 * 2);
    await expectClose(hn, { data: new Float64Array(4 * 2 * 4).fill(3), shape: [4, 2, 4] });
    await expectClose(ops.slice(output, [{ end: 1 }, { end: 1 }, {}]), { data: Float64Array.from([1, 1, 1, 1, 3, 3, 3, 3]), shape: [1, 1, 8] });
    expect(() => { gru.addStateRule(3 as never); }).toThrow('GRU: `rule` must be a function, received 3.');
  });
});

describe('errors', () => {
  test.each([
    [() => new nn.LSTM(0, 4), 'LSTM: `inputSize` must be a whole number in [1, inf), received 0.'],
    [() => new nn.GRU(2, 4, { dropout: 0.5 }), 'GRU: `dropout` acts between layers, and there is only one. Set `numLayers`'],
    [() => new nn.GRU(2, 4, { numLayers: 2, dropout: 2 }), 'GRU: `dropout` must be in [0, 1], received 2.'],
    [() => new nn.RNN(2, 4, { nonlinearity: 'gelu' as 'relu' }), "RNN: `nonlinearity` must be one of 'tanh', 'relu', received \"gelu\"."],
    [() => new nn.LSTM(2, 4, { nonlinearity: 'relu' } as object), 'LSTM: unknown option `nonlinearity`.'],
  ])('of options: %#', (run, message) => {
    expect(run).toThrow(message);
  });

  onBackends(() => {
    const lstm = () => new nn.LSTM(3, 4).init(key);
    test.each([
      [() => lstm().forward(zeros([5, 2, 4])), 'LSTM: `x` must be [L, N, 3], or [L, 3] for one sample, with L of at least 1, received [5, 2, 4].'],
      [() => lstm().forward(zeros([0, 2, 3])), 'with L of at least 1, received [0, 2, 3].'],
      [() => lstm().forward({ x: zeros([5, 2, 3]), h0: zeros([2, 2, 4]) }), 'LSTM: `h0` must be [1, 2, 4], one state a layer and direction, received [2, 2, 4].'],
      [() => lstm().forward({ x: zeros([5, 3]), c0: zeros([1, 5]) }), 'LSTM: `c0` must be [1, 4], one state a layer and direction, received [1, 5].'],
      [() => lstm().forward({ x: zeros([5, 2, 3]), h: zeros([1, 2, 4]) } as never), 'LSTM.forward: unknown option `h`.'],
    ])('of inputs: %#', (run, message) => {
      expect(run).toThrow(message);
    });
  });
});
