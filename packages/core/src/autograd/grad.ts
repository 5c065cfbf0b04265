/** Reverse-mode differentiation of ordinary functions. */
import { fail, show } from '../errors';
import { checkFunction } from '../options';
import { add } from '../ops/add';
import { constantLike } from '../ops/convert';
import { view } from '../ops/dispatch';
import { isTensor } from '../tensor/find';
import { inInnermostScope, scope } from '../tensor/scope';
import { sameShape, showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { recording, type Tape, type TapeNode, withTape } from './tape';
import { leaves, mapTree, type Tree } from './tree';

export interface ValueAndGrad<P extends Tree, A> {
  /** What `fn` returned: a tensor of one element. */
  readonly value: Tensor;
  /** d value / d params, in the structure of the parameters; zeros where the value does not depend on one. */
  readonly grads: P;
  /** What `fn` returned beside the value. */
  readonly aux: A;
}

/**
 * From `fn(params)` to `{ value, grads, aux }`: d value / d params by one backward pass. `fn` returns a tensor of one
 * element, or `[value, aux]` with anything else it wants to hand out. Differentiable itself.
 *
 * @throws gradient: the value has more than one element or is not float32; a parameter is not float32; an op on the way has no gradient.
 * @example
 * ```ts
 * import { ops, ready, type Tensor, tensor, valueAndGrad } from '@parsimony/core';
 * await ready();
 * const f = valueAndGrad((p: { w: Tensor }) => ops.sum(ops.mul(p.w, p.w)));
 * const { value, grads } = f({ w: tensor([1, 2]) });
 * await value.item(); // => 5
 * await grads.w.array(); // => [2, 4]
 * ```
 */
export function valueAndGrad<P extends Tree, A = undefined, R extends readonly unknown[] = []>(
  fn: (params: P, ...rest: R) => Tensor | readonly [Tensor, A],
): (params: P, ...rest: R) => ValueAndGrad<P, A> {
  checkFunction('valueAndGrad', 'fn', fn);
  return (params, ...rest) => scope(() => {
    const { values, grads, aux } = valuesAndGrads((inner: P): readonly [readonly Tensor[], A] => {
      const result = fn(inner, ...rest);
      if (!isTensor(result) && !(Array.isArray(result) && isTensor(result[0]))) {
        const received = result as unknown instanceof Promise ? 'a promise: `fn` must be synchronous, read data outside it' : show(result);
        fail('gradient', `valueAndGrad: \`fn\` must return a tensor of one element or [tensor, aux], received ${received}.`);
      }
      const [value, own] = isTensor(result) ? [result, undefined as A] : result;
      return [[value], own];
    })(params);
    return { value: values[0] as Tensor, grads: grads[0] as P, aux };
  });
}

/** @internal Several values over one tape, each with gradients of its own: losses that are divided by different numbers. */
export function valuesAndGrads<P extends Tree, A>(
  fn: (params: P) => readonly [values: readonly Tensor[], aux: A],
): (params: P) => { readonly values: readonly Tensor[]; readonly grads: readonly P[]; readonly aux: A } {
  return (params) => scope(() => withTape(
    (tape) => {
      // Aliases, so that a use of the same tensor by closure stays a constant.
      const inner = mapTree(params, (x, path) => {
        if (x.dtype !== 'float32') fail('gradient', `valueAndGrad: parameter${path === '' ? '' : ` \`${path}\``} must be float32, received ${x.dtype}.`);
        return view('alias', x, x.shape);
      });
      for (const x of leaves(inner)) tape.watch(x);
      const [values, aux] = fn(inner);
      return { inner, values, aux };
    },
    (tape, { inner, values, aux }) => {
      const wanted = leaves(inner);
      // One tensor may be the gradient of several parameters; each gets a handle of its own, to be disposed on its own.
      const given = new Set<Tensor>();
      const own = (dx: Tensor): Tensor => (given.has(dx) ? view('alias', dx, dx.shape) : (given.add(dx), dx));
      const grads = values.map((value) => {
        if (value.size !== 1 || value.dtype !== 'float32') {
          fail('gradient', `valueAndGrad: the value must be one float32 element, received ${value.dtype} of shape ${showShape(value.shape)}. Reduce it with \`sum\` or \`mean\`.`);
        }
        const found = backward(tape, value, constantLike(value, 1, 'float32', value.shape), new Set(wanted.map((x) => x.id)));
        return mapTree(inner, (x) => own(found.get(x.id) ?? constantLike(x, 0, 'float32', x.shape)));
      });
      return { values, grads, aux };
    },
  ));
}

/**
 * From `fn(params)` to d fn / d params. See `valueAndGrad`.
 *
 * @example
 * ```ts
 * import { grad, ops, ready, type Tensor, tensor } from '@parsimony/core';
 * await ready();
 * const cube = (x: Tensor) => ops.sum(ops.mul(x, ops.mul(x, x)));
 * const second = grad((x: Tensor) => ops.sum(grad(cube)(x)));
 * await second(tensor([2])).array(); // => [12]
 * ```
 */
export function grad<P extends Tree, R extends readonly unknown[] = []>(fn: (params: P, ...rest: R) => Tensor): (params: P, ...rest: R) => P {
  const both = valueAndGrad<P, undefined, R>(fn);
  return (params, ...rest) => scope(() => both(params, ...rest).grads);
}

/**
 * Walks the tape backwards; returns the gradients of the wanted tensors by id. A gradient is given back as soon as nothing
 * refers to it, so that the pass touches little memory; not while another tape records, which may need it.
 */
function backward(tape: Tape, value: Tensor, seed: Tensor, wanted: ReadonlySet<number>): Map<number, Tensor> {
  const grads = new Map<number, Tensor>();
  const uses = new Map<Tensor, number>();
  const frugal = !recording();
  const set = (id: number, dx: Tensor): void => {
    grads.set(id, dx);
    uses.set(dx, (uses.get(dx) ?? 0) + 1);
  };
  const drop = (id: number): Tensor | undefined => {
    const dx = grads.get(id);
    if (dx && grads.delete(id)) uses.set(dx, (uses.get(dx) ?? 1) - 1);
    return dx;
  };
  set(value.id, seed);
  for (let i = tape.nodes.length - 1; i >= 0; i--) {
    const node = tape.nodes[i] as TapeNode;
    const dys = node.outputs.map((y) => grads.get(y.id));
    if (dys.every((dy) => dy === undefined)) continue;
    const needs = node.inputs.map((x) => tape.tracks(x));
    const dxs = scope(() => tape.rule(node)(node, dys, needs));
    const spare: (Tensor | undefined)[] = [...dxs];
    for (const y of node.outputs) if (!wanted.has(y.id)) spare.push(drop(y.id));
    node.inputs.forEach((x, k) => {
      const dx = dxs[k];
      if (!needs[k] || dx === undefined) return;
      if (!sameShape(dx.shape, x.shape)) {
        fail('gradient', `${node.op}: the gradient of input ${k} must have its shape ${showShape(x.shape)}, received ${showShape(dx.shape)} from its rule.`);
      }
      const before = drop(x.id);
      spare.push(before);
      set(x.id, before === undefined ? dx : add(before, dx));
    });
    if (!frugal) continue;
    // A rule may hand on a tensor of the forward pass, which others still need: only what the backward pass made goes.
    for (const x of spare) if (x && x.id >= seed.id && !x.disposed && !uses.get(x) && inInnermostScope(x)) x.dispose();
  }
  return grads;
}
