/** Each sample several times in a batch, so that a step sees several draws of it. */
import { checkNumber, checkOptions, type Dataset, fail, show } from '@parsimony/core';

export interface RepeatedAugmentationOptions {
  /** How often a sample stands in a batch, 2 or more. Default 3. */
  readonly repeats?: number;
}

/**
 * A data set whose batches have each of their samples `repeats` times, one after the other; `augment` draws for each place of a batch, and
 * `imageDataset` for how often a sample came before, so every time anew. Of n samples that are asked for it gives the first n / repeats, rounded up: batches keep their size, and a shuffled epoch
 * sees a part of the samples, another one each time. For Hoffer's batches of all samples multiply `batchSize` and `epochs` by `repeats`.
 *
 * @throws option: no data set, or an unknown option or one out of range.
 * @see Hoffer et al., "Augment your batch" (arXiv:1901.09335); Berman et al., "MultiGrain" (arXiv:1902.05509), section 3.3, for batches that
 * keep their size.
 * @example
 * ```ts
 * import { arrayDataset, ready } from '@parsimony/core';
 * import { repeatedAugmentation } from '@parsimony/augment';
 * await ready();
 * const data = arrayDataset({ inputs: new Float32Array(8), shape: [2], values: new Float32Array(4) });
 * const batch = await repeatedAugmentation(data, { repeats: 2 }).batch(Int32Array.of(3, 1, 0, 2));
 * await batch.ids.array(); // => [3, 3, 1, 1]
 * ```
 */
export function repeatedAugmentation(dataset: Dataset, options: RepeatedAugmentationOptions = {}): Dataset {
  const where = 'repeatedAugmentation';
  if (typeof (dataset as Partial<Dataset> | null)?.batch !== 'function') fail('option', `${where}: \`dataset\` must be a data set, received ${show(dataset)}.`);
  checkOptions(where, options, ['repeats']);
  const repeats = checkNumber(where, 'repeats', options.repeats ?? 3, { min: 2, integer: true });
  return {
    size: dataset.size,
    ...(dataset.numClasses === undefined ? {} : { numClasses: dataset.numClasses }),
    ...(dataset.ahead === undefined ? {} : { ahead: dataset.ahead }),
    batch: (ids, context) => dataset.batch(ids.map((_, i) => ids[Math.floor(i / repeats)] as number), context),
  };
}
