/** Weights that are functions of weights: weight norm, spectral norm, mixout. */
import { fail, show } from '../errors';
import { checkFunction, checkOptions } from '../options';
import type { Tensor } from '../tensor/tensor';
import type { Module } from './module';
import type { Parametrization, ParametrizeOptions } from './parametrization';
import { tiedTo } from './tie';

/**
 * From now on the module sees `fn(raw, ctx, own)` wherever it reads the parameter at `path`; the raw weight is what is trained,
 * decayed, averaged and saved. It keeps its name, or gets `rawName`; further parameters and buffers of the parametrization stand
 * beside it, and `own(name)` gives their values in this pass. Several compose in order.
 *
 * Returns what takes `fn` off again and leaves the raw weight as it is, where `fn` came without names and values of its own.
 *
 * @param path - Path of the parameter from `model`: `layers.0.weight`.
 * @throws option: no such parameter, a name that is taken, an unknown option.
 * @example
 * ```ts
 * import { nn, ops, random, ready, tensor, zeros } from '@parsimony/core';
 * await ready();
 * const model = new nn.Sequential(new nn.Linear(2, 2));
 * nn.parametrize(model, '0.weight', (raw) => ops.mul(raw, 0));
 * model.init(random.key(0));
 * await ops.sum(ops.sub(model.forward(zeros([1, 2])), model.stateDict()['0.bias'] ?? 0)).item(); // => 0
 *
 * const scaled = new nn.Linear(2, 2, { bias: false });
 * nn.parametrize(scaled, 'weight', (raw, _, own) => ops.mul(raw, own('gain')), {
 *   rawName: 'direction', parameters: { gain: [] }, initial: () => ({ gain: tensor(2) }),
 * });
 * Object.keys(scaled.init(random.key(0)).stateDict()); // => ['gain', 'direction']
 * ```
 */
export function parametrize(model: Module<never, unknown>, path: string, fn: Parametrization, options: ParametrizeOptions = {}): () => void {
  checkFunction('parametrize', 'fn', fn);
  checkOptions('parametrize', options, ['rawName', 'parameters', 'buffers', 'initial']);
  const [owner, name] = ownerOf('parametrize', model, path);
  return owner.addParametrization(name, fn, options);
}

/**
 * Makes the weight at `path` an ordinary parameter again, with the value that evaluation saw; what its parametrizations kept beside
 * it is gone. PyTorch's `remove_parametrizations` and `remove_weight_norm`.
 *
 * @throws option: no such parameter, or one that is not parametrized.
 * @example
 * ```ts
 * import { nn, ops, random, ready, zeros } from '@parsimony/core';
 * await ready();
 * const layer = new nn.Linear(2, 2);
 * nn.parametrize(layer, 'weight', (raw) => ops.mul(raw, 0));
 * nn.removeParametrizations(layer.init(random.key(0)), 'weight');
 * await layer.stateDict().weight?.array(); // => [[0, 0], [0, 0]]
 * ```
 */
export function removeParametrizations(model: Module<never, unknown>, path: string): void {
  const [owner, name] = ownerOf('removeParametrizations', model, path);
  owner.bakeParametrizations(name);
}

/**
 * The weight at `path` as the layer uses it in evaluation: parametrized, where it is.
 *
 * @throws option: no such parameter or buffer. state: before `init`.
 * @example
 * ```ts
 * import { nn, ops, random, ready } from '@parsimony/core';
 * await ready();
 * const layer = new nn.Linear(1, 1).init(random.key(0));
 * nn.parametrize(layer, 'weight', (raw) => ops.div(raw, raw));
 * await nn.weightOf(layer, 'weight').array(); // => [[1]]
 * ```
 */
export function weightOf(model: Module<never, unknown>, path: string): Tensor {
  const [owner, name] = ownerOf('weightOf', model, path);
  return owner.effective(name);
}

/** The module that has the parameter at `path`, and its name in there. A parametrized weight goes by its former path. */
function ownerOf(where: string, model: Module<never, unknown>, path: string): [Module<unknown, unknown>, string] {
  if (typeof path !== 'string') fail('option', `${where}: \`path\` must be a string such as 'layers.0.weight', received ${show(path)}.`);
  const dot = path.lastIndexOf('.');
  const [owner, name] = dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
  const found = model.namedModules().find(([at]) => at === owner);
  if (!found) fail('option', `${where}: the model has no module at \`${owner}\`; it has: ${model.namedModules().map(([at]) => at || '(root)').join(', ')}.`);
  // A parameter in two places is that of the first.
  const tied = tiedTo(found[1], name);
  return tied ? [tied.owner, tied.name] : [found[1], name];
}
