/** Metrics of several quotients: taken apart where they are measured, put together where they are told. */
import type { Metric } from '../../metrics/metric';
import { fail } from '../../errors';
import { slice } from '../../ops/slice';
import { showShape } from '../../tensor/shape';
import type { Tensor } from '../../tensor/tensor';

type Named = Pick<Metric, 'name' | 'parts' | 'combine'>;

/** Under which names its sums are kept: its own, or one a part. */
export const partNames = ({ name, parts }: Named): string[] => (parts === undefined ? [name] : Array.from({ length: parts }, (_, i) => `${name}[${i}]`));

/** One number a part. */
export function partsOf({ name, parts }: Named, sum: Tensor): Tensor[] {
  if (parts === undefined) return [sum];
  if (sum.rank !== 1 || sum.size !== parts) fail('shape', `metric '${name}': expected a sum of shape [${parts}], as its \`parts\` say, received ${showShape(sum.shape)}.`);
  return Array.from({ length: parts }, (_, i) => slice(sum, [{ start: i, end: i + 1 }]));
}

/** What is told: one number a metric, in their order; none where it did not apply. */
export function combined(metrics: readonly Named[], means: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(metrics.flatMap((metric): [string, number][] => {
    const names = partNames(metric);
    const quotients = names.flatMap((name) => means[name] ?? []);
    if (quotients.length < names.length) return [];
    return [[metric.name, metric.combine ? metric.combine(quotients) : quotients[0] ?? Number.NaN]];
  }));
}
