/** What is measured beside the loss: sums and counts on the device, so that no step waits for a read. */
import type { Tensor } from '../tensor/tensor';
import type { Outputs, Target } from '../types';

export interface Metric {
  /** In results and history: `accuracy`. */
  readonly name: string;
  /** Of one batch: the metric is the sum of `sum` over batches divided by that of `count`. Undefined where it does not apply. */
  compute(outputs: Outputs, target: Target): { readonly sum: Tensor; readonly count: Tensor | number } | undefined;
  /** For metrics that are no such quotient: how many of them `sum` holds, [parts], over one count. Comes with `combine`. */
  readonly parts?: number;
  /** The metric, from the quotients over all batches. */
  readonly combine?: (quotients: readonly number[]) => number;
}
