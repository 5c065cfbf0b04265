/** The order of an epoch and its batches. */
import { fail, ParsimonyError } from '../errors';
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { permutation } from '../random/draw';
import { at, foldIn, type RngKey } from '../random/key';
import { Arena } from '../tensor/scope';
import type { Batch } from '../types';
import { type BatchRequest, BatchStream, type NextBatch } from './batch-stream';
import { checkBatch } from './check-batch';
import type { Dataset } from './dataset';

export interface BatchOptions {
  /** Samples a batch, 1 or more. */
  readonly batchSize: number;
  /** Root key of the run; needed to shuffle, and for data sets that draw. */
  readonly key?: RngKey;
  /** From 0; each has an order of its own. Default 0. */
  readonly epoch?: number;
  /** How many there will be, for data sets whose draws follow a schedule. Default `epoch + 1`. */
  readonly epochs?: number;
  /** Default: true where there is a key. */
  readonly shuffle?: boolean;
  /** Leave out a last batch that is smaller. Default false. */
  readonly dropLast?: boolean;
}

const known = ['batchSize', 'key', 'epoch', 'epochs', 'shuffle', 'dropLast'];

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

/** Where a run asks for batches from. */
export interface RunPlace { readonly epoch: number; readonly batch: number; readonly step: number }

/** @internal The batches of a run from some place on: their samples, and the position that data sets draw by. */
export function* requests(size: number, options: BatchOptions & { readonly epochs: number; readonly totalSteps: number }, from: RunPlace): Generator<BatchRequest, void> {
  const { totalSteps, ...rest } = options;
  const root = rest.key && foldIn(rest.key, 'batch');
  let { batch, step } = from;
  for (let { epoch } = from; epoch < rest.epochs; epoch++, batch = 0) {
    for (const ids of batchIds(size, { ...rest, epoch }).slice(batch)) {
      yield { ids, context: root && { key: at(root, { step }), epoch, step, totalSteps } };
      step++;
    }
  }
}

/** @internal The same without draws. */
export const plainRequests = (size: number, batchSize: number): Iterator<BatchRequest, undefined> =>
  batchIds(size, { batchSize }).map((ids) => ({ ids, context: undefined })).values();

/**
 * The batches of one epoch, as `fit` has them with the seed of the key. A batch is given back when the next one is asked for; `keep` what
 * is to stay.
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
  const { epoch = 0, epochs = epoch + 1 } = options;
  const each = batchIds(dataset.size, options).length;
  checkNumber('batches', 'epochs', epochs, { min: epoch + 1, integer: true });
  const stream = new BatchStream(dataset, requests(dataset.size, { ...options, epochs: epoch + 1, totalSteps: each * epochs }, { epoch, batch: 0, step: each * epoch }));
  yield* eachOf(stream);
}

/** @internal The batches of a stream, which ends with them. */
export async function* eachOf(stream: BatchStream): AsyncGenerator<Batch, void, undefined> {
  try {
    for (let next = stream.next(); next; next = stream.next()) {
      const arena = new Arena();
      try {
        yield await loadBatch(next, arena);
      } finally {
        arena.dispose();
      }
    }
  } finally {
    await stream.close();
  }
}

/**
 * @internal One batch, its tensors owned by the arena. Not awaited where the data set is synchronous.
 *
 * @throws data: what the data set throws, or no batch of that size.
 */
export function loadBatch({ ids, load }: NextBatch, arena: Arena): Batch | Promise<Batch> {
  try {
    const made = arena.run(load);
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
