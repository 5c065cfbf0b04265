/**
 * The wasm executor: SIMD kernels over one memory in which every tensor lives for its whole life. A command has run when
 * `run` returns.
 */
import { fail } from '../../errors';
import { elementwiseRow } from '../../kernels/elementwise';
import type { TensorData } from '../../tensor/dtype';
import type { BackendInfo, Command, Executor, StorageHandle, TensorRef } from '../executor';
import { elementwise, structured } from './kernels/index';
import { Machine } from './machine';
import { type Block, WasmMemory } from './memory';
import { type Build, hasRelaxedSimd, type KernelExports, loadBuild, withUnsharedMemory } from './module';
import { checkWasmOptions, type WasmOptions } from './options';
import { coreCount, singleThreadReason, Workers } from './threads';

const INITIAL_PAGES = 16;

export class WasmExecutor implements Executor {
  readonly name = 'wasm';
  readonly inPlace = true;
  readonly #options: WasmOptions;
  readonly #build: Build;
  #starting: Promise<void> | undefined;
  #machine: Machine | undefined;
  readonly #workers = new Workers();
  /** Why there is but one thread, where more could not be had. */
  #single: string | undefined;
  #disposed = false;

  constructor(options: Readonly<Record<string, unknown>> = {}) {
    this.#options = checkWasmOptions(options);
    this.#build = !this.#options.deterministic && hasRelaxedSimd() ? 'relaxed' : 'baseline';
  }

  get isReady(): boolean { return this.#machine !== undefined; }

  ready(): Promise<void> {
    if (this.#disposed) fail('state', 'wasm: this backend was disposed. Make a new one with `useBackend(\'wasm\')`.');
    return this.#starting ??= this.#start();
  }

  async #start(): Promise<void> {
    const shared = typeof SharedArrayBuffer !== 'undefined';
    const { maximumMemory, workerUrl } = this.#options;
    const bytes = await loadBuild(this.#build);
    const module = await WebAssembly.compile(shared ? bytes : withUnsharedMemory(bytes));
    const memory = new WasmMemory(INITIAL_PAGES, { shared, ...(maximumMemory === undefined ? {} : { maximum: maximumMemory }) });
    const abort = (): never => fail('backend', 'wasm: a kernel aborted.');
    const { exports } = await WebAssembly.instantiate(module, { env: { memory: memory.memory, abort } });
    const kernels = exports as unknown as KernelExports;
    memory.begin(kernels.heapBase());
    this.#single = singleThreadReason();
    const threads = this.#single === undefined ? this.#options.threads ?? await coreCount() : 1;
    const scratches = Array.from({ length: threads }, () => memory.reserve(kernels.scratchBytes()));
    kernels.setScratch(scratches[0]!);
    await this.#workers.start(scratches.slice(1).map((scratch) => ({ module, memory: memory.memory, scratch })), workerUrl);
    if (this.#disposed) {
      await this.#end(kernels);
      return;
    }
    this.#machine = new Machine(memory, kernels, threads);
  }

  async #end(kernels: KernelExports): Promise<void> {
    kernels.stop();
    await this.#workers.end();
  }

  #running(): Machine {
    return this.#machine ?? fail('state', this.#disposed ? 'wasm: this backend was disposed.' : 'wasm: call `await ready()` first.');
  }

  info(): BackendInfo {
    const { threads } = this.#running();
    const build = this.#build === 'relaxed' ? 'relaxed SIMD (fused multiply-add)' : 'SIMD';
    const why = this.#single === undefined ? '' : `: ${this.#single}`;
    return { name: this.name, threads, description: `WebAssembly ${build}, ${threads} thread${threads === 1 ? '' : 's'}${why}` };
  }

  allocate(length: number): StorageHandle { return this.#running().memory.allocate(length * 4); }

  free(handle: StorageHandle): void { this.#machine?.memory.free(handle as Block); }

  write(ref: TensorRef, data: ArrayLike<number>): void {
    if (data.length !== ref.size) fail('shape', `write: expected ${ref.size} elements, received ${data.length}.`);
    const machine = this.#running();
    const { buffer } = machine.memory.memory;
    const target = ref.dtype === 'float32'
      ? new Float32Array(buffer, machine.pointer(ref), ref.size)
      : new Int32Array(buffer, machine.pointer(ref), ref.size);
    if (ref.dtype === 'bool') for (let i = 0; i < ref.size; i++) target[i] = data[i] ? 1 : 0;
    else target.set(data);
  }

  run(command: Command): void {
    const kernel = structured.get(command.kernel) ?? (elementwiseRow(command.kernel) ? elementwise : undefined);
    if (!kernel) fail('backend', `wasm: no kernel named '${command.kernel}'.`);
    kernel(this.#running(), command);
  }

  async read(ref: TensorRef): Promise<TensorData> {
    const values = this.view(ref);
    return ref.dtype === 'bool' ? Uint8Array.from(values) : values.slice();
  }

  view(ref: TensorRef): Float32Array | Int32Array {
    const machine = this.#running();
    const { buffer } = machine.memory.memory;
    const Numbers = ref.dtype === 'float32' ? Float32Array : Int32Array;
    return new Numbers(buffer, machine.pointer(ref), ref.size);
  }

  bytes(): number { return this.#machine?.memory.live ?? 0; }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const machine = this.#machine;
    this.#machine = undefined;
    if (machine) await this.#end(machine.kernels);
  }
}
