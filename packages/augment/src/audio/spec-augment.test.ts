/** SpecAugment on tensors and in a fit. */
import { type AnyPlugin, arrayDataset, type Dataset, type Inputs, losses, nn, optim, type Outputs, random, schedules, tensor, Trainer, useBackend } from '@parsimony/core';
import { expectClose, expectMoments, expectUncorrelated, pluginContract, sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { onBackends, onDevices } from '../../../../tooling/reference/check/backends';
import { mixup } from '../mix';
import { applySpecAugment, composeAudio, drawSpecAugment, frequencyMask, specAugment, specAugmentPolicies, timeMask, timeWarp } from './index';

const some = { timeWarp: 4, maxFrequencyWidth: 3, frequencyMasks: 2, maxTimeWidth: 5, maxTimeShare: 0.5, timeMasks: 2 };
const values = (n: number): Float32Array => random.normal(random.key(3), n);

onBackends((backend) => {
  test('a batch is changed as each spectrogram alone is, channels alike', async () => {
    const [n, channels, bins, frames] = [4, 2, 6, 15];
    const data = values(n * channels * bins * frames);
    const draw = drawSpecAugment(random.key(5), n, { bins, frames }, some);
    const expected = Array.from({ length: n }, (_, i) => {
      const one = { data: data.slice(i * channels * bins * frames, (i + 1) * channels * bins * frames), channels, bins, frames };
      const parts = composeAudio([timeWarp(), frequencyMask({ value: -1 }), timeMask({ value: -1 })]);
      return [...parts.apply(one, [draw.warps[i] ?? null, draw.frequency[i] ?? [], draw.time[i] ?? []]).data];
    }).flat();
    // Alone they are stored as float32.
    await expectClose(applySpecAugment(tensor(data, [n, channels, bins, frames]), draw, -1), { data: Float32Array.from(expected), shape: [n, channels, bins, frames] }, { rtol: Math.max(backend.rtol, 1e-6) });
    expect(draw.warps.some((warp) => warp !== null && warp.by !== 0)).toBe(true);
  });
  test('the mean is that of each sample as it came', async () => {
    const draw = { bins: 2, frames: 2, warps: [null, null], frequency: [[{ start: 0, width: 2 }], []], time: [[], [{ start: 1, width: 1 }]] };
    await expectClose(applySpecAugment(tensor([[[1, 2], [3, 6]], [[10, 20], [30, 40]]]), draw), [[[3, 3], [3, 3]], [[10, 25], [30, 25]]], { rtol: backend.rtol });
  });
  test('a draw that changes nothing gives the very same tensor', () => {
    const x = tensor(values(24), [2, 3, 4]);
    for (const zero of [{ ...some, timeWarp: 0, maxFrequencyWidth: 0, maxTimeWidth: 0 }, { ...some, timeWarp: 0, frequencyMasks: 0, timeMasks: 0 }, { ...some, timeWarp: 0, frequencyMasks: 0, maxTimeShare: 0 }]) {
      expect(applySpecAugment(x, drawSpecAugment(random.key(1), 2, { bins: 3, frames: 4 }, zero))).toBe(x);
    }
    expect(applySpecAugment(x, drawSpecAugment(random.key(1), 2, { bins: 3, frames: 4 }, some, 0))).toBe(x);
  });
});

test('what is drawn: as the transforms draw, independent from sample to sample, from part to part', () => {
  const n = 20_000;
  const { warps, frequency, time } = drawSpecAugment(random.key(2), n, { bins: 40, frames: 200 }, { ...specAugmentPolicies.SM, maxFrequencyWidth: 9 });
  const whole = (list: readonly number[], low: number, high: number): void => {
    const m = (high - low + 1) ** 2;
    expect([Math.min(...list), Math.max(...list)]).toEqual([low, high]);
    // N whole numbers: variance (N^2 - 1) / 12, kurtosis 3 (3 N^2 - 7) / (5 (N^2 - 1)).
    expectMoments(list, { mean: (low + high) / 2, variance: (m - 1) / 12, kurtosis: (3 * (3 * m - 7)) / (5 * (m - 1)) });
    expectUncorrelated(list.slice(1), list.slice(0, -1));
  };
  const parts = [warps.map((warp) => warp?.by ?? NaN), ...[0, 1].flatMap((k) => [frequency, time].map((masks) => masks.map((list) => list[k]?.width ?? NaN)))];
  const ranges = [[-40, 40], [0, 9], [0, 40], [0, 9], [0, 40]] as const;
  parts.forEach((part, i) => {
    whole(part, ...ranges[i] as [number, number]);
    for (const other of parts.slice(0, i)) expectUncorrelated(part, other);
  });
  expect(drawSpecAugment(random.key(2), 2, { bins: 40, frames: 200 }, { ...specAugmentPolicies.SM, maxFrequencyWidth: 9 }).time).toEqual(time.slice(0, 2));
});

/** Spectrograms with one loud band, of four classes. */
const spectrograms = (size: number, seed: number): Dataset => arrayDataset({
  inputs: Float32Array.from(sample(size * 40, { seed }), (v, i) => v + 2 * Number(Math.floor((i % 40) / 10) === Math.floor(i / 40) % 4)), shape: [4, 10],
  labels: Array.from({ length: size }, (_, i) => i % 4), numClasses: 4,
});
const model = (): nn.Module<Inputs, Outputs> => new nn.Sequential(new nn.Flatten(), new nn.Linear(40, 8), new nn.Tanh(), new nn.Linear(8, 4)) as unknown as nn.Module<Inputs, Outputs>;

onDevices(() => {
  const settings = { model, train: spectrograms(40, 1), validation: spectrograms(24, 2) };
  describe('specAugment', () => {
    for (const { name, run } of pluginContract({
      plugin: specAugment, ...settings, options: { timeWarp: 3, maxFrequencyWidth: 1, maxTimeWidth: 4, p: 0.8 }, zero: { timeWarp: 0, maxFrequencyWidth: 0, maxTimeWidth: 0 },
    })) test(name, () => run());
  });
});

describe('in a fit', () => {
  beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });
  const trainer = (...plugins: AnyPlugin[]) => new Trainer({ model: new nn.Sequential(new nn.Flatten(), new nn.Linear(40, 4)), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins });
  const fit = (plugin: AnyPlugin, train: Dataset = spectrograms(16, 1)) => trainer(plugin).fit({ train, epochs: 1, batchSize: 8 });

  test('ahead of what mixes samples; flat ones and named ones by their options', async () => {
    expect(trainer(mixup(), specAugment()).explain()).toMatch(/transformBatch\s+@parsimony\/augment\/spec-augment \[pre\] -> @parsimony\/augment\/mixup/);
    await fit(specAugment({ timeWarp: schedules.linear({ start: 0, end: 3, steps: 2 }), maxTimeWidth: 4, maxFrequencyWidth: 1 }));
    const flat = arrayDataset({ inputs: values(320), shape: [40], labels: [0, 1, 2, 3, 0, 1, 2, 3], numClasses: 4 });
    await fit(specAugment({ shape: [4, 10] }), flat);
    await fit(specAugment({ shape: [2, 2, 10], policy: 'SS' }), flat);
    const images = arrayDataset({ inputs: values(320), shape: [1, 4, 10], labels: [0, 1, 2, 3, 0, 1, 2, 3], numClasses: 4 });
    await fit(specAugment({ policy: 'LD' }), images);
  });

  test('errors', async () => {
    expect(() => specAugment({ policy: 'XL' as never })).toThrow("specAugment: `policy` must be one of 'LB', 'LD', 'SM', 'SS', received \"XL\".");
    expect(() => specAugment({ maxTimeShare: 2 })).toThrow('`maxTimeShare` must be in [0, 1], received 2.');
    expect(() => specAugment({ timeWarp: -1 })).toThrow('`timeWarp` must be in [0, inf), received -1.');
    expect(() => specAugment({ timeMasks: 0.5 })).toThrow('`timeMasks` must be a whole number in [0, inf), received 0.5.');
    expect(() => specAugment({ shape: [3] })).toThrow('`shape` must be [F, T] or [C, F, T], received [3].');
    expect(() => specAugment({ value: 'zero' as never })).toThrow("`value` must be a number or 'mean'");
    expect(() => specAugment({ maxTime: 3 } as never)).toThrow('unknown option `maxTime`');
    const flat = arrayDataset({ inputs: values(80), shape: [40], labels: [0, 1], numClasses: 4 });
    await expect(fit(specAugment(), flat)).rejects.toThrow('specAugment: inputs must be spectrograms [N, F, T] or [N, C, F, T], received [2, 40]. Give flat ones their `shape`: [F, T].');
    await expect(fit(specAugment({ shape: [4, 11] }), flat)).rejects.toThrow('specAugment: inputs must be [N, 44], as `shape` [4, 11] says, received [2, 40].');
    const x = tensor(values(24), [2, 3, 4]);
    const draw = drawSpecAugment(random.key(1), 2, { bins: 3, frames: 4 }, some);
    expect(() => applySpecAugment(tensor(values(12), [1, 3, 4]), draw)).toThrow('the draw is for [2, 3, 4] or [2, C, 3, 4], received [1, 3, 4].');
    expect(() => applySpecAugment(x, { ...draw, time: [] })).toThrow('expected masks for each of 2 spectrograms, received 2 and 0.');
    expect(() => applySpecAugment(x, { ...draw, time: [[{ start: 2, width: 3 }], []] })).toThrow('`time[0][0].width` must be a whole number in [0, 2], received 3.');
    expect(() => applySpecAugment(tensor(new Int32Array(24), [2, 3, 4]), draw)).toThrow('spectrograms must be float32, received int32.');
    expect(() => drawSpecAugment(random.key(1), 2, { bins: 0, frames: 4 }, some)).toThrow('`bins` must be a whole number in [1, inf), received 0.');
  });
});
