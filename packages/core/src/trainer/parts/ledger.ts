/**
 * A vector on the device into which numbers are shifted, those of one step after those of another, until somebody reads what has
 * come together. Its size never changes, so neither does a fit's memory.
 */
import { detach } from '../../autograd/custom';
import { fail } from '../../errors';
import { concat } from '../../ops/concat';
import { cast } from '../../ops/convert';
import { view } from '../../ops/dispatch';
import { zeros } from '../../tensor/create';
import { keep, scope } from '../../tensor/scope';
import { showShape } from '../../tensor/shape';
import type { Tensor } from '../../tensor/tensor';

/** Numbers of about a hundred steps. */
const ROOM = 1024;

export class Ledger {
  #vector: Tensor | undefined;
  #unread = 0;
  /** All that were taken and are not in the vector yet; first those that are in line for it. */
  readonly #taken = new Set<Tensor>();
  #line: Tensor[] = [];

  get unread(): number { return this.#unread + this.#line.length; }

  /** Holds a number as it is now, whatever becomes of the tensor. */
  take(x: Tensor): Tensor {
    if (x.size !== 1) fail('shape', `item: expected a tensor of one element, received shape ${showShape(x.shape)}.`);
    const held = keep(scope(() => { const flat = detach(x); return view('alias', detach(cast(flat, 'float32')), [1]); }));
    this.#taken.add(held);
    return held;
  }

  /** The next numbers of those that `read` gives. */
  line(taken: readonly Tensor[]): void { this.#line.push(...taken); }

  /** Shifts in what stands in line; calls `full` where there is room for no more. */
  collect(full: () => void): void {
    while (this.#line.length > 0) {
      if (this.#unread === ROOM) full();
      const next = this.#line.splice(0, ROOM - this.#unread);
      const before = this.#vector;
      this.#vector = keep(scope(() => {
        const old = before ?? zeros([ROOM]);
        return next.length === ROOM ? concat(next) : concat([view('alias', old, [ROOM - next.length], next.length), ...next]);
      }));
      this.#unread += next.length;
      before?.dispose();
      for (const x of next) this.#give(x);
    }
  }

  /** What was collected since the last call, in one read. */
  async read(): Promise<ArrayLike<number>> {
    const vector = this.#vector;
    if (!vector || this.#unread === 0) return [];
    const tail = scope(() => keep(view('alias', vector, [this.#unread], ROOM - this.#unread)));
    this.#unread = 0;
    // The read is issued before what it reads is given back.
    const values = tail.data();
    tail.dispose();
    return values;
  }

  dispose(): void {
    for (const x of this.#taken) x.dispose();
    this.#taken.clear();
    this.#line = [];
    this.#vector?.dispose();
    this.#vector = undefined;
    this.#unread = 0;
  }

  #give(x: Tensor): void {
    this.#taken.delete(x);
    x.dispose();
  }
}
