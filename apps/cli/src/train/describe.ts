/** A configuration as a person reads it: each key, its value, and where it came from. */
import { type Json, nn } from '@parsimony/core';
import { type TrainConfig, defaults } from './config';

/** Functions, networks and plugins by name, the rest as it is: what JSON can hold. */
export function configJson(value: unknown): Json {
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (nn.isModule(value)) return `module ${value.constructor.name}`;
  if (Array.isArray(value)) return value.map(configJson);
  if (value === null || typeof value !== 'object') return value as Json;
  if ('hooks' in value && 'name' in value && 'options' in value) return { plugin: String(value.name), options: configJson(value.options) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, configJson(item)]));
}

/** On one line, without the quotation marks of a plain text. */
export function showValue(value: unknown): string {
  const json = configJson(value);
  return typeof json === 'string' ? json : JSON.stringify(json).replaceAll(',"', ', "').replaceAll('},{', '}, {').replaceAll('":', '": ');
}

export interface ConfigRow { readonly key: string; readonly value: string; readonly from: string }

/** `given`: the keys of each source, the stronger ones later. */
export function configRows(config: TrainConfig, sources: readonly { readonly name: string; readonly given: object }[]): readonly ConfigRow[] {
  return (Object.keys(defaults) as (keyof TrainConfig)[]).map((key) => {
    const source = sources.findLast(({ given }) => Object.hasOwn(given, key));
    return { key, value: showValue(config[key]), from: source?.name ?? 'default' };
  });
}
