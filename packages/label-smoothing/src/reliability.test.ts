import { arrayDataset, metrics, losses, nn, optim, random, Trainer, useBackend } from '@parsimony/core';
import { sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { reliability, reliabilityOf, reliabilitySvg } from './index';

test('bins hold what is above their lower end, up to the upper one', () => {
  const { bins, count, expectedCalibrationError, maximumCalibrationError } = reliabilityOf([
    { confidence: 0.5, right: true }, { confidence: 0.25, right: false }, { confidence: 0.9, right: true }, { confidence: 0.6, right: false }, { confidence: 1, right: true }, { confidence: 0, right: false },
  ], 4);
  expect(bins.map((bin) => bin.count)).toEqual([2, 1, 1, 2]);
  expect(bins[1]).toEqual({ low: 0.25, high: 0.5, count: 1, confidence: 0.5, accuracy: 1 });
  expect(bins.map((bin) => bin.accuracy)).toEqual([0, 1, 0, 1]);
  expect(count).toBe(6);
  expect(expectedCalibrationError).toBeCloseTo((0.25 + 0.5 + 0.6 + 0.1) / 6);
  expect(maximumCalibrationError).toBeCloseTo(0.6);
  expect(reliabilityOf([{ confidence: 0.5, right: true }], 2).bins[1]).toEqual({ low: 0.5, high: 1, count: 0, confidence: null, accuracy: null });
});

describe.each(techniqueBackends)('of a model on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  test('agrees with the metric; ignored labels count nothing', async () => {
    const data = arrayDataset({ inputs: Float32Array.from(sample(90, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 30 }, (_, i) => (i % 5 === 4 ? -100 : i % 3)), numClasses: 3, ignoreIndex: -100 });
    const trainer = new Trainer({ model: new nn.Linear(3, 3), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, metrics: [metrics.accuracy(), metrics.expectedCalibrationError({ bins: 7 })] });
    await trainer.fit({ train: data, epochs: 3, batchSize: 8 });
    const seen = await trainer.evaluate(data);
    const diagram = await reliability(trainer.model, data, { bins: 7, batchSize: 4 });
    expect(diagram.count).toBe(24);
    expect(diagram.expectedCalibrationError).toBeCloseTo(seen['expectedCalibrationError'] ?? NaN, 5);
    expect(diagram.bins.reduce((right, { count, accuracy }) => right + count * (accuracy ?? 0), 0) / 24).toBeCloseTo(seen['accuracy'] ?? NaN, 6);
  });
});

test('the picture has a bar and a share for each bin that is not empty, and no names that break it', () => {
  const diagram = reliabilityOf([{ confidence: 0.9, right: true }, { confidence: 0.8, right: false }, { confidence: 0.3, right: false }], 10);
  const svg = reliabilitySvg(diagram, { title: 'a < b & "c"' });
  expect(svg.match(/class="bar"/g)).toHaveLength(6);
  expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
  expect(svg).toContain(`calibration error ${((100 * (0.1 + 0.8 + 0.3)) / 3).toFixed(2)} % of 3 answers`);
});

test('errors', async () => {
  await useBackend('reference');
  const values = arrayDataset({ inputs: Float32Array.of(1, 2), shape: [1], values: Float32Array.of(1, 2), targetShape: [1] });
  const model = new nn.Linear(1, 1).init(random.key(1));
  expect(() => reliabilityOf([])).toThrow('reliabilityOf: expected answers, received none.');
  expect(() => reliabilityOf([{ confidence: NaN, right: true }])).toThrow('reliabilityOf: `confidence` must be in [0, 1], received NaN.');
  expect(() => reliabilityOf([], 0)).toThrow('reliabilityOf: `bins` must be a whole number in [1, 1000], received 0.');
  await expect(reliability(model, values)).rejects.toThrow("reliability: expected class labels or distributions, received kind 'value'.");
  await expect(reliability(model, values, { bin: 3 } as never)).rejects.toThrow('reliability: unknown option `bin`. Did you mean `bins`?');
  expect(() => reliabilitySvg(reliabilityOf([{ confidence: 1, right: true }]), { width: 3 } as never)).toThrow('reliabilitySvg: unknown option `width`.');
});
