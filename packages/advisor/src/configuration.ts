/** A configuration as the advisor reads it: that of `parsimony train`, or as much of one as a program has. */
import { fail, show } from '@parsimony/core';

/** Keys and values of a `parsimony.config`; keys that rules do not know are left as they are. */
export type Configuration = Readonly<Record<string, unknown>>;

/** One of `plugins`, by the name of its factory. */
export interface Entry {
  readonly index: number;
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const camel = (text: string): string => text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** `@parsimony/gradients/clip-by-global-norm` is made by `clipByGlobalNorm`. */
const factoryOf = (name: string): string => (name.startsWith('@') ? camel(name.split('/').at(-1) ?? name) : name);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === 'object' && !Array.isArray(value);

/** @internal Refuses what is no configuration. */
export function checkConfiguration(where: string, name: string, value: unknown): Configuration {
  if (!isObject(value)) return fail('option', `${where}: \`${name}\` must be a configuration, an object, received ${show(value)}.`);
  const { plugins, optimizer } = value;
  if (plugins !== undefined && !(Array.isArray(plugins) && plugins.every(isObject))) {
    fail('option', `${where}: \`${name}.plugins\` must be a list of plugins or of { name, …options }, received ${show(plugins)}.`);
  }
  if (optimizer !== undefined && !isObject(optimizer)) fail('option', `${where}: \`${name}.optimizer\` must be an object with a \`name\`, received ${show(optimizer)}.`);
  return value;
}

/** @internal The plugins, whether by name, made by a factory, or as a training's folder records those. */
export function entriesOf(configuration: Configuration): readonly Entry[] {
  const plugins = (configuration['plugins'] ?? []) as readonly Readonly<Record<string, unknown>>[];
  return plugins.map((plugin, index) => {
    const { name, plugin: recorded, options, ...rest } = plugin;
    const made = recorded !== undefined || 'claims' in plugin;
    return { index, name: factoryOf(String(recorded ?? name)), options: made && isObject(options) ? options : rest };
  });
}

/** @internal */
export const entryOf = (configuration: Configuration, name: string): Entry | undefined => entriesOf(configuration).find((entry) => entry.name === name);

/** @internal A number of an object; undefined where it is none: a schedule, or not given. */
export function numberIn(values: Readonly<Record<string, unknown>> | undefined, name: string): number | undefined {
  const value = values?.[name];
  return typeof value === 'number' ? value : undefined;
}

/** @internal */
export function optimizerOf(configuration: Configuration): { readonly name: string; readonly weightDecay: number } {
  const optimizer = (configuration['optimizer'] ?? {}) as Readonly<Record<string, unknown>>;
  const name = String(optimizer['name'] ?? 'adam');
  // AdamW alone decays unasked.
  return { name, weightDecay: numberIn(optimizer, 'weightDecay') ?? (name === 'adamw' ? 0.01 : 0) };
}
