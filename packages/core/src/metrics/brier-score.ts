/** The mean squared error of probabilities. */
import { mul } from '../ops/mul';
import { oneHot } from '../ops/one-hot';
import { square } from '../ops/square';
import { sub } from '../ops/sub';
import { sum } from '../ops/sum';
import { checkClassAxis, classify, type ClassMetricOptions } from './classes';
import type { Metric } from './metric';

/**
 * (1/n) sum_i sum_c (softmax(x_i)_c - y_ic)^2 over targets that are not ignored, in [0, 2], lower is better: Brier's own definition,
 * of all classes. For two classes it is twice what is often called by this name.
 *
 * @throws option: an unknown option.
 * @see Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950).
 * @example
 * ```ts
 * import { metrics, ready, tensor } from '@parsimony/core';
 * await ready();
 * const labels = tensor([0], { dtype: 'int32' });
 * const measured = metrics.brierScore().compute(tensor([[Math.log(3), 0]]), { kind: 'index', labels, numClasses: 2 });
 * await measured?.sum.item(); // => 0.125
 * ```
 */
export function brierScore(options: ClassMetricOptions = {}): Metric {
  const classAxis = checkClassAxis('brierScore', options);
  return {
    name: 'brierScore',
    compute(outputs, target) {
      const classified = classify(outputs, target, classAxis);
      if (!classified) return undefined;
      const { probs, labels, counts, soft } = classified;
      const each = sum(square(sub(probs, soft ?? oneHot(labels, probs.shape.at(-1) ?? 0))), { axis: -1 });
      return counts ? { sum: sum(mul(each, counts)), count: sum(counts) } : { sum: sum(each), count: each.size };
    },
  };
}
