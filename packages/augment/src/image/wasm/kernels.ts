/** Changes of images in WebAssembly: several times as fast as loops over typed arrays, and the same bits on every engine. */
import { fail } from '@parsimony/core';
import { base64 } from './generated';

/** What assembly/*.ts exports; places and lengths in bytes. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  mix(
    floats: boolean, from: number, width: number, wide: number, to: number, m: number, n: number,
    rowStarts: number, rowWeights: number, rowCount: number, rowStride: number, starts: number, weights: number, stride: number, sums: number,
  ): void;
  pick(from: number, width: number, to: number, m: number, n: number, rowStarts: number, starts: number): void;
  pickFloats: Kernels['pick'];

  keepBits(at: number, n: number, mask: number): void;
  invertFrom(at: number, n: number, threshold: number): void;
  blend(at: number, n: number, from: number, scale: number, share: number): void;
  grey(at: number, plane: number, n: number): void;
  saturate(at: number, plane: number, n: number, own: number, other: number): void;
  sum(at: number, n: number): number;
  extent(at: number, n: number): number;
  sharpen(from: number, to: number, height: number, width: number, own: number, other: number): void;

  flipRows(from: number, to: number, rows: number, n: number): void;
  mirrorRows(from: number, to: number, rows: number, n: number): void;
  copyRows(from: number, stride: number, to: number, step: number, rows: number, n: number): void;
}

let loaded: Kernels | undefined;

/** Small enough to be compiled on the main thread of a page. */
export function kernels(): Kernels {
  if (loaded) return loaded;
  try {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    loaded = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Kernels;
    return loaded;
  } catch (cause) {
    return fail('backend', `transforms of images: this environment has no WebAssembly with SIMD: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
