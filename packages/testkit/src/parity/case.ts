/** One run of one kernel, and the makers of its inputs. */
import type { Attrs, DType } from '@parsimony/core';
import type { HostTensor, KernelRun } from '../run-kernel';
import { sample } from '../sample';

export interface KernelCase extends KernelRun {
  /** What is special about it. */
  readonly label: string;
  /** Float outputs keep |a - b| <= rtol (|b| + rms b); int32 and bool ones are equal. */
  readonly rtol: number;
  /** Has NaN or infinities among its inputs, which compilers of shaders may not honour. */
  readonly nonFinite?: boolean;
}

export interface CaseDetails {
  readonly attrs?: Attrs;
  readonly scalars?: readonly number[];
  readonly nonFinite?: boolean;
}

export type Output = KernelRun['outputs'][number];
export type CaseMaker = (label: string, inputs: readonly HostTensor[], outputs: readonly (Output | readonly number[])[], details?: CaseDetails) => KernelCase;

/** A maker of cases of one kernel; an output given as a shape alone is float32. */
export const casesOf = (kernel: string, rtol: number): CaseMaker => (label, inputs, outputs, details = {}) => ({
  kernel, label, rtol, inputs, ...details, outputs: outputs.map((y): Output => ('shape' in y ? y : { shape: y })),
});

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Data drawn where it is read, so that a table of cases is made in no time and holds none. */
const drawn = (shape: readonly number[], dtype: DType, draw: (size: number) => ArrayLike<number>): HostTensor => ({ shape, dtype, get data() { return draw(sizeOf(shape)); } });

/** Random float32 numbers in [low, high), -2 to 2 by default. */
export const float = (shape: readonly number[], { seed = 1, low = -2, high = 2 }: { seed?: number; low?: number; high?: number } = {}): HostTensor =>
  drawn(shape, 'float32', (size) => sample(size, { seed, low, high }));

/** Random whole numbers in [low, high). */
export const int = (shape: readonly number[], { seed = 1, low = -9, high = 10 }: { seed?: number; low?: number; high?: number } = {}): HostTensor =>
  drawn(shape, 'int32', (size) => sample(size, { seed, low: 0, high: 1 }).map((u) => low + Math.floor(u * (high - low))));

export const bool = (shape: readonly number[], { seed = 1 }: { seed?: number } = {}): HostTensor =>
  drawn(shape, 'bool', (size) => sample(size, { seed }).map((u) => (u < 0 ? 0 : 1)));

/** Random numbers of a type, for kernels that copy any. */
export const any = (dtype: DType, shape: readonly number[], seed = 1): HostTensor =>
  (dtype === 'float32' ? float : dtype === 'int32' ? int : bool)(shape, { seed });

/** Given values, of shape [n] unless said otherwise; rounded to float32, so that every executor begins with the same. */
export const values = (data: readonly number[], shape: readonly number[] = [data.length], dtype: DType = 'float32'): HostTensor =>
  ({ data: dtype === 'float32' ? data.map(Math.fround) : data, shape, dtype });

export const types: readonly DType[] = ['float32', 'int32', 'bool'];
/** Results that are copies or whole numbers: equal. */
export const EXACT = 0;
/** One to four roundings: a few units of float32's last place, 6e-8. */
export const ROUNDED = 1e-6;
/** Sums of many products in an order of the executor's choosing. */
export const SUMMED = 1e-5;
