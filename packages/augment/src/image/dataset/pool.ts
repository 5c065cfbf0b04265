/** The workers of a data set: batches are shared out among them, and come back as promises. */
import { ParsimonyError } from '@parsimony/core';
import { occurrences, type Rows } from './rows';
import { startThread, type Thread } from './threads';
import type { Answer, Start } from './worker/messages';

interface Waiting { readonly thread: number; done(): void; fail(error: unknown): void }

const where = 'imageDataset';
/** Answers come to whoever asked. */
export class Pool {
  readonly #threads: Thread[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  /** Why it can do no more. */
  #broken: ParsimonyError | undefined;

  private constructor(readonly count: number) {}

  static async start(count: number, start: Start, workerUrl: string | undefined): Promise<Pool> {
    const pool = new Pool(count);
    for (let i = 0; i < count; i++) {
      const thread = await startThread({
        answered: (answer) => { pool.#answered(answer); },
        died: (why) => { pool.#break(new ParsimonyError('data', `${where}: worker ${i + 1} of ${count} ended unexpectedly: ${why}. The next batch starts new ones; with \`workers: 0\` the main thread does their work.`)); },
      }, workerUrl, start.factory !== undefined);
      pool.#threads.push(thread);
      thread.send(start);
    }
    return pool;
  }

  get broken(): boolean { return this.#broken !== undefined; }

  /** Writes the rows of a batch, `stride` floats each, into shared memory; each worker a part. The first error, when none is at work any more. */
  async write(ids: Int32Array, context: Rows['context'], out: Float32Array, stride: number): Promise<void> {
    const before = occurrences(ids);
    const parts: Promise<void>[] = [];
    for (let i = 0; i < this.count; i++) {
      const [start, end] = [Math.floor(i * ids.length / this.count), Math.floor((i + 1) * ids.length / this.count)];
      if (start < end) parts.push(this.#ask(i, { ids: ids.slice(start, end), before: before.slice(start, end), context }, out.subarray(start * stride, end * stride)));
    }
    for (const result of await Promise.allSettled(parts)) if (result.status === 'rejected') throw result.reason;
  }

  #ask(thread: number, rows: Rows, out: Float32Array): Promise<void> {
    return new Promise((done, fail) => {
      if (this.#broken) {
        fail(this.#broken);
        return;
      }
      const job = this.#next++;
      this.#waiting.set(job, { thread, done, fail });
      this.#hold();
      this.#threads[thread]?.send({ ...rows, job, out });
    });
  }

  #answered({ job, error }: Answer): void {
    const made = error && Object.assign(new ParsimonyError(error.code, error.message), error.stack === undefined ? {} : { stack: error.stack });
    if (job === undefined) {
      if (made) this.#break(made);
      return;
    }
    const waiting = this.#waiting.get(job);
    this.#waiting.delete(job);
    this.#hold();
    if (made) waiting?.fail(made);
    else waiting?.done();
  }

  #break(error: ParsimonyError): void {
    if (this.#broken) return;
    this.#broken = error;
    for (const { fail } of this.#waiting.values()) fail(error);
    this.#waiting.clear();
    void this.#end();
  }

  /** The process waits for answers, and for nothing else. */
  #hold(): void {
    for (const thread of this.#threads) thread.hold(this.#waiting.size > 0);
  }

  async #end(): Promise<void> { await Promise.all(this.#threads.map((thread) => thread.end())); }

  /** Ends the workers. What is being made is given up. */
  async close(): Promise<void> {
    this.#break(new ParsimonyError('state', `${where}: it was closed while a batch was being made.`));
    await this.#end();
  }
}
