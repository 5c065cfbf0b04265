/** Errors in hooks, told with the plugin and the hook they came from. */
import { fail, ParsimonyError } from '../../errors';
import type { HookName, PluginKey } from '../contract';

// Errors that reached an around hook through its `next` are not its own.
const foreign = new WeakSet<object>();

/** The error as it is reported: as it came if its origin is known, or not this plugin's, else with plugin and hook. */
function blame(error: unknown, plugin: PluginKey, hook: HookName | 'init' | 'migrate' | 'teardown'): unknown {
  if (typeof error === 'object' && error !== null && foreign.has(error)) return error;
  if (error instanceof ParsimonyError && error.plugin !== undefined) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ParsimonyError(error instanceof ParsimonyError ? error.code : 'plugin', `${plugin}, in ${hook}: ${message}`, { plugin, hook, cause: error });
}

/** Calls a hook; a promise it returns is blamed too. */
export function guard<T>(plugin: PluginKey, hook: HookName | 'init' | 'migrate' | 'teardown', fn: () => T): T {
  try {
    const value = fn();
    return isPromise(value) ? value.then(undefined, (error: unknown) => { throw blame(error, plugin, hook); }) as T : value;
  } catch (error) {
    throw blame(error, plugin, hook);
  }
}

/** Calls a hook that may not wait. */
export function guardSync<T>(plugin: PluginKey, hook: HookName, fn: () => T): T {
  return guard(plugin, hook, () => {
    const value = fn();
    if (isPromise(value)) {
      value.then(undefined, () => {});
      fail('plugin', 'the hook returned a promise; from microbatchStart to transformParams hooks are synchronous. Read data in stepEnd, or log it.');
    }
    return value;
  });
}

/** Runs what an around hook was given as `next`. */
export function passThrough<T>(fn: () => T): T {
  const mark = (error: unknown): never => {
    if (typeof error === 'object' && error !== null) foreign.add(error);
    throw error;
  };
  try {
    const value = fn();
    return isPromise(value) ? value.then(undefined, mark) as T : value;
  } catch (error) {
    return mark(error);
  }
}

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

/** Calls in turn; waits only where a promise comes back. */
export function inTurn<T>(items: readonly T[], fn: (item: T) => unknown): Promise<void> | undefined {
  for (let i = 0; i < items.length; i++) {
    const result = fn(items[i] as T);
    if (isPromise(result)) return result.then(() => inTurn(items.slice(i + 1), fn));
  }
  return undefined;
}
