/**
 * The tape: what ran, in order, as far as it depends on the tensors being differentiated. Tapes nest; a backward pass
 * under an inner tape is made of ops that an outer tape records, so gradients of gradients need nothing more.
 */
import { fail } from '../errors';
import { checkFunction } from '../options';
import { gradients } from '../gradients';
import { type Recorded, setRecorder } from '../ops/dispatch';
import { pushRetainer, type Retainer } from '../tensor/scope';
import type { Tensor } from '../tensor/tensor';

/**
 * The gradient rule of an op: from the gradients of its outputs (undefined: zero) to those of its inputs (undefined: none).
 * `needs[i]` says whether input i wants one; computing others is waste. Rules are written in ops.
 */
export type Gradient = (node: Recorded, dys: readonly (Tensor | undefined)[], needs: readonly boolean[]) => readonly (Tensor | undefined)[];

export interface TapeNode extends Recorded { readonly rule?: Gradient }

/** What a rule may be, besides a function: no gradient at all (comparisons, indices). */
export type GradientTable = Readonly<Record<string, Gradient | 'none'>>;

export class Tape implements Retainer {
  readonly nodes: TapeNode[] = [];
  readonly #tracked = new Set<number>();
  readonly #held = new Set<Tensor>();

  watch(tensor: Tensor): void {
    this.#tracked.add(tensor.id);
    this.#held.add(tensor);
  }
  tracks(tensor: Tensor): boolean { return this.#tracked.has(tensor.id); }
  retains(tensor: Tensor): boolean { return this.#held.has(tensor); }

  record(node: TapeNode): void {
    if (!node.inputs.some((x) => this.tracks(x))) return;
    if (node.rule === undefined) {
      const rule = gradients[node.op];
      if (rule === 'none') return;
      if (rule === undefined) fail('gradient', `${node.op} has no gradient. Differentiate a part of the program without it, or wrap it in \`noGrad\`.`);
    }
    this.nodes.push(node);
    for (const x of node.inputs) this.#held.add(x);
    for (const y of node.outputs) {
      this.#held.add(y);
      if (y.dtype === 'float32') this.#tracked.add(y.id);
    }
  }

  rule(node: TapeNode): Gradient {
    return node.rule ?? (gradients[node.op] as Gradient);
  }
}

/** Open tapes, outermost first; `null` marks where `noGrad` shut out those before it. */
const open: (Tape | null)[] = [];

function broadcast(node: TapeNode): void {
  for (let i = open.length - 1; i >= 0; i--) {
    const tape = open[i];
    if (!tape) return;
    tape.record(node);
  }
}

function push(entry: Tape | null): () => void {
  open.push(entry);
  setRecorder(broadcast);
  return () => {
    open.pop();
    setRecorder(open.length > 0 ? broadcast : undefined);
  };
}

/** Runs `fn` under a new tape. The tape is closed before `then` runs, but what it holds lives until `then` is done. */
export function withTape<T, R>(fn: (tape: Tape) => T, then: (tape: Tape, value: T) => R): R {
  const tape = new Tape();
  const release = pushRetainer(tape);
  try {
    const close = push(tape);
    let value: T;
    try { value = fn(tape); } finally { close(); }
    return then(tape, value);
  } finally {
    release();
  }
}

/** Whether any tape records now. */
export const recording = (): boolean => open.length > 0 && open[open.length - 1] !== null;

/** Records an op with a rule of its own, for `customGradient`. */
export function recordCustom(node: TapeNode): void {
  if (open.length > 0) broadcast(node);
}

/**
 * Runs `fn` with nothing recorded: what it computes is a constant to every open gradient.
 *
 * @example
 * ```ts
 * import { grad, noGrad, ops, ready, type Tensor, tensor } from '@parsimony/core';
 * await ready();
 * const g = grad((x: Tensor) => ops.sum(ops.mul(x, noGrad(() => ops.mul(x, x)))))(tensor([3]));
 * await g.array(); // => [9]
 * ```
 */
export function noGrad<T>(fn: () => T): T {
  checkFunction('noGrad', 'fn', fn);
  const close = push(null);
  try { return fn(); } finally { close(); }
}
