/** The share of targets whose class got the highest score. */
import { checkNumber, checkOptions } from '../options';
import { argmax } from '../ops/argmax';
import { cast } from '../ops/convert';
import { equal } from '../ops/equal';
import { mul } from '../ops/mul';
import { notEqual } from '../ops/not-equal';
import { sum } from '../ops/sum';
import { isTensor } from '../tensor/find';
import { sameShape } from '../tensor/shape';
import type { Metric } from './metric';

export interface AccuracyOptions {
  /** Where the classes are: 1 for [N, C, ...], -1 for [..., C]. Default 1. */
  readonly classAxis?: number;
}

/**
 * (1/n) sum_i [argmax_c x_ic = y_i] over targets that are not ignored, in [0, 1]. Distributions count by their likeliest class.
 *
 * @throws option: an unknown option.
 * @example
 * ```ts
 * import { metrics, ready, tensor } from '@parsimony/core';
 * await ready();
 * const labels = tensor([0, 0], { dtype: 'int32' });
 * const measured = metrics.accuracy().compute(tensor([[2, 1], [0, 1]]), { kind: 'index', labels, numClasses: 2 });
 * await measured?.sum.item(); // => 1
 * ```
 */
export function accuracy(options: AccuracyOptions = {}): Metric {
  checkOptions('accuracy', options, ['classAxis']);
  const classAxis = checkNumber('accuracy', 'classAxis', options.classAxis ?? 1, { integer: true });
  return {
    name: 'accuracy',
    compute(outputs, target) {
      if (target.kind === 'value' || !isTensor(outputs) || outputs.rank < 2) return undefined;
      const chosen = argmax(outputs, { axis: classAxis });
      const labels = target.kind === 'index' ? target.labels : argmax(target.probs, { axis: classAxis });
      if (!sameShape(chosen.shape, labels.shape)) return undefined;
      const right = cast(equal(chosen, labels), 'float32');
      if (target.kind === 'soft') return { sum: sum(right), count: labels.size };
      // -100 is what the losses ignore too, unless told otherwise.
      const counts = cast(notEqual(labels, target.ignoreIndex ?? -100), 'float32');
      return { sum: sum(mul(right, counts)), count: sum(counts) };
    },
  };
}
