/**
 * Commands recorded into one encoder and submitted together. WebGPU orders what one pass dispatches by the buffers it uses, so
 * a pass holds as many dispatches as come before a copy. The uniforms of all of them lie in one buffer, written once a submit.
 */
import type { PooledBuffer } from './buffers';
import { BufferUsage } from './flags';
import type { Compiled, Extent } from './pipelines';
import { WORKGROUP } from './translate';

/** Dispatches after which recorded work is handed over, so that the device has something to do while the host records on. */
const BATCH = 64;
/** Bind groups kept; a training step's recur each step. */
const GROUPS_KEPT = 8192;

export class Recorder {
  /** The number of the submission being recorded. */
  submission = 0;
  readonly #uniforms: GPUBuffer;
  readonly #mirror: ArrayBuffer;
  readonly #words: { readonly u32: Uint32Array; readonly i32: Int32Array; readonly f32: Float32Array };
  readonly #groups = new Map<string, GPUBindGroup>();
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #uniformBytes = 0;
  #dispatches = 0;

  constructor(readonly device: GPUDevice) {
    const bytes = BATCH * 4 * device.limits.minUniformBufferOffsetAlignment;
    this.#uniforms = device.createBuffer({ size: bytes, usage: BufferUsage.uniform | BufferUsage.copyDst });
    this.#mirror = new ArrayBuffer(bytes);
    this.#words = { u32: new Uint32Array(this.#mirror), i32: new Int32Array(this.#mirror), f32: new Float32Array(this.#mirror) };
  }

  get bytes(): number { return this.#mirror.byteLength; }

  /** Whether the next call should come after a submit. */
  isFull(slotBytes: number): boolean { return this.#dispatches >= BATCH || this.#uniformBytes + slotBytes > this.#mirror.byteLength; }

  dispatch(compiled: Compiled, inputs: readonly PooledBuffer[], outputs: readonly PooledBuffer[], { count, groups }: Extent, values: readonly number[]): void {
    const offset = this.#uniformBytes;
    this.#uniformBytes += compiled.slotBytes;
    const most = this.device.limits.maxComputeWorkgroupsPerDimension;
    let x = groups;
    const y = Math.ceil(x / most);
    x = Math.ceil(x / y);
    const { u32, i32, f32 } = this.#words;
    const base = offset / 4;
    u32[base] = count;
    u32[base + 1] = 1;
    u32[base + 2] = 1;
    u32[base + 3] = x * WORKGROUP;
    // The dimensions of tensors between are multiplied by indices that are 0 and need no values.
    compiled.scalars.forEach(({ offset: at, type }, k) => {
      (type === 'Integer' ? i32 : f32)[base + at / 4] = values[k] as number;
    });
    const pass = this.#pass ??= this.encoder().beginComputePass();
    pass.setPipeline(compiled.pipeline);
    pass.setBindGroup(0, this.#group(compiled, inputs, outputs), [offset]);
    pass.dispatchWorkgroups(x, y);
    for (const held of [...inputs, ...outputs]) held.lastUse = this.submission;
    this.#dispatches++;
  }

  copy(from: PooledBuffer, to: PooledBuffer, toByteOffset: number, bytes: number): void {
    this.outsidePass().copyBufferToBuffer(from.buffer, 0, to.buffer, toByteOffset, bytes);
    from.lastUse = to.lastUse = this.submission;
  }

  encoder(): GPUCommandEncoder { return this.#encoder ??= this.device.createCommandEncoder(); }

  /** The encoder, for what a compute pass cannot do. */
  outsidePass(): GPUCommandEncoder {
    this.#pass?.end();
    this.#pass = undefined;
    return this.encoder();
  }

  /** Submits what was recorded; the promise tells of a validation error. Undefined where there was nothing. */
  submit(): Promise<GPUError | null> | undefined {
    if (!this.#encoder) return undefined;
    const { device } = this;
    const encoder = this.outsidePass();
    device.pushErrorScope('validation');
    if (this.#uniformBytes > 0) device.queue.writeBuffer(this.#uniforms, 0, this.#mirror, 0, this.#uniformBytes);
    device.queue.submit([encoder.finish()]);
    this.#encoder = undefined;
    this.#uniformBytes = 0;
    this.#dispatches = 0;
    this.submission++;
    return device.popErrorScope();
  }

  /** Bind groups name buffers; none may outlive theirs. */
  forgetGroups(): void { this.#groups.clear(); }

  dispose(): void {
    this.forgetGroups();
    this.#uniforms.destroy();
  }

  #group({ layout, slotBytes }: Compiled, inputs: readonly PooledBuffer[], outputs: readonly PooledBuffer[]): GPUBindGroup {
    let key = `${slotBytes}`;
    for (const { id } of inputs) key += `,${id}`;
    for (const { id } of outputs) key += `>${id}`;
    const found = this.#groups.get(key);
    if (found) return found;
    if (this.#groups.size >= GROUPS_KEPT) this.#groups.clear();
    const group = this.device.createBindGroup({
      layout,
      entries: [
        { binding: 0, resource: { buffer: this.#uniforms, size: slotBytes } },
        ...[...inputs, ...outputs].map(({ buffer }, k) => ({ binding: k + 1, resource: { buffer } })),
      ],
    });
    this.#groups.set(key, group);
    return group;
  }
}
