/** One command on one executor, from host data to host data: what tests of kernels are made of. */
import type { Attrs, DType, Executor, TensorData, TensorRef } from '@parsimony/core';

export interface HostTensor {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  /** Default `float32`. */
  readonly dtype?: DType;
}

export interface KernelRun {
  readonly kernel: string;
  readonly inputs: readonly HostTensor[];
  readonly outputs: readonly { readonly shape: readonly number[]; readonly dtype?: DType }[];
  readonly attrs?: Attrs;
  readonly scalars?: readonly number[];
}

export interface RunKernelOptions {
  /** Elements ahead of each tensor in its storage, so that executors that forget offsets are found out. Default 0. */
  readonly offset?: number;
  /** Output i is written over input `inPlace[i]`, which must be elementwise. Default: outputs of their own. */
  readonly inPlace?: readonly number[];
}

/**
 * Uploads the inputs, runs the command and reads the outputs; every storage it made is freed again.
 *
 * @example
 * ```ts
 * import { referenceExecutor, runKernel } from '@parsimony/testkit';
 * await runKernel(referenceExecutor(), {
 *   kernel: 'linear',
 *   inputs: [{ data: [1, 2], shape: [1, 2] }, { data: [3, 4], shape: [1, 2] }, { data: [0.5], shape: [1] }],
 *   outputs: [{ shape: [1, 1] }],
 * }); // => [[11.5]]
 * ```
 */
export async function runKernel(executor: Executor, run: KernelRun, { offset = 0, inPlace }: RunKernelOptions = {}): Promise<TensorData[]> {
  const storages: TensorRef['handle'][] = [];
  const make = (shape: readonly number[], dtype: DType): TensorRef => {
    const size = shape.reduce((a, b) => a * b, 1);
    const handle = executor.allocate(offset + size);
    storages.push(handle);
    return { handle, offset, shape, size, dtype };
  };
  try {
    const inputs = run.inputs.map(({ data, shape, dtype = 'float32' }) => {
      const ref = make(shape, dtype);
      executor.write(ref, data);
      return ref;
    });
    const outputs = run.outputs.map(({ shape, dtype = 'float32' }, i) => inputs[inPlace?.[i] ?? -1] ?? make(shape, dtype));
    executor.run({ kernel: run.kernel, inputs, outputs, attrs: run.attrs ?? {}, scalars: run.scalars ?? [] });
    return await Promise.all(outputs.map((ref) => executor.read(ref)));
  } finally {
    for (const handle of storages) executor.free(handle);
  }
}
