/** The kernels of `resize` in WebAssembly: several times as fast as loops over typed arrays, and the same bits on every engine. */
import { fail } from '@parsimony/core';
import type { Pixels } from '../../transform/transform';
import type { Taps } from './resize-taps';
import { base64 } from './resample-wasm';

interface Exports {
  readonly memory: WebAssembly.Memory;
  mix(
    floats: boolean, from: number, width: number, wide: number, to: number, m: number, n: number,
    rowStarts: number, rowWeights: number, rowCount: number, rowStride: number, starts: number, weights: number, stride: number, sums: number,
  ): void;
  pick(from: number, width: number, to: number, m: number, n: number, rowStarts: number, starts: number): void;
  pickFloats: Exports['pick'];
}

let loaded: Exports | undefined;

/** Small enough to be compiled on the main thread of a page. */
function kernels(): Exports {
  if (loaded) return loaded;
  try {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    loaded = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Exports;
    return loaded;
  } catch (cause) {
    return fail('backend', `resize: this environment has no WebAssembly with SIMD: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Hands out places in the module's memory, one after the other. */
class Places {
  private end = 0;

  take(bytes: number): number {
    const at = this.end;
    // Loads and stores of 16 elements may reach past an end.
    this.end = (at + bytes + 79) & ~15;
    return at;
  }

  /** Grows the memory to hold all of them. */
  reserve(memory: WebAssembly.Memory): void {
    const missing = this.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  }
}

/** Part of an image, its top left corner and sides in pixels, through `rows` and `columns` of taps into `out`. */
export function resampleInto(image: Pixels, region: { readonly top: number; readonly left: number; readonly height: number; readonly width: number }, out: Pixels, rows: Taps, columns: Taps): void {
  const { memory, mix, pick, pickFloats } = kernels();
  const floats = image.data instanceof Float32Array;
  const size = floats ? 4 : 1;
  const [m, n] = [out.height, out.width];
  const places = new Places();
  const rowStarts = places.take(rows.starts.byteLength);
  const rowWeights = places.take(rows.weights.byteLength);
  const starts = places.take(columns.starts.byteLength);
  const weights = places.take(columns.weights.byteLength);
  const sums = places.take(4 * (region.width + 32));
  const from = places.take(region.height * image.width * size);
  const to = places.take(m * n * size);
  places.reserve(memory);

  const { buffer } = memory;
  new Int32Array(buffer, rowStarts).set(rows.starts);
  new Float32Array(buffer, rowWeights).set(rows.weights);
  new Int32Array(buffer, starts).set(columns.starts);
  new Float32Array(buffer, weights).set(columns.weights);
  const Type = floats ? Float32Array : Uint8Array;
  const input = new Type(buffer, from, region.height * image.width);
  const output = new Type(buffer, to, m * n);
  for (let c = 0; c < image.channels; c++) {
    const first = (c * image.height + region.top) * image.width;
    input.set(image.data.subarray(first, first + input.length));
    if (rows.pick && columns.pick) (floats ? pickFloats : pick)(from + region.left * size, image.width, to, m, n, rowStarts, starts);
    else mix(floats, from + region.left * size, image.width, region.width, to, m, n, rowStarts, rowWeights, rows.count, rows.stride, starts, weights, columns.stride, sums);
    out.data.set(output, c * m * n);
  }
}
