/**
 * The gpu executor behind the same seam as the others. So far it runs gpu.js's modes `webasm` and `cpu`, with storages in
 * host memory, and one kernel of each kind: elementwise, sum, matmul; a command it has no kernel for is an error that
 * names it, never a silent detour.
 */
import { type BackendInfo, type Command, checkChoice, checkOptions, type Executor, fail, type StorageHandle, type TensorData, type TensorRef } from '@parsimony/core';
import { type BuiltKernel, type Gpu, gpuConstructor } from './gpu-js';
import { sourceOf } from './kernels';

const modes = ['webasm', 'cpu'] as const;
export type GpuMode = (typeof modes)[number];
export interface GpuOptions {
  /** gpu.js's mode. Default 'webasm'. */
  readonly mode?: GpuMode;
}

/** Storages are float32 whatever the type, as gpu.js's are: whole numbers are exact to 2^24. */
class GpuExecutor implements Executor {
  readonly name = 'gpu';
  readonly inPlace = false;
  #gpu: Gpu | undefined;
  #bytes = 0;
  readonly #kernels = new Map<string, BuiltKernel>();

  constructor(readonly mode: GpuMode) {}

  async ready(): Promise<void> { this.#gpu ??= new (gpuConstructor())({ mode: this.mode }); }
  get isReady(): boolean { return this.#gpu !== undefined; }
  info(): BackendInfo { return { name: 'gpu', description: `gpu.js, mode ${this.mode}`, threads: 1 }; }

  allocate(length: number): StorageHandle {
    this.#bytes += length * 4;
    return new Float32Array(length);
  }
  free(handle: StorageHandle): void { this.#bytes -= (handle as Float32Array).byteLength; }
  bytes(): number { return this.#bytes; }
  write(ref: TensorRef, data: ArrayLike<number>): void { elements(ref).set(data); }

  run(command: Command): void {
    const [out] = command.outputs;
    if (!out) return;
    if (command.kernel === 'fill') { elements(out).fill(command.scalars[0] ?? 0); return; }
    if (out.size === 0) return;
    const result = this.#build(command)(...command.inputs.map(elements), ...command.scalars);
    elements(out).set(result);
  }

  /** Compiled once for each kernel, attributes and shapes. */
  #build(command: Command): BuiltKernel {
    const program = sourceOf(command)
      ?? fail('backend', `gpu: no gpu.js kernel for '${command.kernel}' on ${command.inputs.map((x) => `${x.dtype} [${x.shape.join(', ')}]`).join(' and ')} yet. Use the wasm backend for this model.`);
    const id = `${program.source} ${program.settings.output.join()}`;
    let built = this.#kernels.get(id);
    if (!built) {
      const gpu = this.#gpu ?? fail('backend', 'gpu: call `await useBackend(…)` before running ops.');
      built = gpu.createKernel(program.source, program.settings);
      this.#kernels.set(id, built);
    }
    return built;
  }

  /** Where gpu.js gave a kernel to another mode than the one asked for: kernel sources by reason. */
  fallbacks(): readonly string[] {
    return [...this.#kernels.values()].flatMap(({ kernel }) => (kernel.fallbackReason ? [kernel.fallbackReason] : []));
  }

  async read(ref: TensorRef): Promise<TensorData> {
    const values = elements(ref);
    return ref.dtype === 'float32' ? values.slice() : ref.dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
  }

  async dispose(): Promise<void> {
    for (const kernel of this.#kernels.values()) kernel.destroy();
    this.#kernels.clear();
    await this.#gpu?.destroy();
    this.#gpu = undefined;
  }
}

const elements = (ref: TensorRef): Float32Array => (ref.handle as Float32Array).subarray(ref.offset, ref.offset + ref.size);

/**
 * An executor on gpu.js, for `useBackend`.
 *
 * @param options - `mode`: 'webasm' (default) or 'cpu'.
 * @throws option: an unknown option or mode.
 * @example
 * ```ts
 * import { ops, tensor, useBackend } from '@parsimony/core';
 * import { gpuExecutor } from '@parsimony/core/gpu';
 * await useBackend(gpuExecutor({ mode: 'webasm' }));
 * await ops.add(tensor([1, 2]), tensor([3, 4])).array(); // => [4, 6]
 * ```
 */
export function gpuExecutor(options: GpuOptions = {}): GpuExecutor {
  checkOptions('gpuExecutor', options, ['mode']);
  return new GpuExecutor(checkChoice('gpuExecutor', 'mode', options.mode ?? 'webasm', modes));
}
