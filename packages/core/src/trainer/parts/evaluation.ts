/** Loss and metrics over a data set, in evaluation mode. */
import { currentExecutor } from '../../backends/registry';
import { BatchStream } from '../../data/batch-stream';
import { loadBatch, plainRequests } from '../../data/loader';
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
import { combined, partNames, partsOf } from './metric-parts';
import { Pace } from './pace';
import { type Reading, Reads } from './reads';
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

/** The mean over all targets: sums and denominators of the batches add up in double precision. A device is read as seldom as in training. */
export async function evaluate({ model, loss, metrics, dataset, batchSize, weights, breather }: Evaluation): Promise<EvalResult> {
  const names = ['', ...metrics.flatMap(partNames)];
  const sums = names.map(() => ({ sum: 0, count: 0 }));
  const executor = currentExecutor();
  const reads = new Reads(executor.readInterval ?? 1);
  const pace = new Pace(executor);
  const stream = new BatchStream(dataset, plainRequests(dataset.size, batchSize));
  try {
    let step = 0;
    for (let next = stream.next(); next; next = stream.next(), step++) {
      const arena = new Arena();
      try {
        const loading = loadBatch(next, arena);
        const batch = isPromise(loading) ? await loading : loading;
        // Numbers are taken in the scope, before what they are in is given back.
        arena.run(() => {
          const outputs = model.forward(batch.inputs, inference(weights === undefined ? {} : { weights }));
          const { sum, denominator } = loss(outputs, batch.target);
          const readings = metrics.flatMap((metric): Reading[] => {
            const made = metric.compute(outputs, batch.original);
            return made ? partsOf(metric, made.sum).flatMap((part) => [reads.take(part), reads.take(made.count)]) : partNames(metric).flatMap(() => [0, 0]);
          });
          reads.push(step, [reads.take(sum), reads.take(denominator), ...readings], (values) => {
            sums.forEach((before, i) => { sums[i] = addTo(before, values[2 * i] ?? 0, values[2 * i + 1] ?? 0); });
          });
        });
      } finally {
        arena.dispose();
      }
      reads.endStep(false);
      const caught = reads.deferred ? pace.step() : undefined;
      if (caught) await caught;
      await reads.settle(step - (executor.readLag ?? 0));
      const pause = breather.breathe();
      if (pause) await pause;
    }
    await reads.settle();
  } finally {
    reads.dispose();
    await stream.close();
  }
  const [whole, ...rest] = sums;
  if (!whole) return fail('data', 'evaluate: the data set is empty.');
  return { loss: meanOf(whole), metrics: combined(metrics, meansOf(Object.fromEntries(rest.map((mean, i) => [names[i + 1] ?? '', mean])))) };
}
