/** Weights that are functions of weights: weight norm, spectral norm, mixout. */
import { fail, show } from '../errors';
import { checkFunction } from '../options';
import type { Module, Parametrization } from './module';

/**
 * From now on the module sees `fn(raw, ctx)` wherever it reads the parameter at `path`; the raw weight is what is trained,
 * decayed, averaged and saved, under its own path. Several compose in order.
 *
 * @param path - Path of the parameter from `model`: `layers.0.weight`.
 * @throws option: no such parameter.
 * @example
 * ```ts
 * import { nn, ops, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const model = new nn.Sequential(new nn.Linear(2, 2));
 * nn.parametrize(model, '0.weight', (raw) => ops.mul(raw, 0));
 * model.init(random.key(0));
 * await ops.sum(ops.sub(model.forward(zeros([1, 2])), model.stateDict()['0.bias'] ?? 0)).item(); // => 0
 * ```
 */
export function parametrize(model: Module<never, unknown>, path: string, fn: Parametrization): void {
  if (typeof path !== 'string') fail('option', `parametrize: \`path\` must be a string such as 'layers.0.weight', received ${show(path)}.`);
  checkFunction('parametrize', 'fn', fn);
  const dot = path.lastIndexOf('.');
  const [owner, name] = dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
  const found = model.namedModules().find(([at]) => at === owner);
  if (!found) fail('option', `parametrize: the model has no module at \`${owner}\`; it has: ${model.namedModules().map(([at]) => at || '(root)').join(', ')}.`);
  found[1].addParametrization(name, fn);
}
