/** How far confidence is from accuracy. */
import { checkNumber } from '../options';
import { argmax } from '../ops/argmax';
import { ceil } from '../ops/ceil';
import { clamp } from '../ops/clamp';
import { cast } from '../ops/convert';
import { equal } from '../ops/equal';
import { greater } from '../ops/greater';
import { max } from '../ops/max';
import { mul } from '../ops/mul';
import { oneHot } from '../ops/one-hot';
import { reshape } from '../ops/reshape';
import { sub } from '../ops/sub';
import { sum } from '../ops/sum';
import { where as choose } from '../ops/where';
import { checkClassAxis, classify, type ClassMetricOptions } from './classes';
import type { Metric } from './metric';

export interface ExpectedCalibrationErrorOptions extends ClassMetricOptions {
  /** Bins of equal width over (0, 1], 1 to 1,000. Default 15. */
  readonly bins?: number;
}

/**
 * sum_b (n_b / n) |accuracy of b - mean confidence of b|, in [0, 1], lower is better. The confidence of an answer is its softmax;
 * bin b of B holds those in (b / B, (b + 1) / B]. Ignored targets count nothing; distributions count by their likeliest class.
 * The bins add up over batches, so the size of a batch changes nothing.
 *
 * @throws option: an unknown option or one out of range.
 * @see Guo et al., "On Calibration of Modern Neural Networks", arXiv:1706.04599, equation 3.
 * @example
 * ```ts
 * import { arrayDataset, losses, metrics, nn, optim, Trainer } from '@parsimony/core';
 * const data = arrayDataset({ inputs: Float32Array.of(-1, 1, 2, -2), shape: [1], labels: Int32Array.of(0, 1, 1, 0), numClasses: 2 });
 * const trainer = new Trainer({
 *   model: new nn.Linear(1, 2), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 1 }), seed: 7,
 *   metrics: [metrics.accuracy(), metrics.expectedCalibrationError({ bins: 10 })],
 * });
 * await trainer.fit({ train: data, epochs: 20, batchSize: 4 });
 * const { expectedCalibrationError = 1 } = await trainer.evaluate(data);
 * expectedCalibrationError < 0.1; // => true
 * ```
 */
export function expectedCalibrationError(options: ExpectedCalibrationErrorOptions = {}): Metric {
  const name = 'expectedCalibrationError';
  const classAxis = checkClassAxis(name, options, ['bins']);
  const bins = checkNumber(name, 'bins', options.bins ?? 15, { min: 1, max: 1000, integer: true });
  return {
    name,
    parts: bins,
    // A part is (right - confident) / n of its bin, so the sizes of the bins are in it already.
    combine: (gaps) => gaps.reduce((total, gap) => total + Math.abs(gap), 0),
    compute(outputs, target) {
      const classified = classify(outputs, target, classAxis);
      if (!classified) return undefined;
      const { probs, labels, counts } = classified;
      const confidence = max(probs, { axis: -1 });
      const gap = sub(cast(equal(argmax(probs, { axis: -1 }), labels), 'float32'), confidence);
      // A confidence that is not a number is in no bin; its gap makes the whole error none.
      const place = clamp(sub(ceil(mul(confidence, bins)), 1), { min: 0, max: bins - 1 });
      const bin = cast(choose(greater(confidence, 0), place, 0), 'int32');
      const size = confidence.size;
      const counted = reshape(counts ? mul(gap, counts) : gap, [size, 1]);
      return { sum: sum(mul(oneHot(reshape(bin, [size]), bins), counted), { axis: 0 }), count: counts ? sum(counts) : size };
    },
  };
}
