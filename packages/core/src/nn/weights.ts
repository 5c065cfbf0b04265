/** Sets of weights as values: held beside the model's own, and as the tensors of a plugin's state. */
import { detach } from '../autograd/custom';
import type { Tensor } from '../tensor/tensor';
import type { Params, Weights } from '../types';

/**
 * The same weights, held on their own, so that the originals may go or change. Nothing is copied: what is written over later
 * finds that it has another holder.
 *
 * @example
 * ```ts
 * import { nn, random, ready } from '@parsimony/core';
 * await ready();
 * const model = new nn.Linear(2, 2).init(random.key(0));
 * const before = nn.holdWeights(model.weights());
 * Object.keys(before.params); // => ['weight', 'bias']
 * ```
 */
export function holdWeights({ params, buffers }: Weights): Weights {
  const held = (tensors: Params): Params => Object.fromEntries(Object.entries(tensors).map(([path, x]) => [path, detach(x)]));
  return { params: held(params), buffers: held(buffers) };
}

/** Weights as one table of tensors, with `params/` and `buffers/` before the paths: what a plugin keeps in its state. */
export function packWeights({ params, buffers }: Weights): Params {
  const out: Record<string, Tensor> = {};
  for (const [path, x] of Object.entries(params)) out[`params/${path}`] = x;
  for (const [path, x] of Object.entries(buffers)) out[`buffers/${path}`] = x;
  return out;
}

/** What `packWeights` packed; undefined for an empty table. */
export function unpackWeights(table: Params): Weights | undefined {
  const entries = Object.entries(table);
  if (entries.length === 0) return undefined;
  const under = (prefix: string): Params => Object.fromEntries(
    entries.flatMap(([key, x]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), x]] : [])));
  return { params: under('params/'), buffers: under('buffers/') };
}
