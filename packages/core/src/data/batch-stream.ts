/** Batches in order, some of them asked for before they are needed. */
import { fail, show } from '../errors';
import { Arena, keep } from '../tensor/scope';
import { tensorsIn } from '../tensor/find';
import type { Batch } from '../types';
import type { BatchContext, Dataset } from './dataset';

/** What a data set is asked for. */
export interface BatchRequest {
  readonly ids: Int32Array;
  readonly context: BatchContext | undefined;
}

/** A batch in the order of the requests; `load` is to be called once. */
export interface NextBatch {
  readonly ids: Int32Array;
  load(): Batch | Promise<Batch>;
}

interface Asked { readonly ids: Int32Array; readonly batch: Promise<Batch> }

const most = 1024;

/** Refuses what is no number of batches. */
export function checkAhead(where: string, ahead: unknown): number {
  if (typeof ahead === 'number' && Number.isInteger(ahead) && ahead >= 0 && ahead <= most) return ahead;
  return fail('data', `${where}: \`ahead\` of the data set must be a whole number in [0, ${most}], received ${show(ahead)}.`);
}

/** How batches reach all replicas of a fit; see there. */
export type Share = (load: () => Batch | Promise<Batch>) => Batch | Promise<Batch>;
const unshared: Share = (load) => load();

/** Asks a data set for one batch after the other, `dataset.ahead` of them in advance. To be closed, whatever happens. */
export class BatchStream {
  readonly #asked: Asked[] = [];
  readonly #ahead: number;

  constructor(readonly dataset: Dataset, readonly requests: Iterator<BatchRequest, undefined | void>, readonly share: Share = unshared) {
    this.#ahead = checkAhead('Dataset', dataset.ahead ?? 0);
  }

  /** Undefined after the last. */
  next(): NextBatch | undefined {
    if (this.#ahead === 0) {
      const { value } = this.requests.next();
      return value ? { ids: value.ids, load: () => this.share(() => this.dataset.batch(value.ids, value.context)) } : undefined;
    }
    while (this.#asked.length <= this.#ahead) {
      const { value } = this.requests.next();
      if (!value) break;
      const batch = this.#ask(value);
      // An error is told when its batch is due, if it ever is.
      batch.catch(() => {});
      this.#asked.push({ ids: value.ids, batch });
    }
    const due = this.#asked.shift();
    return due && { ids: due.ids, load: () => this.share(() => due.batch) };
  }

  /** Waits for what is still being made, and gives it back. */
  async close(): Promise<void> {
    const left = await Promise.allSettled(this.#asked.splice(0).map(({ batch }) => batch));
    for (const made of left) if (made.status === 'fulfilled') for (const tensor of tensorsIn(made.value)) tensor.dispose();
  }

  /** Its tensors belong to no scope, until the step they are for takes them over. */
  async #ask({ ids, context }: BatchRequest): Promise<Batch> {
    const arena = new Arena();
    try {
      return keep(await arena.run(() => this.dataset.batch(ids, context)));
    } finally {
      arena.dispose();
    }
  }
}
