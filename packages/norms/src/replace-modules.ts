/** Other modules in the places of some, in a model that stays the same object. */
import { fail, type nn, type Params } from '@parsimony/core';

type AnyModule = nn.Module<unknown, unknown>;

/**
 * @internal Puts `by.get(child)` wherever `child` stands as a property of a module of the tree, or in a list that is one. What is no
 * longer in the tree gives its weights back.
 */
export function replaceModules(where: string, model: AnyModule, by: ReadonlyMap<AnyModule, AnyModule>): void {
  const parents = model.namedModules();
  for (const [path, parent] of parents) {
    const places = parent as unknown as Record<string, unknown>;
    for (const [name, value] of Object.entries(places)) {
      if (Array.isArray(value)) (value as unknown[]).forEach((item, i) => { value[i] = by.get(item as AnyModule) ?? item; });
      else if (by.has(value as AnyModule)) places[name] = by.get(value as AnyModule);
    }
    const left = parent.children().find(([, child]) => by.has(child));
    if (left) fail('option', `${where}: \`${left[0]}\` of ${parent.constructor.name} at \`${path}\` is neither a property nor in a list of it, so it cannot be replaced.`);
  }
  model.assignPaths();
  const staying = new Set(model.namedModules().map(([, module]) => module));
  for (const [, module] of parents) if (!staying.has(module)) disposeOwn(module);
}

/** The weights of a module itself, without its children's. */
function disposeOwn(module: AnyModule): void {
  const below = new Set(module.children().flatMap(([, child]) => Object.values(child.stateDict() as Params)));
  for (const value of Object.values(module.stateDict())) if (!below.has(value)) value.dispose();
}
