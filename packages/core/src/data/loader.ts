/** The order of an epoch and its batches. */
import { fail, ParsimonyError } from '../errors';
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { permutation } from '../random/draw';
import { at, foldIn, type RngKey } from '../random/key';
import { Arena } from '../tensor/scope';
import type { Batch } from '../types';
import { checkBatch } from './check-batch';
import type { Dataset } from './dataset';

export interface BatchOptions {
  /** Samples a batch, 1 or more. */
  readonly batchSize: number;
  /** Root key of the run; needed to shuffle. */
  readonly key?: RngKey;
  /** From 0; each has an order of its own. Default 0. */
  readonly epoch?: number;
  /** Default: true where there is a key. */
  readonly shuffle?: boolean;
  /** Leave out a last batch that is smaller. Default false. */
  readonly dropLast?: boolean;
}

const known = ['batchSize', 'key', 'epoch', 'shuffle', 'dropLast'];

/** The indices of each batch of an epoch: a permutation by the key of 'data' at the epoch, or 0, 1, 2, … */
export function batchIds(size: number, options: BatchOptions): Int32Array[] {
  checkOptions('batches', options, known);
  const { key } = options;
  const batchSize = checkNumber('batches', 'batchSize', options.batchSize, { min: 1, integer: true });
  const epoch = checkNumber('batches', 'epoch', options.epoch ?? 0, { min: 0, integer: true });
  const shuffle = checkBoolean('batches', 'shuffle', options.shuffle ?? key !== undefined);
  const dropLast = checkBoolean('batches', 'dropLast', options.dropLast ?? false);
  if (shuffle && key === undefined) return fail('option', 'batches: `shuffle` needs a `key`: `random.key(seed)`.');
  const order = shuffle && key ? permutation(at(foldIn(key, 'data'), { step: epoch }), size) : Int32Array.from({ length: size }, (_, i) => i);
  const count = dropLast ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
  return Array.from({ length: count }, (_, i) => order.subarray(i * batchSize, (i + 1) * batchSize));
}

/**
 * The batches of one epoch. A batch is given back when the next one is asked for; `keep` what is to stay.
 *
 * @throws option: a bad option.
 * @example
 * ```ts
 * import { arrayDataset, batches, ready } from '@parsimony/core';
 * await ready();
 * const data = arrayDataset({ inputs: new Float32Array(10), shape: [2], values: new Float32Array(5) });
 * const sizes: number[] = [];
 * for await (const batch of batches(data, { batchSize: 2 })) sizes.push(batch.size);
 * sizes; // => [2, 2, 1]
 * ```
 */
export async function* batches(dataset: Dataset, options: BatchOptions): AsyncGenerator<Batch, void, undefined> {
  for (const ids of batchIds(dataset.size, options)) {
    const arena = new Arena();
    try {
      yield await loadBatch(dataset, ids, arena);
    } finally {
      arena.dispose();
    }
  }
}

/**
 * @internal One batch, its tensors owned by the arena. Not awaited where the data set is synchronous.
 *
 * @throws data: what the data set throws, or no batch of that size.
 */
export function loadBatch(dataset: Dataset, ids: Int32Array, arena: Arena): Batch | Promise<Batch> {
  try {
    const made = arena.run(() => dataset.batch(ids));
    if (!(made instanceof Promise)) return checkBatch(where, made, ids.length);
    return made.then((batch) => {
      arena.adopt(batch);
      return checkBatch(where, batch, ids.length);
    }).catch(blame);
  } catch (error) {
    return blame(error);
  }
}

const where = 'Dataset.batch';

/** The source of data is someone else's code; what it throws says so. */
function blame(error: unknown): never {
  if (error instanceof ParsimonyError) throw error;
  return fail('data', `${where}: the data source threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
