/** A change of a configuration as data: operations of JSON Patch (RFC 6902) that add, replace and remove. */
import { checkOptions, fail, show } from '@parsimony/core';
import { checkConfiguration, type Configuration, type Entry } from './configuration';

export type Operation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export interface Change {
  /** In words, such as "add `clipByGlobalNorm` with maxNorm 1". */
  readonly summary: string;
  readonly patch: readonly Operation[];
}

/**
 * A configuration with an advice followed: a new one, the given one stays. Only the parts that change are copied, so that plugins made by a
 * program stay themselves. Without a list of plugins one is begun.
 *
 * @throws option: an advice without a change. config: the change does not fit the configuration: it is of another one.
 * @example
 * ```ts
 * import { advise, applyAdvice } from '@parsimony/advisor';
 * const configuration = { optimizer: { name: 'adam', weightDecay: 0.01 } };
 * const [advice] = advise({ history: [], configuration });
 * advice?.code; // => 'coupled-decay'
 * applyAdvice(configuration, advice); // => { optimizer: { name: 'adamw', weightDecay: 0.01 } }
 * ```
 */
export function applyAdvice<C extends Configuration>(configuration: C, advice: { readonly change: Change } | undefined): C {
  const where = 'applyAdvice';
  checkConfiguration(where, 'configuration', configuration);
  const patch = advice?.change?.patch;
  if (!Array.isArray(patch)) return fail('option', `${where}: expected an advice with a \`change\`, received ${show(advice)}.`);
  return (patch as readonly Operation[]).reduce<unknown>((value, operation) => {
    checkOptions(where, operation, ['op', 'path', 'value'], 'part of an operation');
    return edited(value, operation.path.split('/').slice(1), operation);
  }, configuration) as C;
}

function edited(value: unknown, [key, ...rest]: readonly string[], operation: Operation): unknown {
  const absent = (): never => fail('config', `applyAdvice: the configuration has nothing at ${operation.path} to ${operation.op}. Apply an advice to the configuration that it was given for.`);
  if (key === undefined) return absent();
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    if (key === '-' && operation.op === 'add') return [...list, operation.value];
    const index = Number(key);
    if (!(index in list)) return absent();
    if (rest.length > 0) return list.with(index, edited(list[index], rest, operation));
    return operation.op === 'remove' ? list.toSpliced(index, 1) : list.toSpliced(index, operation.op === 'add' ? 0 : 1, operation.value);
  }
  if (value === null || typeof value !== 'object') return absent();
  const record = value as Configuration;
  if (rest.length > 0) return { ...record, [key]: edited(record[key] ?? (rest[0] === '-' ? [] : {}), rest, operation) };
  if (operation.op === 'add') return { ...record, [key]: operation.value };
  if (!Object.hasOwn(record, key)) return absent();
  const { [key]: _, ...others } = record;
  return operation.op === 'remove' ? others : { ...record, [key]: operation.value };
}

const inWords = (options: object): string => Object.entries(options).map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(', ');

/** @internal */
export function addPlugin(name: string, options: object): Change {
  return { summary: `add \`${name}\`${Object.keys(options).length === 0 ? '' : ` with ${inWords(options)}`}`, patch: [{ op: 'add', path: '/plugins/-', value: { name, ...options } }] };
}

/** @internal */
export const removePlugin = ({ index, name }: Entry): Change => ({ summary: `take \`${name}\` out`, patch: [{ op: 'remove', path: `/plugins/${index}` }] });

/** @internal The whole entry is written anew: a made plugin has nothing to set. */
export function setPlugin({ index, name, options }: Entry, changed: object, renamed: string = name): Change {
  const summary = renamed === name ? `set ${inWords(changed)} of \`${name}\`` : `put \`${renamed}\` with ${inWords(changed)} in place of \`${name}\``;
  return { summary, patch: [{ op: 'replace', path: `/plugins/${index}`, value: { name: renamed, ...(renamed === name ? options : {}), ...changed } }] };
}

/** @internal 'add' replaces what is there too. */
export const setKey = (path: string, value: unknown): Change => ({
  summary: `set \`${path.slice(1).replaceAll('/', '.')}\` to ${typeof value === 'string' ? value : JSON.stringify(value)}`, patch: [{ op: 'add', path, value }],
});

/** @internal */
export const both = (first: Change, second: Change): Change => ({ summary: `${first.summary}, and ${second.summary}`, patch: [...first.patch, ...second.patch] });
