/** Dropout for a model that is there already: rates changed, and dropout added, by the paths of its modules. */
import { checkFunction, checkOptions, fail, globMatch, nn, type Schedule, show, strength, type Tensor } from '@parsimony/core';
import { Dropout } from './dropout';
import { probability } from './drop-layer';

/** What a model's modules are to drop. Either `p` or `layer`. */
export interface DropoutRule {
  /** A glob over module paths: `*` within a segment, `**` across. The model itself is '' only. */
  readonly match: string;
  /** Probability to drop, in [0, 1]: a number or a schedule of the step. */
  readonly p?: Schedule;
  /** Makes the layer to put behind a module, from its path; in place of `Dropout`. */
  readonly layer?: (path: string) => nn.Module<Tensor, Tensor>;
}

export interface AppliedDropout {
  /** Of the layer that drops. */
  readonly path: string;
  /** The glob that decided. */
  readonly match: string;
  /** `'changed'`: the rate of a layer that drops; `'added'`: a layer behind one that does not. */
  readonly change: 'changed' | 'added';
}

/**
 * Sets the rate of every module that matches: of layers that drop, their own (`p`; `dropout` of recurrent layers, attention and
 * transformers); of others, that of a `Dropout` put behind them at `path.dropout`, or what the rule's `layer` makes. Of several rules
 * that match a module the last decides. Neither paths nor the state of the model change, so weights load as before; a rate of 0 takes
 * the effect back. Says what it did, in the order of the model.
 *
 * @param rules - In order: `[{ match: '**.dropout', p: 0.2 }, { match: 'layers.*.linear1', p: 0.1 }]`.
 * @throws option: a rule that matches no module (with the paths there are), a rate out of range, a `layer` for one that drops itself,
 * no rules, an unknown option. Nothing is changed then.
 * @example
 * ```ts
 * import { nn } from '@parsimony/core';
 * import { applyDropout, Dropout } from '@parsimony/dropout';
 * const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new Dropout({ p: 0.5 }), new nn.Linear(8, 2));
 * const done = applyDropout(model, [{ match: '1', p: 0.1 }, { match: '2', p: 0.2 }]);
 * done.map(({ path, change }) => `${path} ${change}`); // => ['1.dropout added', '2 changed']
 * Object.keys(model.parameterShapes()); // => ['0.weight', '0.bias', '3.weight', '3.bias']
 * applyDropout(model, [{ match: 'layers.*', p: 0.1 }]); // throws applyDropout: no module matches `layers.*`
 * ```
 */
export function applyDropout(model: nn.Module<never, unknown>, rules: readonly DropoutRule[]): AppliedDropout[] {
  const where = 'applyDropout';
  if (!nn.isModule(model)) fail('option', `${where}: the first argument must be a module, received ${show(model)}.`);
  if (!Array.isArray(rules) || rules.length === 0) fail('option', `${where}: expected a list of rules, [{ match: '**.dropout', p: 0.2 }], received ${show(rules)}.`);
  const modules = model.namedModules();
  rules.forEach((rule: DropoutRule, i) => { checkRule(`${where}: rule ${i}`, rule, modules); });
  const steps = modules.flatMap(([path, module]): Step[] => {
    const rule = (rules as readonly DropoutRule[]).findLast(({ match }) => matches(match, path));
    return rule ? [prepare(`${where}: \`${rule.match}\` for ${labelOf(path, module)}`, model, path, module, rule)] : [];
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

function checkRule(where: string, rule: DropoutRule, modules: readonly (readonly [string, AnyModule])[]): void {
  checkOptions(where, rule, ['match', 'p', 'layer']);
  const { match, p, layer } = rule;
  if (typeof match !== 'string') fail('option', `${where}: \`match\` must be a glob over module paths, received ${show(match)}.`);
  if ((p === undefined) === (layer === undefined)) fail('option', `${where}: expected either \`p\` or \`layer\`, received ${p === undefined ? 'neither' : 'both'}.`);
  if (p !== undefined) strength(where, 'p', p, probability);
  else checkFunction(where, 'layer', layer);
  if (modules.some(([path]) => matches(match, path))) return;
  fail('option', `applyDropout: no module matches \`${match}\`; there are: ${modules.map(([path, module]) => labelOf(path, module)).join(', ')}.`);
}

/** A pattern means modules within; the whole is named alone. */
const matches = (glob: string, path: string): boolean => (path === '' || glob === '' ? glob === path : globMatch(glob, path));
const labelOf = (path: string, module: AnyModule): string => `\`${path || '(root)'}\` (${module.constructor.name})`;

type AnyModule = nn.Module<unknown, unknown>;
interface Step { readonly done: AppliedDropout; readonly change?: () => void; readonly add?: () => void }

/** The name of a layer that was put behind another one. */
const added = 'dropout';

function prepare(at: string, model: nn.Module<never, unknown>, path: string, module: AnyModule, { match, p, layer }: DropoutRule): Step {
  const behind = path === '' ? added : `${path}.${added}`;
  const own = rateName(module) !== undefined;
  if (!own && module.traits?.drops !== undefined) fail('option', `${at}: the layer drops at a rate that cannot be set.`);
  if (p !== undefined) {
    // Where an earlier call put a layer, its rate is meant.
    const [target, place] = own ? [module, path] : [layerBehind(model, module, behind), behind];
    if (target) return { done: { path: place, match, change: 'changed' }, change: () => { setRate(target, p); } };
  }
  if (own) fail('option', `${at}: the layer drops itself; give the rule a \`p\`.`);
  if (module.children().some(([name]) => name === added)) fail('option', `${at}: the module has a child \`${added}\` of its own; name that one.`);
  const made: unknown = layer === undefined ? new Dropout(p === undefined ? {} : { p }) : layer(path);
  if (!nn.isModule(made)) fail('option', `${at}: \`layer\` must return a module, received ${show(made)}.`);
  return { done: { path: behind, match, change: 'added' }, add: () => { nn.append(model, path, added, made as nn.Module); } };
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
