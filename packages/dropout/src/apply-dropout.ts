/** Dropout for a model that is there already: rates changed, and dropout added, by the paths of its modules. */
import { checkOptions, fail, globMatch, nn, type Schedule, show, strength, type Tensor } from '@parsimony/core';
import { Dropout } from './dropout';
import { probability } from './drop-layer';

/** A rate, a number or a schedule of the step; or a layer to put behind each module that matches. */
export type DropoutRule = Schedule | ((path: string) => nn.Module<Tensor, Tensor>);

/** By glob over module paths: `*` within a segment, `**` across. */
export type DropoutRules = Readonly<Record<string, DropoutRule>>;

export interface AppliedDropout {
  /** Of the layer that drops. */
  readonly path: string;
  /** The glob that decided. */
  readonly rule: string;
  /** `'changed'`: the rate of a layer that drops; `'added'`: a layer behind one that does not. */
  readonly change: 'changed' | 'added';
}

/**
 * Sets the rate of every module that matches: of layers that drop, their own (`p`; `dropout` of recurrent layers, attention and
 * transformers); of others, that of a `Dropout` put behind them at `path.dropout`, or of what the rule's function makes. Of several
 * rules that match a module the last decides. Neither paths nor the state of the model change, so weights load as before; a rate
 * of 0 takes the effect back. Says what it did, in the order of the model.
 *
 * @param rules - Rates by glob: `{ '**.dropout': 0.2, 'layers.*.linear1': 0.1 }`.
 * @throws option: a rule that matches no module (with the paths there are), a rate out of range, a function for a layer that drops
 * itself, no rules. Nothing is changed then.
 * @example
 * ```ts
 * import { nn } from '@parsimony/core';
 * import { applyDropout, Dropout } from '@parsimony/dropout';
 * const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Linear(8, 2));
 * applyDropout(model, { 1: 0.1, 2: 0.2 }).map(({ path, change }) => `${path} ${change}`); // => ['1.dropout added', '2 changed']
 * Object.keys(model.parameterShapes()); // => ['0.weight', '0.bias', '3.weight', '3.bias']
 * applyDropout(model, { 'layers.*': 0.1 }); // throws applyDropout: no module matches `layers.*`
 * ```
 */
export function applyDropout(model: nn.Module<never, unknown>, rules: DropoutRules): AppliedDropout[] {
  const where = 'applyDropout';
  if (!nn.isModule(model)) fail('option', `${where}: the first argument must be a module, received ${show(model)}.`);
  checkOptions(where, rules, Object.keys(rules ?? {}));
  const entries = Object.entries(rules);
  if (entries.length === 0) fail('option', `${where}: expected rates by glob over module paths, { '**.dropout': 0.2 }, received none.`);
  const modules = model.namedModules();
  for (const [glob] of entries) {
    if (modules.some(([path]) => globMatch(glob, path))) continue;
    fail('option', `${where}: no module matches \`${glob}\`; there are: ${modules.map(([path, module]) => `${path || '(root)'} (${module.constructor.name})`).join(', ')}.`);
  }
  const steps = modules.flatMap(([path, module]): Step[] => {
    const rule = entries.findLast(([glob]) => globMatch(glob, path));
    return rule ? [prepare(`${where}: \`${rule[0]}\` for \`${path || '(root)'}\` (${module.constructor.name})`, model, path, module, rule)] : [];
  });
  const before = modules.flatMap(([, module]) => (rateName(module) === undefined ? [] : [[module, rateOf(module)] as const]));
  try {
    // Rates come first: a layer may refuse one, and what is added is known to be right.
    for (const { change } of steps) change?.();
  } catch (error) {
    for (const [module, rate] of before) setRate(module, rate);
    throw error;
  }
  for (const { add } of steps) add?.();
  return steps.map(({ done }) => done);
}

type AnyModule = nn.Module<unknown, unknown>;
interface Step { readonly done: AppliedDropout; readonly change?: () => void; readonly add?: () => void }

/** The name of a layer that was put behind another one. */
const added = 'dropout';

function prepare(at: string, model: nn.Module<never, unknown>, path: string, module: AnyModule, [rule, value]: readonly [string, DropoutRule]): Step {
  const behind = path === '' ? added : `${path}.${added}`;
  const own = rateName(module) !== undefined;
  if (!own && module.traits?.drops !== undefined) fail('option', `${at}: the layer drops at a rate that cannot be set.`);
  if (typeof value !== 'function') {
    const { schedule } = strength(at, 'p', value, probability);
    // Where an earlier call put a layer, its rate is meant.
    const [target, place] = own ? [module, path] : [layerBehind(model, module, behind), behind];
    if (target) return { done: { path: place, rule, change: 'changed' }, change: () => { setRate(target, schedule); } };
  }
  if (own) fail('option', `${at}: the layer drops itself, so the rule must be a rate, received a function.`);
  if (module.children().some(([name]) => name === added)) fail('option', `${at}: the module has a child \`${added}\` of its own; name that one.`);
  const layer: unknown = typeof value === 'function' ? value(path) : new Dropout({ p: value });
  if (!nn.isModule(layer)) fail('option', `${at}: the rule's function must return a module, received ${show(layer)}.`);
  return { done: { path: behind, rule, change: 'added' }, add: () => { nn.append(model, path, added, layer as nn.Module); } };
}

/** What an earlier call put behind a module, where its rate may be set. */
function layerBehind(model: nn.Module<never, unknown>, module: AnyModule, path: string): AnyModule | undefined {
  const found = model.namedModules().find(([own]) => own === path)?.[1];
  return found && rateName(found) !== undefined && !module.children().some(([, child]) => child === found) ? found : undefined;
}

/** The property that holds the module's rate and may be set. */
function rateName(module: AnyModule): 'p' | 'dropout' | undefined {
  if (module.traits?.drops === undefined) return undefined;
  for (let type: unknown = Object.getPrototypeOf(module); type !== null; type = Object.getPrototypeOf(type)) {
    for (const name of ['p', 'dropout'] as const) if (Object.getOwnPropertyDescriptor(type, name)?.set) return name;
  }
  return undefined;
}

type WithRate = Record<'p' | 'dropout', Schedule>;
const rateOf = (module: AnyModule): Schedule => (module as unknown as WithRate)[rateName(module) ?? 'p'];
const setRate = (module: AnyModule, rate: Schedule): void => { (module as unknown as WithRate)[rateName(module) ?? 'p'] = rate; };
