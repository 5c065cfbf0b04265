/** One parameter in two places: the second has no weight of its own and uses the first's. */
import { fail, show } from '../errors';
import { sameShape, showShape } from '../tensor/shape';
import { appendedTo } from './append';
import type { Module } from './module';

type AnyModule = Module<unknown, unknown>;
interface Place { readonly owner: AnyModule; readonly name: string }

const places = new WeakMap<object, Map<string, Place>>();

/** @internal Where the parameter of a module is kept, if not by itself. */
export const tiedTo = (module: object, name: string): Place | undefined => places.get(module)?.get(name);

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/**
 * From now on the parameter at `path` is the one at `to`: one weight in two places, whose gradient is the sum of both uses. It is
 * there once, under `to`: for optimizers, plugins, counts, checkpoints. A state dict may name either place, or both, as PyTorch's do;
 * where these differ, the last in the model's order counts, as there.
 *
 * @param path - Of the parameter that goes; it must not be parametrized.
 * @param to - Of the parameter that stays, before `path` in the model's order, of the same shape.
 * @throws option: no such parameter, one that is not before the other, or one that is tied already. shape: different shapes.
 * @see Press and Wolf, "Using the Output Embedding to Improve Language Models", arXiv:1608.05859.
 * @example
 * ```ts
 * import { nn, random, ready } from '@parsimony/core';
 * await ready();
 * const model = new nn.Sequential(new nn.Embedding(50, 8), new nn.Linear(8, 50, { bias: false }));
 * nn.tie(model, '1.weight', '0.weight');
 * Object.keys(model.init(random.key(0)).stateDict()); // => ['0.weight']
 * ```
 */
export function tie(model: Module<never, unknown>, path: string, to: string): void {
  const modules = new Map((model as unknown as AnyModule).namedModules());
  const shapes = model.parameterShapes();
  const paths = Object.keys(shapes);
  const placeOf = (which: string, at: unknown): Place => {
    if (typeof at !== 'string' || !Object.hasOwn(shapes, at)) return fail('option', `tie: \`${which}\` must be the path of a parameter, received ${show(at)}; the model has: ${paths.join(', ') || 'none'}.`);
    const dot = at.lastIndexOf('.');
    const owner = modules.get(at.slice(0, Math.max(0, dot)));
    return owner ? { owner, name: at.slice(dot + 1) } : fail('option', `tie: \`${at}\` is part of a parametrization.`);
  };
  const [goes, stays] = [placeOf('path', path), placeOf('to', to)];
  if (paths.indexOf(to) >= paths.indexOf(path)) fail('option', `tie: of a parameter in two places the first is the one that stays: \`${to}\` must come before \`${path}\` in the model.`);
  const [own, other] = [shapes[path] ?? [], shapes[to] ?? []];
  if (!sameShape(own, other)) fail('shape', `tie: \`${path}\` must have the shape ${showShape(other)} of \`${to}\`, received ${showShape(own)}.`);
  goes.owner.giveUpParameter(goes.name);
  places.set(goes.owner, (places.get(goes.owner) ?? new Map<string, Place>()).set(goes.name, stays));
  // What was tied to the one that goes stays with it.
  for (const [, module] of modules) {
    for (const [name, place] of places.get(module) ?? []) if (place.owner === goes.owner && place.name === goes.name) places.get(module)?.set(name, stays);
  }
}

/** @internal Further paths of what has one already: of tied parameters, and of modules in two places. */
export function aliasesOf(root: object): ReadonlyMap<string, string> {
  const first = new Map((root as AnyModule).namedModules().map(([path, module]) => [module, path] as const));
  const out = new Map<string, string>();
  const add = (alias: string, owner: AnyModule, name: string): void => {
    const at = first.get(owner);
    if (at !== undefined && join(at, name) !== alias) out.set(alias, join(at, name));
  };
  const visit = (module: AnyModule, path: string, above: readonly AnyModule[]): void => {
    if (above.includes(module)) return;
    for (const name of module.weightNames()) add(join(path, name), module, name);
    for (const [name, place] of places.get(module) ?? []) add(join(path, name), place.owner, place.name);
    for (const [name, child] of [...module.children(), ...appendedTo(module)]) visit(child, join(path, name), [...above, module]);
  };
  visit(root as AnyModule, '', []);
  return out;
}
