/** Modules behind modules: what a model is given without its code, its paths or its state changing. */
import { fail, show } from '../errors';
import type { ForwardContext } from '../types';
import type { Module } from './module';

type AnyModule = Module<unknown, unknown>;

const appended = new WeakMap<AnyModule, Map<string, AnyModule>>();

/** @internal What stands behind a module, by name, in the order it runs. */
export const appendedTo = (module: unknown): [string, AnyModule][] => [...appended.get(module as AnyModule) ?? []];

/** @internal The output of a module after all that stands behind it. */
export const runAppended = <O>(module: unknown, output: O, ctx: ForwardContext): O =>
  appendedTo(module).reduce<unknown>((value, [, next]) => next.forward(value, ctx), output) as O;

/**
 * From now on what the module at `path` puts out goes through `next`, which becomes `path.name`. Paths and state of the rest stay
 * as they are. A name that is taken by an earlier `append` is given to the new module.
 *
 * @param path - Of a module of `model`; '' is the model itself.
 * @param name - A property name that the module does not have.
 * @throws option: no such module, a name that it has, something that is no module.
 * @example
 * ```ts
 * import { nn, random, ready, tensor } from '@parsimony/core';
 * await ready();
 * const model = new nn.Sequential(new nn.Identity(), new nn.Identity());
 * nn.append(model, '0', 'clip', new nn.ReLU());
 * await model.forward(tensor([-1, 2])).array(); // => [0, 2]
 * model.namedModules().map(([path]) => path); // => ['', '0', '0.clip', '1']
 * ```
 */
export function append(model: Module<never, unknown>, path: string, name: string, next: Module): void {
  const modules = (model as unknown as AnyModule).namedModules();
  const found = modules.find(([own]) => own === path)?.[1];
  if (!found) return fail('option', `append: the model has no module at ${show(path)}; it has: ${modules.map(([own]) => own || '(root)').join(', ')}.`);
  if (typeof name !== 'string' || !/^\w+$/.test(name)) fail('option', `append: \`name\` must be a name of letters, digits and '_', received ${show(name)}.`);
  if (found.children().some(([own]) => own === name || own.startsWith(`${name}.`))) fail('option', `append: the module at ${show(path)} has a child \`${name}\` already.`);
  if (typeof (next as Partial<Module> | undefined)?.forward !== 'function') fail('option', `append: expected a module, received ${show(next)}.`);
  appended.set(found, (appended.get(found) ?? new Map<string, AnyModule>()).set(name, next as unknown as AnyModule));
  (model as unknown as AnyModule).assignPaths();
}
