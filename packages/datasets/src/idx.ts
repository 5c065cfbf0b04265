/** The IDX format of MNIST and its kin: a magic number, sizes, then elements, big-endian. */
import { checkNumber, checkOptions, fail } from '@parsimony/core';

export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
export interface IdxArray { readonly shape: readonly number[]; readonly data: IdxData }

interface ElementType { readonly bytes: number; make(count: number): IdxData; read(view: DataView, at: number): number }

const types: Readonly<Record<number, ElementType>> = {
  0x08: { bytes: 1, make: (n) => new Uint8Array(n), read: (v, at) => v.getUint8(at) },
  0x09: { bytes: 1, make: (n) => new Int8Array(n), read: (v, at) => v.getInt8(at) },
  0x0b: { bytes: 2, make: (n) => new Int16Array(n), read: (v, at) => v.getInt16(at) },
  0x0c: { bytes: 4, make: (n) => new Int32Array(n), read: (v, at) => v.getInt32(at) },
  0x0d: { bytes: 4, make: (n) => new Float32Array(n), read: (v, at) => v.getFloat32(at) },
  0x0e: { bytes: 8, make: (n) => new Float64Array(n), read: (v, at) => v.getFloat64(at) },
};

export interface ParseIdxOptions {
  /** Entries of the first axis to read, 1 or more, at most those there are; what lies behind them is not looked at. Default: all. */
  readonly limit?: number;
}

/**
 * Parses an IDX file: bytes 0, 0, element type, number of axes; a 32-bit size for each axis; the elements.
 *
 * @param bytes - The whole file, not compressed.
 * @param name - What to call it in errors.
 * @throws option: an unknown option, or a limit out of range. data: not an IDX file, an unknown element type, or another length than the sizes ask for (a truncated file).
 * @example
 * ```ts
 * import { parseIdx } from '@parsimony/datasets';
 * const { shape, data } = parseIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]));
 * shape; // => [3]
 * Array.from(data); // => [7, 2, 1]
 * ```
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", file formats.
 */
export function parseIdx(bytes: Uint8Array, name = 'IDX data', options: ParseIdxOptions = {}): IdxArray {
  checkOptions('parseIdx', options, ['limit']);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0) {
    const start = [...bytes.subarray(0, 4)].join(' ') || 'nothing';
    fail('data', `${name}: expected an IDX file, which begins with two zero bytes, received ${start}.${bytes[0] === 0x1f && bytes[1] === 0x8b ? ' This is gzip: decompress it first.' : ''}`);
  }
  const code = view.getUint8(2);
  const type = types[code] ?? fail('data', `${name}: element type 0x${code.toString(16)} is not one of IDX's: ${Object.keys(types).map((t) => `0x${Number(t).toString(16)}`).join(', ')}.`);
  const rank = view.getUint8(3);
  const start = 4 + 4 * rank;
  if (bytes.length < start) fail('data', `${name}: truncated: a header of ${rank} axes takes ${start} bytes, the file has ${bytes.length}.`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (options.limit !== undefined) shape[0] = checkNumber(name, 'limit', options.limit, { min: 1, max: shape[0] ?? 0, integer: true });
  const count = shape.reduce((product, n) => product * n, 1);
  const expected = start + count * type.bytes;
  if (bytes.length < expected || (bytes.length > expected && options.limit === undefined)) {
    const what = bytes.length < expected ? 'truncated' : 'longer than its header says';
    fail('data', `${name}: ${what}: shape [${shape.join(', ')}] takes ${expected} bytes, the file has ${bytes.length}. Download or copy it again.`);
  }
  const data = type.make(count);
  if (data instanceof Uint8Array) data.set(bytes.subarray(start, expected));
  else for (let i = 0; i < count; i++) data[i] = type.read(view, start + i * type.bytes);
  return { shape, data };
}
