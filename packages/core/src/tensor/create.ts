/** Tensors from the host: literals, constants and ranges. */
import { currentExecutor } from '../backends/registry';
import type { Executor } from '../backends/executor';
import { fail, show } from '../errors';
import { checkChoice, checkOptions } from '../options';
import type { DType } from './dtype';
import { checkShape, type Shape, showShape, sizeOf } from './shape';
import { Storage, Tensor } from './tensor';

export type Nested = number | boolean | readonly Nested[];
export interface TensorOptions {
  readonly dtype?: DType;
}

const hostTypes = [Float32Array, Float64Array, Int32Array, Uint8Array] as const;

/** @internal A tensor over fresh, unwritten memory. */
export function allocate(executor: Executor, shape: Shape, dtype: DType): Tensor {
  const size = sizeOf(shape);
  return new Tensor(new Storage(executor, executor.allocate(size), size), 0, shape, dtype);
}

/** @internal A tensor from flat host data on a given executor. */
export function upload(executor: Executor, data: ArrayLike<number>, shape: Shape, dtype: DType): Tensor {
  const out = allocate(executor, shape, dtype);
  executor.write(out, data);
  return out;
}

/**
 * A tensor from nested arrays, or from flat data and a shape. The type is float32 unless the data is `Int32Array` (int32),
 * `Uint8Array` with `dtype: 'bool'`, or made of booleans (bool), or `dtype` says otherwise.
 *
 * @throws shape: ragged nesting, or a shape that does not hold the data.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * await ready();
 * tensor([[1, 2, 3], [4, 5, 6]]).shape; // => [2, 3]
 * await tensor(new Float32Array([1, 2, 3, 4]), [2, 2]).array(); // => [[1, 2], [3, 4]]
 * ```
 */
export function tensor(data: Nested | Float32Array | Float64Array | Int32Array | Uint8Array, shape?: Shape | TensorOptions, options: TensorOptions = {}): Tensor {
  const explicit = Array.isArray(shape) ? checkShape('tensor', shape as Shape) : undefined;
  const settings = explicit || shape === undefined ? options : shape as TensorOptions;
  const typed = ArrayBuffer.isView(data);
  if (typed && !hostTypes.some((type) => data instanceof type)) {
    fail('dtype', `tensor: typed data must be Float32Array, Float64Array, Int32Array or Uint8Array, received ${show(data)}. Convert it first.`);
  }
  const flat: (number | boolean)[] = [];
  const inferred = typed ? [data.length] : flatten(data as Nested, flat);
  const values = typed ? data : flat as readonly (number | boolean)[];
  const boolean = !typed && flat.length > 0 && flat.every((v) => typeof v === 'boolean');
  const dtype = dtypeOf('tensor', settings) ?? (boolean ? 'bool' : data instanceof Int32Array ? 'int32' : 'float32');
  const final = explicit ?? inferred;
  if (sizeOf(final) !== values.length) {
    fail('shape', `tensor: a shape of ${showShape(final)} holds ${sizeOf(final)} elements, received ${values.length}.`);
  }
  const numbers = typed ? data : Array.from(flat, Number);
  // By the rule of casts, on which executors need not agree when they write: NaN is not 0.
  return upload(currentExecutor(), dtype === 'bool' ? Uint8Array.from(numbers, (v) => Number(v !== 0)) : numbers, final, dtype);
}

/** The type that options ask for. */
function dtypeOf(where: string, options: TensorOptions): DType | undefined {
  checkOptions(where, options, ['dtype']);
  return options.dtype === undefined ? undefined : checkChoice<DType>(where, 'dtype', options.dtype, ['float32', 'int32', 'bool']);
}

/** Appends the leaves to `out` and returns the shape. */
function flatten(value: Nested, out: (number | boolean)[]): number[] {
  if (!Array.isArray(value)) {
    if (typeof value !== 'number' && typeof value !== 'boolean') fail('dtype', `tensor: elements must be numbers or booleans, received ${show(value)}.`);
    out.push(value);
    return [];
  }
  const items = value as readonly Nested[];
  let inner: number[] | undefined;
  items.forEach((item, i) => {
    const shape = flatten(item, out);
    inner ??= shape;
    if (shape.join() !== inner.join()) fail('shape', `tensor: rows must have equal lengths: item 0 has shape ${showShape(inner)}, item ${i} has ${showShape(shape)}.`);
  });
  return [items.length, ...(inner ?? [])];
}

/**
 * A tensor of `shape` with every element `value`; int32 truncates it, bool tests for not 0.
 *
 * @throws shape: sizes that are not whole numbers of 0 or more; dtype: a value that is no number; option: a bad option.
 * @example
 * ```ts
 * import { full, ready } from '@parsimony/core';
 * await ready();
 * await full([2], 0.5).array(); // => [0.5, 0.5]
 * ```
 */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  const executor = currentExecutor();
  const dtype = dtypeOf('full', options) ?? 'float32';
  if (typeof value !== 'number') fail('dtype', `full: the value must be a number, received ${show(value)}.`);
  const out = allocate(executor, checkShape('full', shape), dtype);
  executor.run({ kernel: 'fill', inputs: [], outputs: [out], attrs: {}, scalars: [dtype === 'float32' ? value : dtype === 'bool' ? Number(value !== 0) : Math.trunc(value)] });
  return out;
}

/**
 * A tensor of `shape` with every element 0; float32 unless `dtype` says otherwise.
 *
 * @throws as `full`.
 * @example
 * ```ts
 * import { ready, zeros } from '@parsimony/core';
 * await ready();
 * await zeros([1, 2]).array(); // => [[0, 0]]
 * ```
 */
export const zeros = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 0, options);
/**
 * A tensor of `shape` with every element 1; float32 unless `dtype` says otherwise.
 *
 * @throws as `full`.
 * @example
 * ```ts
 * import { ones, ready } from '@parsimony/core';
 * await ready();
 * await ones([1, 2]).array(); // => [[1, 1]]
 * ```
 */
export const ones = (shape: Shape, options?: TensorOptions): Tensor => full(shape, 1, options);
/**
 * A tensor of one element and no axes.
 *
 * @throws dtype: a value that is no number; option: a bad option.
 * @example
 * ```ts
 * import { ready, scalar } from '@parsimony/core';
 * await ready();
 * await scalar(3).item(); // => 3
 * ```
 */
export const scalar = (value: number, options?: TensorOptions): Tensor<readonly []> => full([], value, options) as Tensor<readonly []>;

/**
 * start, start + step, … up to but without `stop`; from 0 to `start` where only that is given. int32 where start and step are
 * whole, else float32.
 *
 * @throws option: a bound that is not finite, or a step of 0.
 * @example
 * ```ts
 * import { arange, ready } from '@parsimony/core';
 * await ready();
 * await arange(0, 6, 2).array(); // => [0, 2, 4]
 * ```
 */
export function arange(start: number, stop?: number, step = 1, options: TensorOptions = {}): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (!Number.isFinite(from) || !Number.isFinite(to) || !Number.isFinite(step) || step === 0) {
    fail('option', `arange: start, stop and step must be finite and step not 0, received ${show([from, to, step])}.`);
  }
  const dtype = dtypeOf('arange', options) ?? (Number.isInteger(from) && Number.isInteger(step) ? 'int32' : 'float32');
  const count = Math.max(0, Math.ceil((to - from) / step));
  return upload(currentExecutor(), Float64Array.from({ length: count }, (_, i) => from + i * step), [count], dtype);
}

/**
 * The identity matrix [n, n], float32.
 *
 * @throws shape: `n` is not a whole number of 0 or more.
 * @example
 * ```ts
 * import { eye, ready } from '@parsimony/core';
 * await ready();
 * await eye(2).array(); // => [[1, 0], [0, 1]]
 * ```
 */
export function eye(n: number): Tensor {
  const shape = checkShape('eye', [n, n]);
  const data = new Float32Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return upload(currentExecutor(), data, shape, 'float32');
}
