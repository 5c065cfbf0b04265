/** What the main thread and the workers of an imageDataset say to each other. */
import type { ErrorCode } from '@parsimony/core';
import type { Size, TransformJson } from '../../../transform/transform';
import type { Normalization, Rows } from '../rows';

/** A module whose default export, called with `args`, makes the transforms: `{ transform, evalTransform }`. */
export interface WorkerFactory { readonly module: string; readonly args: readonly unknown[] }

/** The first message to a worker. */
export interface Start {
  readonly images: Uint8Array | Float32Array;
  readonly size: Size;
  readonly normalize: Normalization | undefined;
  readonly transform: TransformJson | undefined;
  readonly evalTransform: TransformJson | undefined;
  /** Where there is one, what makes the transforms instead of their JSON. */
  readonly factory: WorkerFactory | undefined;
}

/** Every further one: rows to write into shared memory. */
export interface Job extends Rows {
  readonly job: number;
  readonly out: Float32Array;
}

/** Of a job, or of the start where `job` is undefined. */
export interface Answer {
  readonly job: number | undefined;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly stack: string | undefined };
}
