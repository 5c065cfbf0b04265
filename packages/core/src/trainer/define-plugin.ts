/** What a plugin must be, checked when it is made, so that a mistake is reported to its author and not in the middle of a fit. */
import { fail, ParsimonyError, show } from '../errors';
import { checkChoice, checkNumber, checkOptions } from '../options';
import { isPlainObject } from '../tensor/find';
import type { AnyPlugin, HookName, Plugin, PluginKey, State } from './contract';
import { hookNames, slots } from './hook-names';

/** The version of the plugin contract that this core implements. */
export const contractVersion = 1;

const brand = Symbol.for('parsimony.plugin');

const fields = [
  'name', 'version', 'apiVersion', 'instance', 'options', 'claims', 'batchSemantics', 'nonFinite', 'init', 'stateVersion',
  'migrate', 'requiredOnLoad', 'hooks', 'api', 'check', 'teardown',
];

/**
 * Checks a plugin and closes over the type of its state. What a plugin factory returns.
 *
 * @throws plugin: no name or version, another contract version, an unknown field, hook, slot or write mode, options that are not JSON.
 * @example
 * ```ts
 * import { definePlugin } from '@parsimony/core';
 * const countSteps = () => definePlugin({
 *   name: 'count-steps', version: '1.0.0', apiVersion: 1, options: {}, claims: {}, batchSemantics: 'per-sample',
 *   init: () => ({ tensors: {}, json: 0 }),
 *   hooks: { stepEnd: (ctx) => ctx.setState({ tensors: {}, json: (ctx.state.json as number) + 1 }) },
 * });
 * countSteps().name; // => 'count-steps'
 * ```
 */
export function definePlugin<S extends State = State>(plugin: Plugin<S>): AnyPlugin {
  const name = isPlainObject(plugin) ? plugin.name : undefined;
  // A number as a key would stand before all others, and the order of plugins matters.
  if (typeof name !== 'string' || !/^(?!\d+$)[^\s#]+$/.test(name)) {
    fail('plugin', `definePlugin: \`name\` must be a package name without spaces and '#', and no number, such as '@parsimony/ema', received ${show(name)}.`);
  }
  const where = `Plugin ${name}`;
  asPluginError(name, () => {
    if (plugin.apiVersion !== contractVersion) {
      fail('plugin', `${where}: it is written for version ${show(plugin.apiVersion)} of the plugin contract; this @parsimony/core implements version ${contractVersion}. Install a version of the plugin for contract ${contractVersion}, or another @parsimony/core.`);
    }
    checkOptions(where, plugin, fields, 'field');
    if (typeof plugin.version !== 'string' || plugin.version === '') fail('plugin', `${where}: \`version\` must be a version string, received ${show(plugin.version)}.`);
    if (plugin.instance !== undefined && (typeof plugin.instance !== 'string' || !/^[^\s#]+$/.test(plugin.instance))) {
      fail('plugin', `${where}: \`instance\` must be a short name without spaces and '#', received ${show(plugin.instance)}.`);
    }
    checkJson(where, 'options', plugin.options);
    checkClaims(where, plugin.claims);
    checkChoice(where, 'batchSemantics', plugin.batchSemantics, ['per-sample', 'per-batch']);
    if (plugin.nonFinite !== undefined) checkChoice(where, 'nonFinite', plugin.nonFinite, ['skip']);
    if (plugin.stateVersion !== undefined) checkNumber(where, 'stateVersion', plugin.stateVersion, { min: 0, integer: true });
    for (const field of ['init', 'migrate', 'check', 'teardown'] as const) {
      if (plugin[field] !== undefined && typeof plugin[field] !== 'function') fail('plugin', `${where}: \`${field}\` must be a function, received ${show(plugin[field])}.`);
    }
    checkHooks(where, plugin.hooks);
  });
  return Object.freeze({ ...plugin, [brand]: true }) as unknown as AnyPlugin;
}

/** @internal The plugin behind its closed type; an error for what `definePlugin` did not make. */
export function openPlugin(plugin: unknown): Plugin {
  if (typeof plugin === 'object' && plugin !== null && (plugin as { [brand]?: unknown })[brand] === true) return plugin as Plugin;
  return fail('plugin', `plugins: expected what a plugin factory returns, received ${show(plugin)}.${typeof plugin === 'function' ? ' Call the factory: `ema()`.' : ' Wrap it in `definePlugin`.'}`);
}

/** @internal name, or name#instance. */
export const keyOf = ({ name, instance }: { readonly name: string; readonly instance?: string }): PluginKey =>
  (instance === undefined ? name : `${name}#${instance}`) as PluginKey;

/** Errors of the shared option checks, told as the plugin's. */
function asPluginError(plugin: string, fn: () => void): void {
  try { fn(); } catch (error) {
    throw error instanceof ParsimonyError ? new ParsimonyError('plugin', error.message, { plugin, cause: error }) : error;
  }
}

function checkJson(where: string, path: string, value: unknown): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) return value.forEach((item, i) => { checkJson(where, `${path}[${i}]`, item); });
  if (isPlainObject(value)) return Object.entries(value).forEach(([key, item]) => { checkJson(where, `${path}.${key}`, item); });
  fail('plugin', `${where}: \`${path}\` must be JSON, so that a checkpoint can record it, received ${show(value)}. Leave out what is undefined; write what cannot be data as { external: name }.`);
}

function checkClaims(where: string, claims: unknown): void {
  checkOptions(`${where}: claims`, claims, ['reads', 'writes'], 'field');
  const { reads = [], writes = {} } = claims as Plugin['claims'];
  for (const slot of reads) checkChoice(where, 'claims.reads', slot, slots);
  checkOptions(`${where}: claims.writes`, writes, slots, 'slot');
  for (const [slot, mode] of Object.entries(writes)) checkChoice(where, `claims.writes.${slot}`, mode, ['affine', 'add', 'replace', 'exclusive']);
}

function checkHooks(where: string, hooks: unknown): void {
  checkOptions(where, hooks, hookNames, 'hook');
  for (const [name, hook] of Object.entries(hooks as Readonly<Record<string, unknown>>)) {
    const { handler, match, order, before, after } = normalizeHook(name as HookName, hook);
    const at = `${where}: hook \`${name}\``;
    if (typeof handler !== 'function') fail('plugin', `${at} must be a function or { order?, before?, after?, handler }, received ${show(hook)}.`);
    if (name === 'transformActivation' && (typeof match !== 'string' || match === '')) fail('plugin', `${at} must be { match, handler } with \`match\` a glob over module paths, received ${show(match)}.`);
    if (order !== undefined) checkChoice(at, 'order', order, ['pre', 'post']);
    for (const [field, names] of [['before', before], ['after', after]] as const) {
      if (!Array.isArray(names) || names.some((n) => typeof n !== 'string')) fail('plugin', `${at}: \`${field}\` must be a list of plugin names, received ${show(names)}.`);
    }
    if (isPlainObject(hook)) checkOptions(at, hook, ['order', 'before', 'after', 'handler', 'match'], 'field');
  }
}

/** @internal A hook with its order, whichever way it was written. */
export interface NormalHook {
  readonly handler: unknown;
  /** Of `transformActivation`. */
  readonly match?: string | undefined;
  readonly order?: 'pre' | 'post' | undefined;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** @internal */
export function normalizeHook(name: HookName, hook: unknown): NormalHook {
  if (!isPlainObject(hook)) return { handler: hook, before: [], after: [] };
  const { order, before = [], after = [], handler, match } = hook as unknown as Partial<NormalHook>;
  const inner = name === 'transformActivation' && isPlainObject(handler) ? handler as unknown as NormalHook : { handler, match };
  return { handler: inner.handler, match: inner.match, order, before, after };
}
