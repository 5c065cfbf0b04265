/**
 * Where threads meet: one shared memory in which each has a slot, and all wait for each other. Every exchange says what it is
 * and compares that with the others', so that threads that run different programs end with an error and not with nonsense.
 * A thread that fails leaves its error here and wakes the rest.
 */
import { fail, type ParsimonyError } from '../errors';
import { type ErrorReport, fromReport, toReport } from './error-report';

// Words of the control block.
const ARRIVED = 0;
const ROUND = 1;
const FAILED = 2;
const READY = 3;
const HEADS = 4;
/** What an exchange is, and its length or another number that must agree. */
const HEAD_WORDS = 2;
/** Two in turn: a thread may say what it does next while another still reads what this was. */
const TURNS = 2;

const REPORT_BYTES = 16 * 1024;
const SLOT_BYTES = 1024 * 1024;
const SLOT_WORDS = SLOT_BYTES / 4;

const kinds = ['end', 'allReduceSum', 'gradients', 'metrics', 'buffers', 'weights', 'data', 'message', 'question', 'trainer'] as const;
export type Exchange = (typeof kinds)[number];

/** Turns before a thread sleeps: an exchange between threads that are at the same place takes microseconds. */
const SPINS = 2000;
/** Past this something is wrong that nobody reported. */
const PATIENCE_MS = 30 * 60 * 1000;

const controlWords = (size: number): number => HEADS + TURNS * HEAD_WORDS * size;
const controlBytes = (size: number): number => Math.ceil(controlWords(size) * 4 / 64) * 64;

/** Where the error stands, in bytes: for those who have no Rendezvous. */
export const reportAt = controlBytes;

/** Shared memory for `size` threads. */
export const meetingPlace = (size: number): SharedArrayBuffer => new SharedArrayBuffer(controlBytes(size) + REPORT_BYTES + size * SLOT_BYTES);

export class Rendezvous {
  readonly #control: Int32Array;
  readonly #report: Uint8Array;
  readonly #slots: readonly Int32Array[];
  #turn = 0;

  constructor(readonly memory: SharedArrayBuffer, readonly rank: number, readonly size: number) {
    const bytes = controlBytes(size);
    this.#control = new Int32Array(memory, 0, controlWords(size));
    this.#report = new Uint8Array(memory, bytes, REPORT_BYTES);
    this.#slots = Array.from({ length: size }, (_, i) => new Int32Array(memory, bytes + REPORT_BYTES + i * SLOT_BYTES, SLOT_WORDS));
  }

  /** Counts this thread among those that have begun. */
  arrive(): void { Atomics.add(this.#control, READY, 1); }
  get arrived(): number { return Atomics.load(this.#control, READY); }

  /** Waits until every thread is here, at the same exchange, with the same number. */
  meet(kind: Exchange, value = 0): void {
    this.#announce(kind, value);
    for (let other = 0; other < this.size; other++) {
      const [theirs, number] = this.#head(other);
      if (theirs !== kind || number !== (value | 0)) this.#part(kind, value, other);
    }
  }

  /** The sum of all threads' numbers, in place; added in the order of ranks, so that all have the same bits. */
  sum(kind: Exchange, numbers: Float32Array): void {
    this.meet(kind, numbers.length);
    const own = this.#floats(this.rank);
    for (let start = 0; start < numbers.length; start += SLOT_WORDS) {
      const part = numbers.subarray(start, start + SLOT_WORDS);
      own.set(part);
      this.#wait();
      part.set(this.#floats(0).subarray(0, part.length));
      for (let other = 1; other < this.size; other++) {
        const theirs = this.#floats(other);
        for (let i = 0; i < part.length; i++) part[i] = (part[i] as number) + (theirs[i] as number);
      }
      this.#wait();
    }
  }

  /** The words of rank 0, which the others get; of the length that rank 0 says. */
  fromFirst(kind: Exchange, words: Int32Array | undefined): Int32Array {
    this.#announce(kind, this.rank === 0 ? words?.length ?? 0 : 0);
    for (let other = 0; other < this.size; other++) if (this.#head(other)[0] !== kind) this.#part(kind, 0, other);
    const out = words ?? new Int32Array(this.#head(0)[1]);
    const slot = this.#slots[0] as Int32Array;
    for (let start = 0; start < out.length; start += SLOT_WORDS) {
      const part = out.subarray(start, start + SLOT_WORDS);
      if (this.rank === 0) slot.set(part);
      this.#wait();
      if (this.rank !== 0) part.set(slot.subarray(0, part.length));
      this.#wait();
    }
    return out;
  }

  /** What rank 0 says: yes or no. */
  asked(answer: boolean): boolean {
    this.#announce('question', Number(answer));
    for (let other = 0; other < this.size; other++) if (this.#head(other)[0] !== 'question') this.#part('question', 0, other);
    return this.#head(0)[1] === 1;
  }

  /** Leaves an error for the others, if none was before it, and wakes them. */
  fail(error: unknown): void {
    if (Atomics.compareExchange(this.#control, FAILED, 0, 1) === 0) {
      const bytes = new TextEncoder().encode(JSON.stringify({ rank: this.rank, ...toReport(error) }));
      // Stacks are long; what comes first matters.
      const text = bytes.length > REPORT_BYTES ? new TextEncoder().encode(JSON.stringify({ rank: this.rank, ...toReport(error, 1000) })) : bytes;
      this.#report.set(text.subarray(0, REPORT_BYTES));
      Atomics.store(this.#control, FAILED, 2);
    }
    Atomics.add(this.#control, ROUND, 1);
    Atomics.notify(this.#control, ROUND);
  }

  /** What another thread failed with, as an error here. */
  failure(): ParsimonyError | undefined {
    if (Atomics.load(this.#control, FAILED) !== 2) return undefined;
    const end = this.#report.indexOf(0);
    // Copied: decoders do not take shared memory everywhere.
    const text = new TextDecoder().decode(this.#report.slice(0, end < 0 ? undefined : end));
    const { rank, ...report } = JSON.parse(text) as ErrorReport & { readonly rank: number };
    return fromReport(`replica ${rank}`, report);
  }

  #wait(): void {
    const control = this.#control;
    const round = Atomics.load(control, ROUND);
    this.#throwFailure();
    if (Atomics.add(control, ARRIVED, 1) === this.size - 1) {
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, ROUND, 1);
      Atomics.notify(control, ROUND);
      return;
    }
    for (let i = 0; i < SPINS && Atomics.load(control, ROUND) === round; i++);
    // Rank 0 may be asked to pause by who watches it, and the others wait with it.
    const patience = this.rank === 0 ? PATIENCE_MS : Number.POSITIVE_INFINITY;
    // In a loop: the call that wakes those of the round before may come late, when this thread sleeps already in the next.
    while (Atomics.load(control, ROUND) === round) {
      if (Atomics.wait(control, ROUND, round, patience) === 'timed-out') {
        fail('backend', `Waited ${PATIENCE_MS / 60_000} minutes for the other replicas, which have neither come nor failed.`);
      }
    }
    this.#throwFailure();
  }

  #throwFailure(): void {
    // Between claiming and writing lie microseconds.
    while (Atomics.load(this.#control, FAILED) === 1);
    const error = this.failure();
    if (error) throw error;
  }

  #part(kind: Exchange, value: number, other: number): never {
    const [theirs, number] = this.#head(other);
    const said = (name: string, n: number): string => (name === 'end' ? 'the end of its fit' : `'${name}'${n === 0 ? '' : ` (${n})`}`);
    const what = kind === 'weights' && theirs === 'weights' ? `replicas ${this.rank} and ${other} have different weights`
      : `replica ${this.rank} is at ${said(kind, value)}, replica ${other} at ${said(theirs, number)}`;
    return fail('state', `The replicas part ways: ${what}. What a model or plugin does must not depend on the time, on draws without a key, or on what one replica alone sees.`);
  }

  /** Says what this thread is about to do, and waits until all have. */
  #announce(kind: Exchange, value: number): void {
    this.#turn = (this.#turn + 1) % TURNS;
    this.#control.set([kinds.indexOf(kind), value], this.#headAt(this.rank));
    this.#wait();
  }

  #head(rank: number): readonly [Exchange, number] {
    const at = this.#headAt(rank);
    return [kinds[this.#control[at] as number] ?? 'end', this.#control[at + 1] as number];
  }

  #headAt(rank: number): number { return HEADS + HEAD_WORDS * (this.#turn * this.size + rank); }

  #floats(rank: number): Float32Array {
    const { buffer, byteOffset } = this.#slots[rank] as Int32Array;
    return new Float32Array(buffer, byteOffset, SLOT_WORDS);
  }
}
