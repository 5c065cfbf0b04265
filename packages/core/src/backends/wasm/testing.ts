/** @internal For this folder's tests: runs one command on host data. */
import type { DType, TensorData } from '../../tensor/dtype';
import { sizeOf } from '../../tensor/shape';
import type { Attrs, TensorRef } from '../executor';
import { WasmExecutor } from './executor';

export interface Bench {
  readonly executor: WasmExecutor;
  floats(data: ArrayLike<number>, shape?: readonly number[]): TensorRef;
  ints(data: ArrayLike<number>, shape?: readonly number[]): TensorRef;
  bools(data: ArrayLike<number>, shape?: readonly number[]): TensorRef;
  like(shape: readonly number[], dtype?: DType): TensorRef;
  /** Runs a kernel, gives its outputs and frees everything. */
  run(kernel: string, inputs: readonly TensorRef[], outputs: readonly TensorRef[], attrs?: Attrs, scalars?: readonly number[]): Promise<TensorData[]>;
}

export async function bench(options: Readonly<Record<string, unknown>> = { threads: 1 }): Promise<Bench> {
  const executor = new WasmExecutor(options);
  await executor.ready();
  const like = (shape: readonly number[], dtype: DType = 'float32'): TensorRef => {
    const size = sizeOf(shape);
    return { handle: executor.allocate(size), offset: 0, shape, size, dtype };
  };
  const upload = (dtype: DType) => (data: ArrayLike<number>, shape: readonly number[] = [data.length]): TensorRef => {
    const ref = like(shape, dtype);
    executor.write(ref, data);
    return ref;
  };
  return {
    executor,
    floats: upload('float32'),
    ints: upload('int32'),
    bools: upload('bool'),
    like,
    async run(kernel, inputs, outputs, attrs = {}, scalars = []) {
      try {
        executor.run({ kernel, inputs, outputs, attrs, scalars });
        return await Promise.all(outputs.map((y) => executor.read(y)));
      } finally {
        for (const handle of new Set([...inputs, ...outputs].map((r) => r.handle))) executor.free(handle);
      }
    },
  };
}

/** Numbers in [-1, 1) that look random and are the same each time. */
export function noise(count: number, seed = 1): Float32Array {
  let state = (seed * 2654435761) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** The largest error against |truth| + rms truth, the measure of the whole project. */
export function close(got: ArrayLike<number>, truth: ArrayLike<number>): number {
  if (got.length !== truth.length) return Infinity;
  let squares = 0;
  for (let i = 0; i < truth.length; i++) if (Number.isFinite(truth[i]!)) squares += truth[i]! ** 2;
  const rms = Math.sqrt(squares / Math.max(truth.length, 1));
  let worst = 0;
  for (let i = 0; i < truth.length; i++) {
    const a = got[i]!;
    const t = truth[i]!;
    if (Object.is(a, t) || a === t) continue;
    const error = Math.abs(a - t) / (Math.abs(t) + rms);
    if (!(error <= worst)) worst = Number.isNaN(error) ? Infinity : error;
  }
  return worst;
}

/** Distance in units of the last place of the float32 nearest to the true value. */
export function ulps(got: number, truth: number): number {
  if (Number.isNaN(truth)) return Number.isNaN(got) ? 0 : Infinity;
  const want = Math.fround(truth);
  if (got === want) return 0;
  if (!Number.isFinite(want) || !Number.isFinite(got)) return Infinity;
  const size = Math.max(2 ** -149, 2 ** (Math.floor(Math.log2(Math.abs(want) || 2 ** -149)) - 23));
  return Math.abs(got - truth) / size;
}

/** Whether arrays hold the same bits; far quicker than an element-by-element comparison. */
export function sameBits(a: readonly TensorData[], b: readonly TensorData[]): boolean {
  return a.length === b.length && a.every((x, i) => {
    const y = b[i]!;
    return x.length === y.length && Buffer.compare(Buffer.from(x.buffer, x.byteOffset, x.byteLength), Buffer.from(y.buffer, y.byteOffset, y.byteLength)) === 0;
  });
}
