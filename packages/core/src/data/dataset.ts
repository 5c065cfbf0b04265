/** What a data set is to core: a size, and batches by the indices of their samples. */
import type { RngKey } from '../random/key';
import type { Progress } from '../schedules/kind';
import type { Batch } from '../types';

/** Where in a run a training batch is asked for: what a data set draws must depend on nothing else, so that a run repeats and resumes to the bit. */
export interface BatchContext extends Progress {
  /** Of the run and the step; two batches have never the same one. */
  readonly key: RngKey;
  /** From 0. */
  readonly epoch: number;
}

export interface Dataset {
  /** Number of samples. */
  readonly size: number;
  /** For classification. */
  readonly numClasses?: number;
  /**
   * How many batches are asked for before they are needed, a whole number from 0 to 1024. Default 0: each when it is needed. For data sets
   * that make batches elsewhere, in threads or over a network. Their order is kept; an error shows at its batch.
   */
  readonly ahead?: number;
  /**
   * The samples with these indices, in this order, as tensors that the caller owns. Sources that read files or a network
   * return a promise. `ids` may be reused by the caller afterwards. There is a `context` in training: without one nothing is drawn.
   */
  batch(ids: Int32Array, context?: BatchContext): Batch | Promise<Batch>;
}
