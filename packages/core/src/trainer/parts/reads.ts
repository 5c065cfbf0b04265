/** Values on their way from the device. The host learns them in order, with the lag that the executor states. */

interface Pending {
  readonly step: number;
  readonly values: Promise<readonly number[]>;
  readonly use: (values: readonly number[]) => void;
}

export class Reads {
  #queue: Pending[] = [];

  /** `use` gets the values when `settle` comes to them. */
  push(step: number, values: readonly Promise<number>[], use: (values: readonly number[]) => void): void {
    const all = Promise.all(values);
    // A fit that ends with another error never waits for this one.
    all.catch(() => {});
    this.#queue.push({ step, values: all, use });
  }

  /** Waits for everything pushed up to a step, in order. */
  async settle(upTo = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      const next = this.#queue[0];
      if (!next || next.step > upTo) return;
      const values = await next.values;
      this.#queue.shift();
      next.use(values);
    }
  }
}
