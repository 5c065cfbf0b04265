/** The compiled kernels: choice of the build, decoding, and the variant without shared memory. */

/** What the WebAssembly module exports. */
export interface KernelExports {
  readonly heapBase: () => number;
  readonly scratchBytes: () => number;
  readonly setScratch: (at: number) => void;
  /** Runs every chunk of a task on this thread. */
  readonly run: (task: number, chunks: number) => void;
  /** Runs them on all threads; 0 where a worker died. */
  readonly fork: (task: number, chunks: number) => number;
  readonly stop: () => void;
  /** The first position of an index outside [0, limit), or -1. */
  readonly badIndex: (index: number, count: number, limit: number) => number;
}

export type Build = 'baseline' | 'relaxed';

/** A module of one function that uses f32x4.relaxed_madd. */
const relaxedProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 20, 1, 18, 0,
  65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 26, 11,
]);

export const hasRelaxedSimd = (): boolean => WebAssembly.validate(relaxedProbe);

/** The bytes of a build; the modules are large strings and are loaded only when asked for. */
export async function loadBuild(build: Build): Promise<Uint8Array<ArrayBuffer>> {
  const { base64 } = build === 'relaxed' ? await import('./generated/relaxed') : await import('./generated/baseline');
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The same module with its memory import declared unshared, for places where no shared memory can be made. */
export function withUnsharedMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  let at = 8;
  while (at < copy.length) {
    const section = copy[at++];
    const [size, start] = leb(copy, at);
    if (section === 2) {
      copy[memoryFlags(copy, start)] = 1;
      return copy;
    }
    at = start + size;
  }
  throw new Error('wasm: the module imports no memory.');
}

/** Where the limits' flags of the first import, the memory, stand. */
function memoryFlags(bytes: Uint8Array, section: number): number {
  let [, at] = leb(bytes, section);
  for (let name = 0; name < 2; name++) {
    const [length, start] = leb(bytes, at);
    at = start + length;
  }
  if (bytes[at] !== 2 || bytes[at + 1] !== 3) throw new Error('wasm: the first import is not a shared memory.');
  return at + 1;
}

/** An unsigned LEB128 number and the position behind it. */
function leb(bytes: Uint8Array, at: number): [number, number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
}
