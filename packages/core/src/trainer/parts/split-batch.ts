/** A batch as microbatches: views of its rows, nothing is copied. */
import { fail } from '../../errors';
import { view } from '../../ops/dispatch';
import { isTensor } from '../../tensor/find';
import type { Tensor } from '../../tensor/tensor';
import type { Batch, Inputs, Target } from '../../types';

/** Up to `count` parts of almost equal size, in order; the first ones take one sample more. */
function splitBatch(batch: Batch, count: number): readonly Batch[] {
  const parts = Math.min(count, batch.size);
  if (parts <= 1) return [batch];
  let start = 0;
  return Array.from({ length: parts }, (_, i) => {
    const size = Math.floor(batch.size / parts) + (i < batch.size % parts ? 1 : 0);
    const part = rows(batch, start, size);
    start += size;
    return part;
  });
}

/** What one of the replicas has of a batch, in as many microbatches as each of the others. */
export function microbatches(batch: Batch, count: number, { rank, size }: { readonly rank: number; readonly size: number }): readonly Batch[] {
  if (size === 1) return splitBatch(batch, count);
  const part = splitBatch(batch, size)[rank];
  if (!part || batch.size < size) return fail('data', `fit: a batch of ${batch.size} cannot be split among ${size} replicas. Give larger batches.`);
  return splitBatch(part, Math.min(count, Math.floor(batch.size / size)));
}

function rows(batch: Batch, start: number, size: number): Batch {
  const cut = (x: Tensor): Tensor => {
    const stride = x.size / batch.size;
    return view('alias', x, [size, ...x.shape.slice(1)], start * stride);
  };
  const inputs = (value: Inputs): Inputs => (isTensor(value) ? cut(value)
    : Object.fromEntries(Object.entries(value).map(([name, x]) => [name, cut(x)])));
  // Whatever is a tensor in a target has one row a sample.
  const target = (value: Target): Target => Object.fromEntries(
    Object.entries(value).map(([name, part]: [string, unknown]) => [name, isTensor(part) ? cut(part) : part])) as unknown as Target;
  const own = target(batch.target);
  return {
    inputs: inputs(batch.inputs), target: own, original: batch.original === batch.target ? own : target(batch.original),
    ids: cut(batch.ids), size, ...(batch.views === undefined ? {} : { views: batch.views.map(inputs) }),
  };
}
