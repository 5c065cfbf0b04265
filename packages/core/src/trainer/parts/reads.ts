/**
 * Numbers on their way from the device; the host learns them in order. Where reading costs nothing each is read when it is made.
 * On a device they are collected there, and come back together: at the end of an interval, or when somebody asks.
 */
import type { Tensor } from '../../tensor/tensor';
import { Ledger } from './ledger';

/** A number the host has, one that is being read, or one that is held on the device. */
export type Reading = number | Promise<number> | Tensor;

interface Entry {
  /** Those that the host had from the start; undefined: the next that comes. */
  readonly known: readonly (number | undefined)[];
  readonly use: (values: readonly number[]) => void;
}

/** A read, and the step up to which it tells. */
interface Issued { readonly step: number; readonly values: Promise<ArrayLike<number>> }

export class Reads {
  /** Whether numbers stay on the device until they are due. */
  readonly deferred: boolean;
  readonly #ledger = new Ledger();
  #issued: Issued[] = [];
  #entries: Entry[] = [];
  #arrived: number[] = [];
  #step = 0;
  #steps = 0;

  /** `interval`: steps whose numbers come back together; 1: each number by itself, at once. */
  constructor(readonly interval: number) { this.deferred = interval > 1; }

  /** A number as it is now, for `push`. */
  take(x: Tensor | number): Reading {
    if (typeof x === 'number') return x;
    if (this.deferred) return this.#ledger.take(x);
    const value = x.item();
    // A fit that ends with another error never waits for this one.
    value.catch(() => {});
    return value;
  }

  /** `use` gets the values when `settle` comes to them. */
  push(step: number, readings: readonly Reading[], use: Entry['use']): void {
    this.#step = step;
    if (this.deferred) {
      this.#ledger.line(readings.filter((x): x is Tensor => typeof x === 'object' && !(x instanceof Promise)));
      this.#entries.push({ known: readings.map((x) => (typeof x === 'number' ? x : undefined)), use });
    } else {
      this.#issue(Promise.all(readings as readonly (number | Promise<number>)[]));
      this.#entries.push({ known: readings.map(() => undefined), use });
    }
  }

  /** After each step. `asked`: somebody wants to hear of it. */
  endStep(asked: boolean): void {
    if (!this.deferred) return;
    this.#steps++;
    this.#collect();
    if (asked || this.#steps >= this.interval) this.#readLedger();
  }

  /** Waits for everything pushed up to a step, in order; without one, reads all that there is. */
  async settle(upTo = Number.POSITIVE_INFINITY): Promise<void> {
    if (upTo === Number.POSITIVE_INFINITY && this.deferred) {
      this.#collect();
      this.#readLedger();
    }
    for (;;) {
      const next = this.#issued[0];
      if (!next || next.step > upTo) return;
      const values = await next.values;
      // Somebody else waited for the same.
      if (this.#issued[0] !== next) continue;
      this.#issued.shift();
      for (let i = 0; i < values.length; i++) this.#arrived.push(values[i] ?? Number.NaN);
      this.#useArrived();
    }
  }

  /** Gives back what it holds on the device; what was not read never will be. */
  dispose(): void {
    this.#ledger.dispose();
    if (this.deferred) [this.#issued, this.#entries, this.#arrived] = [[], [], []];
  }

  #collect(): void { this.#ledger.collect(() => { this.#readLedger(); }); }

  #readLedger(): void {
    this.#steps = 0;
    if (this.#entries.length > 0) this.#issue(this.#ledger.read());
  }

  #issue(values: Issued['values']): void {
    values.catch(() => {});
    this.#issued.push({ step: this.#step, values });
  }

  #useArrived(): void {
    for (;;) {
      const [entry] = this.#entries;
      const wanted = entry?.known.filter((x) => x === undefined).length ?? 0;
      if (!entry || wanted > this.#arrived.length) return;
      this.#entries.shift();
      const came = this.#arrived.splice(0, wanted).values();
      entry.use(entry.known.map((x) => x ?? came.next().value ?? Number.NaN));
    }
  }
}
