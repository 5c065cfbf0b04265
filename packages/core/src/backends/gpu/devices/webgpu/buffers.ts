/**
 * Buffers by size class, given back and taken again in program order. A buffer that commands not yet submitted use may serve
 * later commands, which run after them; it may not be written by the host, whose writes would overtake them.
 */
import { BufferUsage } from './flags';
import { whenCaught } from './scope';

export interface PooledBuffer {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly bytes: number;
  /** The submission that last used it; the one being recorded has the highest number. */
  lastUse: number;
}

/** What a tensor's storage is here; its buffer is exchanged when the host writes to one that is still in use. */
export interface Storage {
  readonly length: number;
  held: PooledBuffer;
  /** Whether a command has used it, so that its contents are wanted. */
  used: boolean;
}

/** Free buffers that no submission used for so long go back to the device, where they are worth the trouble. */
const IDLE_SUBMISSIONS = 200;
const WORTH_TRIMMING = 64 * 2 ** 20;

const storageUsage = BufferUsage.storage | BufferUsage.copySrc | BufferUsage.copyDst;

export class Buffers {
  readonly #free = new Map<number, PooledBuffer[]>();
  readonly #all = new Set<PooledBuffer>();
  #freeBytes = 0;
  #bytes = 0;
  #made = 0;

  /** `maxBytes`: the most one binding may have. `onError` hears that there is no memory left. */
  constructor(readonly device: GPUDevice, readonly maxBytes: number, readonly onError: (message: string) => void) {}

  /** Of all buffers, free ones too. */
  get bytes(): number { return this.#bytes; }

  take(length: number): PooledBuffer {
    const bytes = this.sizeClass(length * 4);
    const free = this.#free.get(bytes)?.pop();
    if (!free) return this.#make(bytes);
    this.#freeBytes -= bytes;
    return free;
  }

  /** One that no command of `submission`, which is being recorded, uses. */
  takeIdle(length: number, submission: number): PooledBuffer {
    const bytes = this.sizeClass(length * 4);
    const free = this.#free.get(bytes) ?? [];
    const at = free.findIndex(({ lastUse }) => lastUse < submission);
    const [found] = at < 0 ? [] : free.splice(at, 1);
    if (!found) return this.#make(bytes);
    this.#freeBytes -= bytes;
    return found;
  }

  give(held: PooledBuffer): void {
    const free = this.#free.get(held.bytes);
    if (free) free.push(held); else this.#free.set(held.bytes, [held]);
    this.#freeBytes += held.bytes;
  }

  /** Gives buffers back to the device that have been idle for long; returns whether there were any. */
  trim(submission: number): boolean {
    if (this.#freeBytes < WORTH_TRIMMING) return false;
    const idle = ({ lastUse }: PooledBuffer): boolean => lastUse < submission - IDLE_SUBMISSIONS;
    let any = false;
    for (const [bytes, free] of this.#free) {
      for (const held of free.filter(idle)) {
        this.#destroy(held);
        this.#freeBytes -= bytes;
        any = true;
      }
      this.#free.set(bytes, free.filter((held) => !idle(held)));
    }
    return any;
  }

  dispose(): void {
    for (const held of this.#all) this.#destroy(held);
    this.#free.clear();
    this.#freeBytes = 0;
  }

  /** Four classes to a doubling, so that at most a quarter is unused; multiples of 16 bytes, a thread's four elements. */
  sizeClass(bytes: number): number {
    if (bytes <= 256) return Math.max(16, Math.ceil(bytes / 16) * 16);
    const step = 2 ** (Math.ceil(Math.log2(bytes)) - 3);
    return Math.min(Math.ceil(bytes / step) * step, this.maxBytes);
  }

  #make(bytes: number): PooledBuffer {
    this.device.pushErrorScope('out-of-memory');
    const held = { id: this.#made++, buffer: this.device.createBuffer({ size: bytes, usage: storageUsage }), bytes, lastUse: -1 };
    const inUse = this.#bytes;
    void whenCaught(this.device.popErrorScope(), (message) => {
      this.onError(`there is no memory left for ${bytes} bytes more beside the ${inUse} in use (${message}); a smaller batch needs less`);
    });
    this.#all.add(held);
    this.#bytes += bytes;
    return held;
  }

  #destroy(held: PooledBuffer): void {
    held.buffer.destroy();
    this.#all.delete(held);
    this.#bytes -= held.bytes;
  }
}
