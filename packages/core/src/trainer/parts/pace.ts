/** Keeps the host from running far ahead of a device that it reads nothing from: batches that wait there take memory. */
import type { Executor } from '../../backends/executor';

/** Steps between two marks; the host is at most two marks ahead. */
const STEPS = 4;

export class Pace {
  #steps = 0;
  #mark: Promise<void> | undefined;

  constructor(readonly executor: Executor) {}

  /** After a step: a promise where the device is to come to the mark before the last. */
  step(): Promise<void> | undefined {
    if (++this.#steps % STEPS !== 0) return undefined;
    const before = this.#mark;
    this.#mark = this.executor.caughtUp?.();
    this.#mark?.catch(() => {});
    return before;
  }
}
