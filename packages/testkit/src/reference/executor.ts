/** The float64 executor of the whole kernel table: the oracle of the others, and what gradient checks run on. */
import {
  type BackendInfo, checkOptions, type Command, elementwiseRow, type Executor, fail, registerBackend, type TensorData, type TensorRef, useBackend,
} from '@parsimony/core';
import { convKernels } from './conv';
import { dropoutKernels } from './dropout';
import { runElementwise } from './elementwise';
import { indexingKernels } from './indexing';
import type { AnyKernel } from './kernel';
import { matmulKernels } from './matmul';
import { movementKernels } from './movement';
import { normalKernels } from './normal';
import { normKernels } from './norm';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { softmaxKernels } from './softmax';
import { cast, overlap, ReferenceStorage, viewOf } from './storage';
import { totalsKernels } from './totals';

/** The structured kernels by name. */
export const referenceKernels = {
  ...movementKernels, ...indexingKernels, ...reduceKernels, ...matmulKernels, ...convKernels, ...poolKernels,
  ...softmaxKernels, ...normKernels, ...dropoutKernels, ...normalKernels, ...totalsKernels,
} as unknown as Readonly<Record<string, AnyKernel>>;

class ReferenceExecutor implements Executor {
  readonly name = 'reference';
  readonly inPlace = true;
  readonly isReady = true;
  readonly #live = new Set<ReferenceStorage>();

  async ready(): Promise<void> { /* plain code: always ready */ }

  info(): BackendInfo {
    return { name: this.name, description: 'plain TypeScript in float64, one thread; for tests', threads: 1 };
  }

  allocate(length: number): ReferenceStorage {
    const storage = new ReferenceStorage(length);
    this.#live.add(storage);
    return storage;
  }

  free(handle: ReferenceStorage): void {
    if (!this.#live.delete(handle)) fail('state', 'reference free: this storage was already freed, or belongs to another executor.');
    handle.data = undefined;
  }

  write(ref: TensorRef, data: ArrayLike<number>): void {
    const { data: target, dtype } = viewOf('write', ref);
    if (data.length !== target.length) fail('shape', `reference write: expected ${target.length} elements, received ${data.length}.`);
    for (let i = 0; i < target.length; i++) target[i] = cast(data[i] ?? NaN, dtype);
  }

  run({ kernel, inputs: from, outputs: to, attrs, scalars }: Command): void {
    const inputs = from.map((ref) => viewOf(kernel, ref));
    const outputs = to.map((ref) => viewOf(kernel, ref));
    const row = elementwiseRow(kernel);
    if (row) return runElementwise(row, { inputs, outputs, attrs, scalars });
    const structured = referenceKernels[kernel] ?? fail('backend', `reference: no kernel is named '${kernel}'.`);
    if (outputs.some((y, i) => inputs.some((x) => overlap(x, y)) || outputs.some((z, k) => k < i && overlap(y, z)))) {
      fail('state', `reference ${kernel}: an output overlaps an input or another output.`);
    }
    structured({ inputs, outputs, attrs, scalars });
  }

  async read(ref: TensorRef): Promise<TensorData> {
    const { data, dtype } = viewOf('read', ref);
    return dtype === 'float32' ? data.slice() : dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data);
  }

  bytes(): number {
    let total = 0;
    for (const storage of this.#live) total += storage.length * Float64Array.BYTES_PER_ELEMENT;
    return total;
  }

  async dispose(): Promise<void> {
    for (const storage of this.#live) storage.data = undefined;
    this.#live.clear();
  }
}

/**
 * A new executor that computes every kernel in float64, by loops that follow the specification word for word. It refuses
 * what the table forbids (freed storages, outputs over inputs, indices out of range) and gives NaN for memory never written.
 * Slow on purpose. `float32` tensors read as `Float64Array`.
 *
 * @example
 * ```ts
 * import { ops, tensor, useBackend } from '@parsimony/core';
 * import { referenceExecutor } from '@parsimony/testkit';
 * await useBackend(referenceExecutor());
 * await ops.exp(tensor([1])).item(); // => 2.718281828459045
 * ```
 */
export function referenceExecutor(options: Readonly<Record<string, never>> = {}): Executor {
  checkOptions('referenceExecutor', options, []);
  return new ReferenceExecutor();
}

/**
 * Makes new tensors live on a fresh reference executor. The same as `useBackend('reference')`.
 *
 * @example
 * ```ts
 * import { backendInfo } from '@parsimony/core';
 * import { useReference } from '@parsimony/testkit';
 * await useReference();
 * backendInfo().name; // => 'reference'
 * ```
 */
export const useReference = (): Promise<Executor> => useBackend(referenceExecutor());

registerBackend('reference', (options) => referenceExecutor(options as Record<string, never>));
