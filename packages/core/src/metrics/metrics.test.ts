/** Metrics against PyTorch (the cases are made by tooling/reference), alone and in a fit. */
import { fixture, type FixtureArray, sample, toTensor } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { onBackends, techniqueBackends } from '../../../../tooling/reference/check/backends';
import { arrayDataset, type Dataset, losses, metrics, nn, ops, optim, type Target, type Tensor, tensor, Trainer, useBackend } from '../index';

interface Case {
  readonly name: string;
  readonly bins: number;
  readonly scores: FixtureArray;
  readonly labels?: FixtureArray;
  readonly probs?: FixtureArray;
  readonly expectedCalibrationError: number;
  readonly brierScore: number;
}
const { cases } = await fixture<Case>(new URL('../../fixtures/metrics.json', import.meta.url));

/** A metric over batches, as the Trainer puts it together. */
async function over(metric: metrics.Metric, batches: readonly (readonly [Tensor, Target])[]): Promise<number> {
  const sums = new Float64Array(metric.parts ?? 1);
  let count = 0;
  for (const [outputs, target] of batches) {
    const made = metric.compute(outputs, target) ?? (() => { throw new Error('does not apply'); })();
    (await made.sum.data()).forEach((value: number, i: number) => { sums[i] = (sums[i] ?? 0) + value; });
    count += typeof made.count === 'number' ? made.count : await made.count.item();
  }
  const quotients = Array.from(sums, (sum) => sum / count);
  return metric.combine ? metric.combine(quotients) : quotients[0] ?? NaN;
}

const index = (labels: Tensor, numClasses: number): Target => ({ kind: 'index', labels, numClasses });

onBackends(({ rtol }) => {
  describe('against PyTorch', () => {
    test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
      const scores = toTensor(c.scores);
      const classes = c.scores.shape[1] ?? 0;
      const target: Target = c.probs ? { kind: 'soft', probs: toTensor(c.probs) } : index(toTensor(c.labels as FixtureArray), classes);
      const error = metrics.expectedCalibrationError({ bins: c.bins });
      expect(Math.abs(await over(error, [[scores, target]]) - c.expectedCalibrationError)).toBeLessThan(10 * rtol);
      expect(Math.abs(await over(metrics.brierScore(), [[scores, target]]) - c.brierScore)).toBeLessThan(10 * rtol);
      if (target.kind !== 'index') return;
      // Batches of any size add up to the same.
      const cut = (from: number, to: number): [Tensor, Target] => [ops.slice(scores, [{ start: from, end: to }]), index(ops.slice(target.labels, [{ start: from, end: to }]), classes)];
      expect(Math.abs(await over(error, [cut(0, 7), cut(7, 40)]) - c.expectedCalibrationError)).toBeLessThan(10 * rtol);
    });
  });

  test('worked out by hand: two sure and right, one sure and wrong, one undecided', async () => {
    const scores = tensor([[Math.log(9), 0], [Math.log(9), 0], [0, Math.log(9)], [0, 0]]);
    const target = index(tensor([0, 0, 0, 0], { dtype: 'int32' }), 2);
    // At 0.9: |2/3 - 0.9| of 3 in 4; at 0.5, where the first of equals is chosen: |1 - 0.5| of 1 in 4.
    expect(await over(metrics.expectedCalibrationError(), [[scores, target]])).toBeCloseTo(0.75 * (0.9 - 2 / 3) + 0.25 * 0.5, 5);
    expect(await over(metrics.brierScore(), [[scores, target]])).toBeCloseTo((0.02 + 0.02 + 1.62 + 0.5) / 4, 5);
  });

  test('the classes may be the last axis', async () => {
    const scores = tensor(sample(24, { seed: 3 }), [2, 3, 4]);
    const labels = tensor([[0, 1, 2, -100], [2, 2, 0, 1]], { dtype: 'int32' });
    for (const make of [metrics.brierScore, metrics.expectedCalibrationError]) {
      const first = await over(make(), [[scores, index(labels, 3)]]);
      expect(first).toBeGreaterThan(0);
      expect(await over(make({ classAxis: -1 }), [[ops.transpose(scores, 1, 2), index(labels, 3)]])).toBeCloseTo(first, 6);
    }
  });

  test('scores that are no numbers make the metric none, and no error', async () => {
    const broken = tensor([[NaN, NaN], [1, 0]]);
    for (const metric of [metrics.brierScore(), metrics.expectedCalibrationError()]) expect(await over(metric, [[broken, index(tensor([0, 1], { dtype: 'int32' }), 2)]])).toBeNaN();
  });

  test('no classes: they do not apply', () => {
    for (const metric of [metrics.brierScore(), metrics.expectedCalibrationError()]) {
      expect(metric.compute(tensor([[1, 2]]), { kind: 'value', values: tensor([[1, 2]]) })).toBeUndefined();
      expect(metric.compute(tensor([[1, 2]]), index(tensor([0, 1], { dtype: 'int32' }), 2))).toBeUndefined();
    }
  });
});

describe.each(techniqueBackends)('in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  const data = (): Dataset => arrayDataset({ inputs: Float32Array.from(sample(60, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 20 }, (_, i) => i % 3), numClasses: 3 });

  test('training, evaluations, history and events name each by one number, with any batch size and accumulation', async () => {
    const told: string[][] = [];
    const fit = async (accumulate: number) => {
      const trainer = new Trainer({
        model: new nn.Linear(3, 3), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, accumulate,
        metrics: [metrics.accuracy(), metrics.expectedCalibrationError({ bins: 5 }), metrics.brierScore()],
      });
      const { history } = await trainer.fit({ train: data(), validation: data(), epochs: 2, batchSize: 4, onProgress: { step: ({ metrics: seen }) => { told.push(Object.keys(seen)); } } });
      const results = [await trainer.evaluate(data(), { batchSize: 3 }), await trainer.evaluate(data())];
      return { row: history.at(-1)?.values ?? {}, results };
    };
    const { row, results } = await fit(1);
    expect(Object.keys(row).filter((name) => /calibration|brier/i.test(name))).toEqual(['expectedCalibrationError', 'brierScore', 'validationExpectedCalibrationError', 'validationBrierScore']);
    expect(told[0]).toEqual(['accuracy', 'expectedCalibrationError', 'brierScore']);
    for (const name of ['expectedCalibrationError', 'brierScore']) {
      expect(results[0]?.[name]).toBeCloseTo(results[1]?.[name] ?? NaN, 5);
      expect(results[0]?.[name]).toBeGreaterThan(0);
      expect((await fit(2)).row[name]).toBeCloseTo(row[name] ?? NaN, 4);
    }
  });

  test('metrics of a wrong form are refused', async () => {
    const make = (metric: object) => new Trainer({ model: new nn.Linear(3, 3), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.5 }), seed: 3, metrics: [metric as metrics.Metric] });
    const { combine, ...rest } = metrics.expectedCalibrationError();
    expect(combine?.([0.25, -0.5])).toBe(0.75);
    expect(() => make(rest)).toThrow("metrics[0], 'expectedCalibrationError', must have `parts` and `combine` or neither.");
    expect(() => make({ ...rest, combine, parts: 0 })).toThrow('`metrics[0].parts` must be a whole number in [1, inf), received 0.');
    await expect(make({ ...rest, combine, parts: 3 }).fit({ train: data(), epochs: 1, batchSize: 4 })).rejects.toThrow("metric 'expectedCalibrationError': expected a sum of shape [3], as its `parts` say, received [15].");
    expect(() => metrics.expectedCalibrationError({ bins: 0 })).toThrow('expectedCalibrationError: `bins` must be a whole number in [1, 1000], received 0.');
    expect(() => metrics.brierScore({ axis: 1 } as never)).toThrow('brierScore: unknown option `axis`.');
  });
});
