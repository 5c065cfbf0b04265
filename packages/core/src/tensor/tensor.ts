/** The tensor: a shape and a type over a counted storage of one executor. Data leaves it only asynchronously. */
import type { Executor, StorageHandle, TensorRef } from '../backends/executor';
import { fail } from '../errors';
import type { DType, TensorData } from './dtype';
import { brand } from './find';
import { adopt, counters, forget, unwatch, watchForCollection } from './scope';
import { type Shape, showShape, sizeOf } from './shape';

/** One allocation, shared by the tensors that view it and given back with the last of them. */
export class Storage {
  refs = 0;
  constructor(readonly executor: Executor, readonly handle: StorageHandle, readonly length: number) {
    counters.bytes += length * 4;
  }

  release(): void {
    if (--this.refs > 0) return;
    counters.bytes -= this.length * 4;
    this.executor.free(this.handle);
  }
}

let nextId = 1;

/**
 * A dense row-major array of any rank. Tensors are made by `tensor`, `zeros`, … and by ops, never by `new`.
 * `data()` and `item()` copy to the host and are the only way to see values.
 */
export class Tensor<S extends Shape = Shape> implements TensorRef {
  readonly [brand] = true;
  readonly id = nextId++;
  readonly size: number;
  #disposed = false;

  /** @internal */
  constructor(readonly storage: Storage, readonly offset: number, readonly shape: S, readonly dtype: DType) {
    this.size = sizeOf(shape);
    storage.refs++;
    counters.tensors++;
    if (!adopt(this)) watchForCollection(this, storage);
  }

  get rank(): number { return this.shape.length; }
  get handle(): StorageHandle { return this.storage.handle; }
  get executor(): Executor { return this.storage.executor; }
  get disposed(): boolean { return this.#disposed; }

  /** A copy of the elements: `Float32Array`, `Int32Array`, or `Uint8Array` of 0 and 1 for bool. */
  async data(): Promise<TensorData> {
    this.assertLive('data');
    return this.executor.read(this);
  }

  /** The only element, as a number (bool as 0 or 1). */
  async item(): Promise<number> {
    if (this.size !== 1) fail('shape', `item: expected a tensor of one element, received shape ${showShape(this.shape)}.`);
    return (await this.data())[0] ?? fail('state', 'item: the read gave no element.');
  }

  /** The elements as nested arrays. */
  async array(): Promise<NestedNumbers> {
    const flat = await this.data();
    const build = (axis: number, start: number, count: number): NestedNumbers => {
      if (axis === this.shape.length) return flat[start] ?? 0;
      const n = this.shape[axis] ?? 0;
      const step = n === 0 ? 0 : count / n;
      return Array.from({ length: n }, (_, i) => build(axis + 1, start + i * step, step));
    };
    return build(0, 0, this.size);
  }

  /** Gives the storage back now. Needed only in loops of one's own that open no `scope`. Twice is harmless. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    forget(this);
    unwatch(this);
    counters.tensors--;
    this.storage.release();
  }

  /** @internal Refuses use after the storage was given back. */
  assertLive(where: string): void {
    if (this.#disposed) {
      fail('state', `${where}: this tensor of shape ${showShape(this.shape)} was already disposed: its scope ended, or an optimizer step consumed it. Return it from the scope or \`keep\` it.`);
    }
  }

  toString(): string { return `Tensor(${this.dtype}, ${showShape(this.shape)})`; }
}

export type NestedNumbers = number | readonly NestedNumbers[];
export type Scalar = Tensor<readonly []>;
