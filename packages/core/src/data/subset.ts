/** Parts of a data set. */
import { fail, show } from '../errors';
import { checkNumber } from '../options';
import { tensor } from '../tensor/create';
import { permutation } from '../random/draw';
import type { RngKey } from '../random/key';
import type { Batch } from '../types';
import type { Dataset } from './dataset';

/**
 * Some samples of a data set, as a data set: sample i is sample `ids[i]` of the whole, and goes by i.
 *
 * @throws data: no ids. range: an id that is not a sample.
 * @example
 * ```ts
 * import { arrayDataset, subset } from '@parsimony/core';
 * const data = arrayDataset({ inputs: new Float32Array(10), shape: [2], values: new Float32Array(5) });
 * subset(data, [4, 0]).size; // => 2
 * ```
 */
export function subset(dataset: Dataset, ids: ArrayLike<number>): Dataset {
  const chosen = Int32Array.from(ids);
  if (chosen.length === 0) fail('data', 'subset: expected at least one sample, received none.');
  for (let i = 0; i < chosen.length; i++) {
    if (chosen[i] !== ids[i] || !(ids[i] as number >= 0 && ids[i] as number < dataset.size)) {
      fail('range', `subset: \`ids[${i}]\` must be a whole number in [0, ${dataset.size}), received ${show(ids[i])}.`);
    }
  }
  return {
    size: chosen.length,
    ...(dataset.numClasses === undefined ? {} : { numClasses: dataset.numClasses }),
    ...(dataset.ahead === undefined ? {} : { ahead: dataset.ahead }),
    batch(given, context) {
      const own = given.slice();
      const renamed = (batch: Batch): Batch => {
        batch.ids.dispose();
        return { ...batch, ids: tensor(own, [own.length]) };
      };
      const made = dataset.batch(own.map((i) => chosen[i] ?? fail('range', `subset: sample ${i} does not exist; it has ${chosen.length}.`)), context);
      return made instanceof Promise ? made.then(renamed) : renamed(made);
    },
  };
}

/**
 * Disjoint parts of a data set of the given sizes, drawn at random with a key, else in order. What is left over is left out.
 *
 * @param sizes - Numbers of samples, each 1 or more, together at most the data set's.
 * @throws option: a bad size; data: not enough samples.
 * @example
 * ```ts
 * import { arrayDataset, random, split } from '@parsimony/core';
 * const data = arrayDataset({ inputs: new Float32Array(10), shape: [2], values: new Float32Array(5) });
 * const [train, validation] = split(data, [3, 2], random.key(0));
 * [train?.size, validation?.size]; // => [3, 2]
 * ```
 */
export function split(dataset: Dataset, sizes: readonly number[], key?: RngKey): Dataset[] {
  sizes.forEach((n, i) => checkNumber('split', `sizes[${i}]`, n, { min: 1, integer: true }));
  const total = sizes.reduce((a, b) => a + b, 0);
  if (total > dataset.size) fail('data', `split: ${sizes.join(' + ')} samples were asked for; the data set has ${dataset.size}.`);
  const order = key ? permutation(key, dataset.size) : Int32Array.from({ length: dataset.size }, (_, i) => i);
  let start = 0;
  return sizes.map((n) => subset(dataset, order.subarray(start, start += n)));
}
