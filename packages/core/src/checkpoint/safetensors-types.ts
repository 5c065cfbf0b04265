/** The element types of safetensors files: their size, and how they become ours. */
import { fail } from '../errors';
import type { DType, TensorData } from '../tensor/dtype';
import { fromBfloat16, fromFloat16 } from './half';

interface FileType {
  /** Of an element, in bytes. */
  readonly size: number;
  readonly dtype: DType;
  /** `bytes` begin at a fresh buffer, so that views of any type fit. Throws a RangeError where a number has no place in int32. */
  convert(bytes: Uint8Array): TensorData;
}

const int32 = (values: Iterable<number | bigint>): Int32Array => Int32Array.from(values as Iterable<number>, (value) => {
  const n = Number(value);
  if (n < -(2 ** 31) || n >= 2 ** 31) throw new RangeError(`it holds ${value}, which int32 does not`);
  return n;
});
const float32 = (halves: Uint16Array, one: (half: number) => number): Float32Array => Float32Array.from(halves, one);

/** float64 stays as it is until an executor takes it. */
const fileTypes: Readonly<Record<string, FileType>> = {
  BOOL: { size: 1, dtype: 'bool', convert: (b) => b.map((v) => (v === 0 ? 0 : 1)) },
  U8: { size: 1, dtype: 'int32', convert: (b) => int32(b) },
  I8: { size: 1, dtype: 'int32', convert: (b) => int32(new Int8Array(b.buffer)) },
  U16: { size: 2, dtype: 'int32', convert: (b) => int32(new Uint16Array(b.buffer)) },
  I16: { size: 2, dtype: 'int32', convert: (b) => int32(new Int16Array(b.buffer)) },
  U32: { size: 4, dtype: 'int32', convert: (b) => int32(new Uint32Array(b.buffer)) },
  I32: { size: 4, dtype: 'int32', convert: (b) => new Int32Array(b.buffer) },
  U64: { size: 8, dtype: 'int32', convert: (b) => int32(new BigUint64Array(b.buffer)) },
  I64: { size: 8, dtype: 'int32', convert: (b) => int32(new BigInt64Array(b.buffer)) },
  F16: { size: 2, dtype: 'float32', convert: (b) => float32(new Uint16Array(b.buffer), fromFloat16) },
  BF16: { size: 2, dtype: 'float32', convert: (b) => float32(new Uint16Array(b.buffer), fromBfloat16) },
  F32: { size: 4, dtype: 'float32', convert: (b) => new Float32Array(b.buffer) },
  F64: { size: 8, dtype: 'float32', convert: (b) => new Float64Array(b.buffer) },
};

/** What we write, in the order in which files hold them: wider ones first, so that all are aligned. */
export const writtenTypes = ['F64', 'F32', 'I32', 'BOOL'] as const;

export function fileTypeOf(dtype: DType, data: TensorData): typeof writtenTypes[number] {
  if (data instanceof Float64Array) return 'F64';
  return dtype === 'float32' ? 'F32' : dtype === 'int32' ? 'I32' : 'BOOL';
}

export function fileType(where: string, name: string, type: unknown): FileType {
  const known = typeof type === 'string' ? fileTypes[type] : undefined;
  return known ?? fail('file', `${where}: the tensor \`${name}\` is of the type ${String(type)}; known: ${Object.keys(fileTypes).join(', ')}.`);
}
