/**
 * The gpu executor: the kernel table as gpu.js programs on a device. A command becomes one program call or several; a device
 * runs them in order.
 */
import { type BackendInfo, type Command, elementwiseRow, type Executor, fail, type StorageHandle, type StructuredKernel, type TensorData, type TensorRef } from '@parsimony/core';
import type { Device } from './device';
import { elementwise, structured } from './kernels/index';
import { checkWhole } from './whole';
import { CommandBench } from './workbench';

export class GpuExecutor implements Executor {
  readonly name = 'gpu';
  /** A shader may not write what it reads. */
  readonly inPlace = false;
  readonly #open: () => Promise<Device>;
  #opening: Promise<void> | undefined;
  #device: Device | undefined;
  #bench: CommandBench | undefined;
  #disposed = false;
  #bytes = 0;
  readonly #lengths = new Map<StorageHandle, number>();

  constructor(open: () => Promise<Device>) { this.#open = open; }

  ready(): Promise<void> {
    if (this.#disposed) fail('state', 'gpu: this backend was disposed. Make a new one with `useBackend(\'gpu\')`.');
    return this.#opening ??= this.#start();
  }

  async #start(): Promise<void> {
    const device = await this.#open();
    if (this.#disposed) {
      await device.dispose();
      fail('state', 'gpu: this backend was disposed while it opened.');
    }
    this.#device = device;
  }

  get isReady(): boolean { return this.#device !== undefined; }
  get readLag(): number { return this.#device?.readLag ?? 0; }
  /** In every mode, so that all of them train alike. */
  readonly readInterval = 100;

  #running(): Device {
    return this.#device ?? fail('state', this.#disposed ? 'gpu: this backend was disposed.' : 'gpu: call `await useBackend(\'gpu\')` before running ops.');
  }

  info(): BackendInfo { return { name: this.name, description: this.#running().description, threads: 1 }; }

  allocate(length: number): StorageHandle {
    const device = this.#running();
    if (length > device.maxLength) {
      fail('backend', `gpu: a tensor of ${length} elements is over the limit of ${device.maxLength} of mode '${device.mode}'. Use a smaller batch, or the wasm backend.`);
    }
    const handle = device.allocate(length);
    this.#lengths.set(handle, length);
    this.#bytes += length * 4;
    return handle;
  }

  free(handle: StorageHandle): void {
    this.#bytes -= (this.#lengths.get(handle) ?? 0) * 4;
    this.#lengths.delete(handle);
    this.#device?.free(handle);
  }

  bytes(): number { return this.#bytes; }

  /** Of the device's memory, with what is kept for the next tensors; 0 once disposed. */
  deviceBytes(): number { return this.#device ? this.#device.deviceBytes?.() ?? this.#bytes : 0; }

  write(ref: TensorRef, data: ArrayLike<number>): void {
    if (data.length !== ref.size) fail('shape', `write: expected ${ref.size} elements, received ${data.length}.`);
    if (ref.size === 0) return;
    const values = new Float32Array(data);
    if (ref.dtype === 'bool') values.forEach((v, i) => { values[i] = v ? 1 : 0; });
    if (ref.dtype === 'int32') checkWhole(data);
    this.#running().write(ref.handle, ref.offset, values);
  }

  run(command: Command): void {
    const kernel = isStructured(command.kernel) ? structured[command.kernel] : elementwiseRow(command.kernel) ? elementwise : undefined;
    if (!kernel) fail('backend', `gpu: no kernel named '${command.kernel}'.`);
    const bench = this.#bench ??= new CommandBench(this.#running());
    try { kernel(command, bench); } finally { bench.endCommand(); }
  }

  async read(ref: TensorRef): Promise<TensorData> {
    const values = ref.size === 0 ? new Float32Array(0) : await this.#running().read(ref);
    return ref.dtype === 'float32' ? values : ref.dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
  }

  async caughtUp(): Promise<void> { await this.#running().caughtUp?.(); }

  /** Kernels that gpu.js gave to another mode than the one asked for, with its reasons. */
  fallbacks(): readonly string[] { return this.#device?.fallbacks() ?? []; }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const device = this.#device;
    this.#device = undefined;
    // With it go the masks that wait for a backward pass.
    this.#bench = undefined;
    this.#lengths.clear();
    this.#bytes = 0;
    await device?.dispose();
  }
}

const isStructured = (name: string): name is StructuredKernel => Object.hasOwn(structured, name);
