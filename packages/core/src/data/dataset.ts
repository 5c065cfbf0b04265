/** What a data set is to core: a size, and batches by the indices of their samples. */
import type { Batch } from '../types';

export interface Dataset {
  /** Number of samples. */
  readonly size: number;
  /** For classification. */
  readonly numClasses?: number;
  /**
   * The samples with these indices, in this order, as tensors that the caller owns. Sources that read files or a network
   * return a promise. `ids` may be reused by the caller afterwards.
   */
  batch(ids: Int32Array): Batch | Promise<Batch>;
}
