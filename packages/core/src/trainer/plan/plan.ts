/** The plan of a fit: which plugin runs where, and what speaks against it. Made before any work is done. */
import { fail } from '../../errors';
import { isModule, type Module } from '../../nn/module';
import type { Inputs, Outputs } from '../../types';
import { planChecks } from '../checks/all';
import type { AnyPlugin, Finding, HookName, Plan, PlanSettings, Plugin, PluginKey } from '../contract';
import { keyOf, normalizeHook, openPlugin } from '../define-plugin';
import { hookNames } from '../hook-names';
import { type Claimant, findConflicts } from './conflicts';
import { type HookEntry, orderHook, type OrderedHook } from './order';
import { printPlan } from './print';

/** @internal A plan with what the trainer runs from it. */
export class ResolvedPlan implements Plan {
  readonly order: Readonly<Record<HookName, readonly PluginKey[]>>;

  constructor(
    readonly plugins: readonly Claimant[],
    readonly hooks: Readonly<Record<HookName, OrderedHook>>,
    readonly findings: readonly Finding[],
  ) {
    this.order = mapHooks((name) => hooks[name].entries.map(({ key }) => key));
  }

  toString(): string { return printPlan(this); }
}

/**
 * Orders the hooks of plugins and checks what they claim.
 *
 * @param plugins - In the user's order, which decides where nothing else does.
 * @throws conflict: every finding of severity 'error', in one message; a cycle of `before` and `after`; a plugin twice without
 * `instance`. plugin: something that is not a plugin.
 * @example
 * ```ts
 * import { createPlan, definePlugin, nn, type Tensor } from '@parsimony/core';
 * class Empty extends nn.Module { protected compute(x: Tensor): Tensor { return x; } }
 * const plugin = (name: string, before: string[]) => definePlugin({
 *   name, version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
 *   hooks: { fitStart: { before, handler: () => {} } },
 * });
 * createPlan([plugin('a', []), plugin('b', ['a'])], new Empty()).order.fitStart; // => ['b', 'a']
 * ```
 */
export function createPlan(plugins: readonly AnyPlugin[], model: Module<Inputs, Outputs>, settings: PlanSettings = {}): Plan {
  return resolvePlan(plugins, model, settings);
}

/** @internal */
export function resolvePlan(plugins: readonly AnyPlugin[], model: Module<Inputs, Outputs>, settings: PlanSettings): ResolvedPlan {
  if (!Array.isArray(plugins)) fail('option', 'createPlan: `plugins` must be a list.');
  if (!isModule(model)) fail('option', 'createPlan: `model` must be a module, such as `nn.Sequential`.');
  const claimants = (plugins as readonly AnyPlugin[]).map((p): Claimant => {
    const plugin = openPlugin(p);
    return { key: keyOf(plugin), plugin };
  });
  refuseDuplicates(claimants);
  const hooks = mapHooks((name) => orderHook(name, claimants.flatMap(({ key, plugin }): HookEntry[] => {
    const hook = plugin.hooks[name];
    return hook === undefined ? [] : [{ key, name: plugin.name, ...normalizeHook(name, hook) }];
  })));
  const findings = [
    ...findConflicts(claimants, hooks),
    ...overruledOrders(hooks),
    ...planChecks.flatMap((check) => check({ model, plugins: claimants, ...settings })),
    ...claimants.flatMap(({ plugin }) => ownFindings(plugin, claimants, model, settings)),
  ];
  refuseErrors(findings);
  return new ResolvedPlan(claimants, hooks, findings);
}

/** Throws what findings of severity 'error' say. */
function refuseErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  fail('conflict', `Plan: ${errors.map(({ message, hint }) => (hint === undefined ? message : `${message} ${hint}`)).join('\n      ')}`,
    errors[0]?.plugins[0] === undefined ? {} : { plugin: errors[0].plugins[0] });
}

const mapHooks = <T>(fn: (name: HookName) => T): Record<HookName, T> =>
  Object.fromEntries(hookNames.map((name) => [name, fn(name)])) as Record<HookName, T>;

function refuseDuplicates(claimants: readonly Claimant[]): void {
  const seen = new Set<PluginKey>();
  for (const { key } of claimants) {
    if (seen.has(key)) fail('conflict', `Plan: ${key} is listed twice. If both are meant, tell them apart with the option \`instance\`; their draws and their state go by that name.`, { plugin: key });
    seen.add(key);
  }
}

/** What a plugin itself says of its peers and the model; its errors name it. */
function ownFindings(plugin: Plugin, claimants: readonly Claimant[], model: Module<Inputs, Outputs>, settings: PlanSettings): readonly Finding[] {
  try {
    return plugin.check?.(claimants.map((c) => c.plugin).filter((p) => p !== plugin), model, settings) ?? [];
  } catch (error) {
    return fail('plugin', `${keyOf(plugin)}: \`check\` threw: ${error instanceof Error ? error.message : String(error)}`, { plugin: keyOf(plugin), cause: error });
  }
}

function overruledOrders(hooks: Readonly<Record<HookName, OrderedHook>>): Finding[] {
  return hookNames.flatMap((name) => hooks[name].overruled.map(([first, second]): Finding => ({
    severity: 'warning', code: 'order-overruled', plugins: [first.key, second.key],
    message: `\`${name}\`: ${first.key} is to run before ${second.key}, but its band ('${first.order ?? 'normal'}') comes after that of the other ('${second.order ?? 'normal'}'); bands win.`,
  })));
}
