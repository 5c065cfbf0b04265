/** Parameters come as a tensor, a list, or a record (nested at will); these walk such trees. */
import { fail, show } from '../errors';
import { isPlainObject, isTensor } from '../tensor/find';
import type { Tensor } from '../tensor/tensor';

export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** A tree of the same structure with every tensor replaced. */
export function mapTree<T extends Tree>(tree: T, fn: (tensor: Tensor, path: string) => Tensor, path = ''): T {
  if (isTensor(tree)) return fn(tree, path) as T;
  const at = (key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(tree)) return tree.map((item: Tree, i) => mapTree(item, fn, at(i))) as unknown as T;
  if (isPlainObject(tree)) {
    return Object.fromEntries(Object.entries(tree as Record<string, Tree>).map(([key, item]) => [key, mapTree(item, fn, at(key))])) as T;
  }
  return fail('gradient', `Expected tensors in lists and records${path === '' ? '' : ` at \`${path}\``}, received ${show(tree)}.`);
}

/** The tensors of a tree, in order of their keys. */
export function leaves(tree: Tree): Tensor[] {
  const out: Tensor[] = [];
  mapTree(tree, (tensor) => (out.push(tensor), tensor));
  return out;
}
