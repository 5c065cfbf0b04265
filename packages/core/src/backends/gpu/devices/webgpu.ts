/**
 * WebGPU: gpu.js translates each program to WGSL; here its pipelines are kept, its commands recorded into one encoder over
 * pooled buffers, and handed over when somebody reads, when enough has come together, or when the host writes to what is in use.
 */
import { ParsimonyError } from '@parsimony/core';
import type { StorageHandle } from '../../executor';
import type { Device, DeviceEvents, ProductWay } from '../device';
import type { Operand, Program, ProgramCall } from '../program';
import { describeAdapter, isSoftwareAdapter } from './webgpu/adapter';
import { Buffers, type Storage } from './webgpu/buffers';
import { acquire, type Context, release } from './webgpu/context';
import { Pipelines } from './webgpu/pipelines';
import { Readback } from './webgpu/readback';
import { Recorder } from './webgpu/recorder';
import { whenCaught } from './webgpu/scope';

/** Programs count elements in float32, exact to here. */
const MOST_ELEMENTS = 2 ** 24;
/** How long a refused read waits for the device to say why. */
const EXPLANATION_MS = 200;

/** Whether programs run the WGSL that they carry, and how it makes products: by default in registers where a processor stands in for the GPU, in tiles elsewhere. */
export type Wgsl = boolean | ProductWay;

const storage = (handle: StorageHandle): Storage => handle as Storage;

export class WebGpuDevice implements Device {
  readonly mode = 'webgpu';
  readonly lanes = 4;
  readonly readLag = 2;
  readonly wgsl: ProductWay | undefined;
  readonly description: string;
  readonly maxLength: number;
  readonly #context: Context;
  readonly #buffers: Buffers;
  readonly #pipelines: Pipelines;
  readonly #recorder: Recorder;
  readonly #readback: Readback;
  #failure: ParsimonyError | undefined;
  #disposed = false;

  private constructor(context: Context, events: DeviceEvents, wgsl: Wgsl) {
    const { device, adapter } = this.#context = context;
    const maxBytes = Math.floor(Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize) / 16) * 16;
    this.wgsl = wgsl === true ? (isSoftwareAdapter(adapter.info) ? 'registers' : 'tiles') : wgsl || undefined;
    this.maxLength = Math.min(MOST_ELEMENTS, maxBytes / 4);
    this.description = `gpu.js, mode webgpu, on ${describeAdapter(adapter.info)}; tensors of up to ${this.maxLength} elements`;
    const poison = (message: string): void => this.#poison(message);
    this.#buffers = new Buffers(device, maxBytes, poison);
    this.#pipelines = new Pipelines(device, this.wgsl !== undefined, (program) => events.compiling(program), poison);
    this.#recorder = new Recorder(device);
    this.#readback = new Readback(device);
    device.addEventListener('uncapturederror', this.#onError);
    void this.#watch();
  }

  static async open(events: DeviceEvents, wgsl: Wgsl = true): Promise<WebGpuDevice> { return new WebGpuDevice(await acquire(), events, wgsl); }

  async #watch(): Promise<void> {
    const { reason, message } = await this.#context.device.lost;
    if (!this.#disposed) this.#poison(`the device was lost (${reason}${message ? `: ${message.trim()}` : ''})`);
  }

  readonly #onError = (event: GPUUncapturedErrorEvent): void => this.#poison(event.error.message);

  /** Of all buffers on the device: tensors, free ones kept for the next, uniforms, reads. */
  deviceBytes(): number { return this.#disposed ? 0 : this.#buffers.bytes + this.#recorder.bytes + this.#readback.bytes; }

  allocate(length: number): StorageHandle { return { length, held: this.#buffers.take(length), used: false } satisfies Storage; }

  free(handle: StorageHandle): void { if (!this.#disposed) this.#buffers.give(storage(handle).held); }

  write(handle: StorageHandle, offset: number, data: Float32Array): void {
    const target = storage(handle);
    const { submission } = this.#recorder;
    if (target.held.lastUse >= submission) {
      if (target.used) {
        this.#submit();
      } else {
        // Only its former owner's commands use the buffer: another will do, and nothing has to be submitted early.
        const busy = target.held;
        target.held = this.#buffers.takeIdle(target.length, submission);
        this.#buffers.give(busy);
      }
    }
    this.#context.device.queue.writeBuffer(target.held.buffer, offset * 4, data as Float32Array<ArrayBuffer>);
  }

  run(program: Program, call: ProgramCall): void {
    const { inputs, ints = [], floats = [], output, others = [] } = call;
    const compiled = this.#pipelines.get(program);
    if (this.#recorder.isFull(compiled.slotBytes)) this.#submit();
    const sources = inputs.map(({ handle }) => storage(handle));
    const outputs = [output, ...others];
    const values = [...inputs.map(({ offset }) => offset), ...ints, ...floats];
    for (const used of [...sources, ...outputs.map(({ handle }) => storage(handle))]) used.used = true;
    const held = sources.map((s) => s.held);
    // Threads write four elements from the storage's beginning on: what lies elsewhere, or has neighbours, is copied there.
    const places = outputs.map(({ handle, offset, size }) => {
      const target = storage(handle);
      const direct = offset === 0 && (size === target.length || size % this.lanes === 0) && !held.includes(target.held);
      return direct ? target.held : this.#buffers.take(size);
    });
    this.#recorder.dispatch(compiled, held, places, compiled.extent(call), values);
    outputs.forEach(({ handle, offset, size }, k) => {
      const [target, place] = [storage(handle).held, places[k]];
      if (!place || place === target) return;
      this.#recorder.copy(place, target, offset * 4, size * 4);
      this.#buffers.give(place);
    });
  }

  read({ handle, offset, size }: Operand): Promise<Float32Array> {
    if (this.#failure) return Promise.reject(this.#failure);
    const { held } = storage(handle);
    held.lastUse = this.#recorder.submission;
    storage(handle).used = true;
    const read = this.#readback.copy(this.#recorder.outsidePass(), held.buffer, offset * 4, size * 4);
    // Reads that are asked for together are handed over together.
    queueMicrotask(() => { if (this.#readback.waiting) this.#submit(); });
    return read;
  }

  async caughtUp(): Promise<void> {
    this.#submit();
    await this.#context.device.queue.onSubmittedWorkDone();
    if (this.#failure) throw this.#failure;
  }

  /** Every program is translated here, or refused with an error: gpu.js has no chance to choose another mode. */
  fallbacks(): readonly string[] { return []; }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#failure ??= new ParsimonyError('state', 'gpu: this backend was disposed.');
    this.#disposed = true;
    this.#readback.abandon(this.#failure);
    this.#context.device.removeEventListener('uncapturederror', this.#onError);
    this.#recorder.dispose();
    this.#readback.dispose();
    this.#buffers.dispose();
    await release(this.#context);
  }

  #submit(): void {
    if (this.#disposed) return;
    const result = this.#recorder.submit();
    if (!result) return;
    this.#readback.submitted(this.#check(result), (error) => this.#explain(error));
    if (this.#buffers.trim(this.#recorder.submission)) this.#recorder.forgetGroups();
  }

  async #check(result: Promise<GPUError | null>): Promise<ParsimonyError | undefined> {
    await whenCaught(result, (message) => this.#poison(message));
    return this.#failure;
  }

  async #explain(refusal: unknown): Promise<unknown> {
    const patience = new Promise<void>((resolve) => { setTimeout(resolve, EXPLANATION_MS); });
    if (!this.#failure) await Promise.race([this.#context.device.lost, patience]);
    return this.#failure ?? refusal;
  }

  /** From the first error on nothing on the device can be trusted; the next read says so. */
  #poison(message: string): void {
    this.#failure ??= new ParsimonyError('backend', `gpu: mode 'webgpu' failed: ${message}. What is on the device is lost. Open a new one with \`await useBackend('gpu', { mode: 'webgpu' })\` and resume the fit from its last checkpoint.`);
  }
}
