/** Reads: copies into buffers that the host can map, many to a buffer, so that what one step reports is one transfer. */
import { BufferUsage, MAP_READ } from './flags';

interface Wanted {
  readonly byteOffset: number;
  readonly bytes: number;
  readonly resolve: (data: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

interface Staging {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
  used: number;
  wanted: Wanted[];
}

/** Most reads are a few numbers; what needs more gets a buffer of its own size. */
const SMALL = 2 ** 16;
/** Mappable buffers kept for the next reads. */
const KEPT = 8;

export class Readback {
  readonly #free: Staging[] = [];
  readonly #all = new Set<Staging>();
  /** Those that commands not yet submitted copy into. */
  #filling: Staging[] = [];
  #bytes = 0;

  constructor(readonly device: GPUDevice) {}

  get bytes(): number { return this.#bytes; }
  get waiting(): boolean { return this.#filling.length > 0; }

  /** Records a copy; the promise settles after `submitted`. */
  copy(encoder: GPUCommandEncoder, source: GPUBuffer, byteOffset: number, bytes: number): Promise<Float32Array> {
    let staging = this.#filling.find((s) => s.used + bytes <= s.bytes);
    if (!staging) this.#filling.push(staging = this.#take(bytes));
    const to = staging;
    encoder.copyBufferToBuffer(source, byteOffset, to.buffer, to.used, bytes);
    return new Promise((resolve, reject) => {
      to.wanted.push({ byteOffset: to.used, bytes, resolve, reject });
      to.used += bytes;
    });
  }

  /** Hands out what was copied when it is there, unless `checked` knows of something that went wrong. */
  submitted(checked: Promise<Error | undefined>, explain: (error: unknown) => Promise<unknown>): void {
    const filled = this.#filling;
    this.#filling = [];
    for (const staging of filled) {
      const { wanted, used } = staging;
      const arrive = async (): Promise<void> => {
        try {
          const [failure] = await Promise.all([checked, staging.buffer.mapAsync(MAP_READ, 0, used)]);
          if (failure) throw failure;
          const mapped = staging.buffer.getMappedRange(0, used);
          const copies = wanted.map(({ byteOffset, bytes }) => new Float32Array(mapped.slice(byteOffset, byteOffset + bytes)));
          staging.buffer.unmap();
          this.#give(staging);
          wanted.forEach(({ resolve }, k) => resolve(copies[k] as Float32Array));
        } catch (error) {
          this.#destroy(staging);
          const reason = await explain(error);
          for (const { reject } of wanted) reject(reason);
        }
      };
      void arrive();
    }
  }

  /** Refuses what was copied and never submitted. */
  abandon(reason: unknown): void {
    for (const { wanted } of this.#filling) for (const { reject } of wanted) reject(reason);
    this.#filling = [];
  }

  dispose(): void { for (const staging of this.#all) this.#destroy(staging); }

  #take(bytes: number): Staging {
    const at = this.#free.findIndex((s) => s.bytes >= bytes && s.bytes <= Math.max(SMALL, 2 * bytes));
    const [found] = at < 0 ? [] : this.#free.splice(at, 1);
    if (found) return found;
    const size = Math.max(SMALL, bytes);
    const staging = { buffer: this.device.createBuffer({ size, usage: BufferUsage.mapRead | BufferUsage.copyDst }), bytes: size, used: 0, wanted: [] };
    this.#all.add(staging);
    this.#bytes += size;
    return staging;
  }

  #give(staging: Staging): void {
    staging.used = 0;
    staging.wanted = [];
    this.#free.push(staging);
    const oldest = this.#free.length > KEPT ? this.#free.shift() : undefined;
    if (oldest) this.#destroy(oldest);
  }

  #destroy(staging: Staging): void {
    if (!this.#all.delete(staging)) return;
    staging.buffer.destroy();
    this.#bytes -= staging.bytes;
  }
}
