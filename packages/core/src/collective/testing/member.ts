/** A thread that takes part in sums with others; also run as a program, with what `joinCollective` needs and its part as data. */
import { parentPort, workerData } from 'node:worker_threads';
import { grad, joinCollective, ops, type SharedCollective, tensor, useBackend } from '../../index';
import type { Tensor } from '../../tensor/tensor';

export interface Part { readonly shared: SharedCollective; readonly rank: number; readonly values: readonly number[]; readonly task: 'values' | 'shape' }

export interface Outcome { readonly sum: number[]; readonly first: number[]; readonly second: number[] }

/** Loss of a rank: (rank + 1) sum(s^2), s the sum over ranks of x^2. The gradient and that of its squared norm. */
export async function takePart({ shared, rank, values, task }: Part): Promise<Outcome> {
  const collective = joinCollective(shared, rank);
  const x = tensor([...values, ...(task === 'shape' && rank > 0 ? [1] : [])]);
  const loss = (v: Tensor): Tensor => ops.mul(ops.sum(ops.square(collective.allReduceSum(ops.square(v)))), rank + 1);
  const first = grad(loss);
  const read = async (y: Tensor): Promise<number[]> => Array.from(await y.data());
  return {
    sum: await read(collective.allReduceSum(x)), first: await read(first(x)),
    second: await read(grad((v: Tensor) => ops.sum(ops.square(first(v))))(x)),
  };
}

const part = workerData as Part | null;
if (part !== null && typeof part === 'object' && 'shared' in part) {
  await useBackend('wasm', { threads: 1 });
  // The second argument is that of ports: nothing is transferred.
  parentPort?.postMessage(await takePart(part).catch(String), []);
}
