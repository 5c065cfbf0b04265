/**
 * The seam between ops and machines. An op infers shapes on the host and enqueues commands; an executor runs the kernel
 * table on storages that it owns. Commands, reads, writes and frees take effect in program order.
 */
import type { DType, TensorData } from '../tensor/dtype';
import type { Shape } from '../tensor/shape';

/** JSON that selects compiled code; what varies each step goes into `scalars` and never recompiles. */
export type Attrs = Readonly<Record<string, AttrValue>>;
export type AttrValue = string | number | boolean | null | readonly AttrValue[] | { readonly [key: string]: AttrValue };

/** Whatever an executor uses to find an allocation: a pointer, an array, a GPU buffer. */
export type StorageHandle = number | object;

/** A contiguous row-major run of elements inside a storage. Tensors are such references. */
export interface TensorRef {
  readonly handle: StorageHandle;
  /** In elements. */
  readonly offset: number;
  readonly shape: Shape;
  readonly size: number;
  readonly dtype: DType;
}

export interface Command {
  readonly kernel: string;
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
  readonly attrs: Attrs;
  readonly scalars: readonly number[];
}

export interface BackendInfo {
  readonly name: string;
  /** For a person: the mode, the number of threads, the build, and why. */
  readonly description: string;
  readonly threads: number;
}

export interface Executor {
  readonly name: string;
  /** True where an elementwise command may write an output over an input of the same storage. */
  readonly inPlace: boolean;
  /** Steps that the trainer may be ahead of what it has read, so that no step waits for a read. Default 0: reads are immediate. */
  readonly readLag?: number;
  /**
   * Steps whose numbers the trainer may leave on the device, and read together, where nobody asks for them sooner. Default 1: a
   * read costs nothing.
   */
  readonly readInterval?: number;
  /** Compiles, starts workers; resolves when `run` may be called. Idempotent. */
  ready(): Promise<void>;
  readonly isReady: boolean;
  info(): BackendInfo;
  /** Room for `length` elements; contents undefined. */
  allocate(length: number): StorageHandle;
  free(handle: StorageHandle): void;
  write(ref: TensorRef, data: ArrayLike<number>): void;
  /** Outputs are allocated already and do not overlap inputs, save elementwise ones where `inPlace`. Sizes may be 0. */
  run(command: Command): void;
  /** A copy of the elements, after every command issued before. */
  read(ref: TensorRef): Promise<TensorData>;
  /**
   * The elements themselves, valid until the next allocation; only where commands have run when `run` returns and the memory is
   * the host's.
   */
  view?(ref: TensorRef): Float32Array | Int32Array;
  /** Resolves when the commands issued so far have run, and reads nothing. Rejects where the device is known to have failed. */
  caughtUp?(): Promise<void>;
  /** Bytes in use by live storages. */
  bytes(): number;
  /** Ends workers and gives memory back; later use is an error. */
  dispose(): Promise<void>;
}
