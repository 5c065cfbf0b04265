/** Whether a batch is what it says: shapes only, nothing is read. */
import { fail, show } from '../errors';
import { isTensor } from '../tensor/find';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import type { Batch, Inputs, Target } from '../types';

/** The tensors of inputs or targets, by name. */
function parts(name: string, value: Inputs | Target): [string, Tensor][] {
  if (isTensor(value)) return [[name, value]];
  return Object.entries(value).flatMap(([key, part]): [string, Tensor][] => (isTensor(part) ? [[`${name}.${key}`, part]] : []));
}

/**
 * Returns the batch.
 *
 * @throws data: a tensor that does not have one row a sample.
 */
export function checkBatch(where: string, batch: Batch, size: number): Batch {
  if (batch === null || typeof batch !== 'object' || batch.inputs === undefined || batch.target === undefined || batch.original === undefined || !isTensor(batch.ids)) {
    fail('data', `${where}: expected a batch { inputs, target, original, ids, size }, received ${show(batch)}.`);
  }
  if (batch.size !== size) fail('data', `${where}: the batch must have ${size} samples, received size: ${show(batch.size)}.`);
  const all = [...parts('inputs', batch.inputs), ...parts('target', batch.target), ...parts('original', batch.original), ['ids', batch.ids] as const];
  for (const [name, tensor] of all) {
    if (tensor.shape[0] !== size) fail('data', `${where}: \`${name}\` must have one row for each of ${size} samples, [${size}, ...], received ${showShape(tensor.shape)}.`);
  }
  return batch;
}
