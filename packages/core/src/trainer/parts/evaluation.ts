/** Loss and metrics over a data set, in evaluation mode. */
import { batchIds, loadBatch } from '../../data/loader';
import type { Dataset } from '../../data/dataset';
import { fail } from '../../errors';
import type { Metric } from '../../metrics/metric';
import { inference } from '../../nn/context';
import type { Module } from '../../nn/module';
import { Arena } from '../../tensor/scope';
import type { Inputs, LossFunction, Outputs, Weights } from '../../types';
import type { EvalResult } from '../contract';
import { isPromise } from './blame';
import type { Breather } from './breathe';
import { addTo, meanOf, meansOf } from './totals';

export interface Evaluation {
  readonly model: Module<Inputs, Outputs>;
  readonly loss: LossFunction;
  readonly metrics: readonly Metric[];
  readonly dataset: Dataset;
  readonly batchSize: number;
  /** Default: the model's own. */
  readonly weights?: Weights | undefined;
  readonly breather: Breather;
}

/** The mean over all targets: sums and denominators of the batches add up in double precision. */
export async function evaluate({ model, loss, metrics, dataset, batchSize, weights, breather }: Evaluation): Promise<EvalResult> {
  const names = ['', ...metrics.map(({ name }) => name)];
  const sums = names.map(() => ({ sum: 0, count: 0 }));
  for (const ids of batchIds(dataset.size, { batchSize })) {
    const arena = new Arena();
    try {
      const loading = loadBatch(dataset, ids, arena);
      const batch = isPromise(loading) ? await loading : loading;
      // Reads are issued in the scope, before what they read is given back.
      const reads = arena.run(() => {
        const outputs = model.forward(batch.inputs, inference(weights === undefined ? {} : { weights }));
        const { sum, denominator } = loss(outputs, batch.target);
        return [[sum.item(), denominator.item()], ...metrics.map((metric) => {
          const made = metric.compute(outputs, batch.original);
          return made ? [made.sum.item(), typeof made.count === 'number' ? made.count : made.count.item()] : [0, 0];
        })];
      });
      const values = await Promise.all(reads.map((pair) => Promise.all(pair)));
      values.forEach(([sum = 0, count = 0], i) => { sums[i] = addTo(sums[i], sum, count); });
    } finally {
      arena.dispose();
    }
    const pause = breather.breathe();
    if (pause) await pause;
  }
  const [whole, ...rest] = sums;
  if (!whole) return fail('data', 'evaluate: the data set is empty.');
  return { loss: meanOf(whole), metrics: meansOf(Object.fromEntries(rest.map((mean, i) => [names[i + 1] ?? '', mean]))) };
}
