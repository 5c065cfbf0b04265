/**
 * Scoped memory. Tensors made inside a scope are given back when it ends, save those in its result and those kept.
 * A scope opens and closes within one synchronous call, so a module-level stack is enough and nothing leaks across awaits.
 */
import { fail } from '../errors';
import { checkFunction } from '../options';
import { tensorsIn } from './find';
import type { Storage, Tensor } from './tensor';

/** Live tensors and bytes of all executors. */
export const counters = { tensors: 0, bytes: 0 };

/** Something that outlives inner scopes and needs some of their tensors: an open tape. */
export interface Retainer { retains(tensor: Tensor): boolean }

const stack: Set<Tensor>[] = [];
const owners = new WeakMap<Tensor, Set<Tensor>>();
const retainers: { readonly retainer: Retainer; readonly depth: number }[] = [];

/** @internal Puts a new tensor into the innermost scope; false where none is open. */
export function adopt(tensor: Tensor): boolean {
  const top = stack[stack.length - 1];
  if (!top) return false;
  top.add(tensor);
  owners.set(tensor, top);
  return true;
}

/** @internal Takes a tensor out of its scope. */
export function forget(tensor: Tensor): void {
  owners.get(tensor)?.delete(tensor);
  owners.delete(tensor);
}

/** @internal Whether a tensor belongs to the innermost open scope: made in it, or moved to it by one inside. */
export const inInnermostScope = (tensor: Tensor): boolean => stack.length > 0 && owners.get(tensor) === stack[stack.length - 1];

/** @internal Gives back a kept tensor that an open tape may still need: with the innermost scope, at once where none is open. */
export function giveBack(tensor: Tensor): void {
  if (tensor.disposed || owners.has(tensor)) return;
  if (adopt(tensor)) unwatch(tensor);
  else tensor.dispose();
}

/** @internal Tells scopes about a tape; what it retains moves outwards to the scope it was opened in. */
export function pushRetainer(retainer: Retainer): () => void {
  const entry = { retainer, depth: stack.length };
  retainers.push(entry);
  return () => { retainers.splice(retainers.indexOf(entry), 1); };
}

/**
 * Runs `fn` and gives back every tensor made inside, save those in what it returns (in arrays, maps and plain objects
 * too), which move to the enclosing scope, and those passed to `keep`. An error gives all of them back.
 *
 * @example
 * ```ts
 * import { memory, ops, ready, scope, tensor } from '@parsimony/core';
 * await ready();
 * const x = tensor([1, 2, 3]);
 * const before = memory().tensors;
 * const y = scope(() => ops.add(ops.mul(x, x), 1));
 * memory().tensors - before; // => 1
 * ```
 */
export function scope<T>(fn: () => T): T {
  checkFunction('scope', 'fn', fn);
  const own = new Set<Tensor>();
  stack.push(own);
  let result: T | undefined;
  let done = false;
  try {
    result = fn();
    done = true;
    if (result instanceof Promise) fail('state', 'scope: `fn` returned a promise. A scope closes with the call; await outside it.');
    return result;
  } finally {
    stack.pop();
    const saved = new Set(done ? tensorsIn(result) : []);
    for (const tensor of [...own]) {
      const retained = retainers.some((r) => r.depth <= stack.length && r.retainer.retains(tensor));
      if (saved.has(tensor) || retained) move(tensor);
      else tensor.dispose();
    }
  }
}

/**
 * @internal A scope that spans several synchronous calls, such as a training step with `await`s between its parts. It is open
 * only while `run` runs; `dispose` gives back what was made or adopted and not kept or disposed meanwhile.
 */
export class Arena {
  readonly #own = new Set<Tensor>();

  run<T>(fn: () => T): T {
    stack.push(this.#own);
    try { return fn(); } finally { stack.pop(); }
  }

  /** Takes over tensors that no scope owns. */
  adopt(value: unknown): void {
    for (const tensor of tensorsIn(value)) {
      if (tensor.disposed || owners.has(tensor)) continue;
      unwatch(tensor);
      this.#own.add(tensor);
      owners.set(tensor, this.#own);
    }
  }

  dispose(): void {
    for (const tensor of this.#own) tensor.dispose();
  }
}

/** Hands a tensor to the enclosing scope, or to its holder where there is none. */
function move(tensor: Tensor): void {
  forget(tensor);
  if (!adopt(tensor)) watchForCollection(tensor, tensor.storage);
}

/**
 * Takes a tensor, or all in a value, out of every scope: it lives until `dispose()` or until whatever holds it is collected.
 * Returns the value.
 *
 * @example
 * ```ts
 * import { keep, ready, scope, tensor } from '@parsimony/core';
 * await ready();
 * const x = scope(() => ({ x: keep(tensor([1])) })).x;
 * x.disposed; // => false
 * ```
 */
export function keep<T>(value: T): T {
  for (const tensor of tensorsIn(value)) {
    forget(tensor);
    watchForCollection(tensor, tensor.storage);
  }
  return value;
}

/**
 * Live tensors and bytes, over all backends.
 *
 * @example
 * ```ts
 * import { memory } from '@parsimony/core';
 * typeof memory().bytes; // => 'number'
 * ```
 */
export const memory = (): { readonly tensors: number; readonly bytes: number } => ({ ...counters });

// Tensors outside every scope belong to the program. When it drops one without `dispose()`, the collector's word gives
// the storage back; steps never rely on it.
const dropped = new FinalizationRegistry<Storage>((storage) => {
  counters.tensors--;
  storage.release();
});

const watched = new WeakSet<Tensor>();

/** @internal */
export function watchForCollection(tensor: Tensor, storage: Storage): void {
  if (watched.has(tensor)) return;
  watched.add(tensor);
  dropped.register(tensor, storage, tensor);
}

/** @internal */
export function unwatch(tensor: Tensor): void {
  if (watched.delete(tensor)) dropped.unregister(tensor);
}
