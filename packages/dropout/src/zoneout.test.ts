import { nn, ones, ops, random, schedules, type Tensor, tensor, training, useBackend, zeros } from '@parsimony/core';
import { expectClose, expectDropRate, expectUncorrelated, gradientCheck, sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { Zoneout, zoneout } from './zoneout';

const key = random.key(35);
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
const near = (a: number | undefined, b: number | undefined): boolean => Math.abs((a ?? NaN) - (b ?? NaN)) < 1e-6;

describe.each(techniqueBackends)('Zoneout on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('previous at the rate, next elsewhere', async () => {
    const y = await values(zoneout(zeros([50_000]), ones([50_000]), { p: 0.3, key }));
    expect(y.every((v) => v === 0 || near(v, 1))).toBe(true);
    expectDropRate(y, 0.3);
    const next = ones([4]);
    expect(zoneout(zeros([4]), next, { p: 0, key })).toBe(next);
    expect(await values(zoneout(tensor([1, 2]), tensor([3, 4]), { p: 1, key }))).toEqual([1, 2]);
  });

  // Of an RNN the outputs are the states: each must be that before, or what one step of the plain layer makes of it.
  test('each unit of each step keeps its state at the rate, independently', async () => {
    const [l, n, h, p] = [8, 40, 64, 0.3];
    const rnn = new nn.RNN(5, h);
    const layer = new Zoneout(rnn, { p }).init(key);
    const x = tensor(sample(l * n * 5, { seed: 8 }), [l, n, 5]);
    const { output } = layer.forward(x, training({ key }));
    const kept: number[][] = [];
    for (let t = 0; t < l; t++) {
      const before = t === 0 ? zeros([1, n, h]) : ops.slice(output, [{ start: t - 1, end: t }, {}, {}]);
      // The layer by itself, outside a pass through the wrapper, is as it was.
      const next = await values(rnn.forward({ x: ops.slice(x, [{ start: t, end: t + 1 }, {}, {}]), h0: before }).output);
      const [old, now] = [await values(before), await values(ops.slice(output, [{ start: t, end: t + 1 }, {}, {}]))];
      expect(now.every((v, i) => near(v, old[i]) || near(v, next[i]))).toBe(true);
      kept.push(now.map((v, i) => (near(v, old[i]) ? 0 : 1)));
    }
    expectDropRate(kept.flat(), p);
    for (let t = 1; t < l; t++) expectUncorrelated(kept[t] ?? [], kept[t - 1] ?? []);
    expectUncorrelated(kept.flat().slice(1), kept.flat().slice(0, -1));
    expectUncorrelated(kept.flat().slice(h), kept.flat().slice(0, -h));
  });

  // h_t = z h_(t-1) + (1 - z) o tanh(c~_t), with c~_t before its own zoneout, as in the paper: one step of the plain layer from (h, c).
  test.each(['training', 'evaluation'] as const)('the states of an LSTM, each by its rate, in %s', async (mode) => {
    const [l, n, h] = [4, 40, 50];
    const lstm = new nn.LSTM(3, h);
    const layer = new Zoneout(lstm, { p: 0.1, pCell: 0.5 }).init(key);
    const x = tensor(sample(l * n * 3, { seed: 9 }), [l, n, 3]);
    const upTo = (t: number): { readonly hn: Tensor; readonly cn: Tensor } => (t === 0
      ? { hn: zeros([1, n, h]), cn: zeros([1, n, h]) }
      : layer.forward(ops.slice(x, [{ end: t }, {}, {}]), mode === 'training' ? training({ key }) : undefined));
    const rates: Record<'hn' | 'cn', number[]> = { hn: [], cn: [] };
    for (let t = 0; t < l; t++) {
      const [before, after] = [upTo(t), upTo(t + 1)];
      const next = lstm.forward({ x: ops.slice(x, [{ start: t, end: t + 1 }, {}, {}]), h0: before.hn, c0: before.cn });
      for (const name of ['hn', 'cn'] as const) {
        const p = name === 'hn' ? 0.1 : 0.5;
        const [old, now, fresh] = [await values(before[name]), await values(after[name]), await values(next[name])];
        if (mode === 'evaluation') await expectClose(now, old.map((v, i) => p * v + (1 - p) * (fresh[i] ?? NaN)), { rtol: 1e-5 });
        else {
          expect(now.every((v, i) => near(v, old[i]) || near(v, fresh[i]))).toBe(true);
          rates[name].push(...now.map((v, i) => (near(v, old[i]) ? 0 : 1)));
        }
      }
    }
    if (mode === 'training') {
      expectDropRate(rates.hn, 0.1);
      expectDropRate(rates.cn, 0.5);
      expectUncorrelated(rates.hn, rates.cn);
    }
  });

  test('p = 0 is the layer as it is, p = 1 never moves; layers, directions, one sample, no samples, a schedule', async () => {
    const x = tensor(sample(5 * 2 * 3, { seed: 10 }), [5, 2, 3]);
    const gru = new nn.GRU(3, 4, { numLayers: 2, bidirectional: true });
    const none = new Zoneout(gru, { p: 0 }).init(key);
    expect(await values(none.forward(x, training({ key })).output)).toEqual(await values(gru.forward(x).output));
    const all = new Zoneout(new nn.GRU(3, 4, { numLayers: 2, bidirectional: true }), { p: 1 }).init(key);
    expect(new Set(await values(all.forward(x, training({ key })).output))).toEqual(new Set([0]));
    const half = new Zoneout(new nn.LSTM(3, 4, { batchFirst: true }), { p: schedules.linear({ start: 0, end: 0.5 }) }).init(key);
    expect(half.forward(zeros([5, 3]), training({ key })).output.shape).toEqual([5, 4]);
    expect(half.forward(zeros([0, 5, 3]), training({ key })).output.shape).toEqual([0, 5, 4]);
  });
});

test('gradient check', async () => {
  await useReference();
  await gradientCheck((a, b) => zoneout(a, b, { p: 0.4, key }), [tensor(sample(20, { seed: 11 })), tensor(sample(20, { seed: 12 }))], { order: 2 });
});

test('errors', async () => {
  await useReference();
  expect(() => new Zoneout(new nn.Linear(2, 2) as never, { p: 0.1 })).toThrow('Zoneout: the layer must be nn.RNN, nn.GRU or nn.LSTM, received Linear.');
  expect(() => new Zoneout(new nn.RNN(2, 2), {} as never)).toThrow('Zoneout: `p` must be a number or a schedule, received undefined.');
  expect(() => new Zoneout(new nn.LSTM(2, 2), { p: 0.1, pCell: 2 })).toThrow('Zoneout: `pCell` must be in [0, 1], received 2.');
  const gru = new Zoneout(new nn.GRU(2, 2), { p: 0.1, pCell: 0.1 }).init(key);
  expect(() => gru.forward(zeros([1, 1, 2]))).toThrow('Zoneout: `pCell` is for layers with cell states, nn.LSTM.');
  expect(() => zoneout(ones([2]), ones([2]), { p: 2, key })).toThrow('zoneout: `p` must be in [0, 1], received 2.');
});
