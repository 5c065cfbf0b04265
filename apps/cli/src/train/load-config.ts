/** The configuration file: found in the folder where the command runs, or named, and read as TypeScript, JavaScript or JSON. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { checkOptions, fail } from '@parsimony/core';
import { createJiti } from 'jiti';
import { defaults, type TrainConfig } from './config';

/** Looked for in this order where no file is named. */
const configNames = ['parsimony.config.ts', 'parsimony.config.mts', 'parsimony.config.js', 'parsimony.config.mjs', 'parsimony.config.json'] as const;

export interface LoadedConfig {
  /** As it was named or found; undefined without a file. */
  readonly file: string | undefined;
  readonly given: Partial<TrainConfig>;
}

/** The file `name`, or the first of `configNames` in `folder`, or nothing. Keys are checked here, values by `checkConfig`. */
export async function loadConfig(name: string | undefined, folder: string = process.cwd()): Promise<LoadedConfig> {
  const file = name ?? configNames.find((candidate) => existsSync(resolve(folder, candidate)));
  return file === undefined ? { file, given: {} } : { file, given: await readConfig(file, resolve(folder, file)) };
}

async function readConfig(name: string, path: string): Promise<Partial<TrainConfig>> {
  const extension = extname(name);
  if (extension === '.json') return parseConfig(name, await textOf(name, path));
  if (!['.ts', '.mts', '.js', '.mjs'].includes(extension)) fail('config', `${name}: expected a file that ends in .ts, .mts, .js, .mjs or .json.`);
  if (!existsSync(path)) fail('file', `parsimony: the configuration ${name} does not exist.`);
  let value: unknown;
  try {
    value = await createJiti(import.meta.url, { fsCache: false, interopDefault: false }).import(path);
  } catch (error) {
    return fail('config', `${name}: it could not be loaded: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const { default: own, __esModule: esm } = value as { readonly default?: unknown; readonly __esModule?: boolean };
  // A CommonJS module is its export.
  const exported = own ?? (esm || Object.prototype.toString.call(value) === '[object Module]' ? undefined : value);
  if (exported === undefined) fail('config', `${name}: no default export. Export it: \`export default defineConfig({ … })\`.`);
  return checkKeys(name, exported);
}

async function textOf(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return fail('file', `parsimony: the configuration ${name} could not be read (${(error as Error).message}).`, { cause: error });
  }
}

/** The JSON of a configuration file. */
export function parseConfig(name: string, text: string): Partial<TrainConfig> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail('config', `${name}: not JSON: ${(error as Error).message}.`, { cause: error });
  }
  return checkKeys(name, value);
}

function checkKeys(name: string, value: unknown): Partial<TrainConfig> {
  checkOptions(name, value, Object.keys(defaults));
  return value as Partial<TrainConfig>;
}
