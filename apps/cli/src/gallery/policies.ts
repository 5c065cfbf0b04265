/** `--policy`: a name, a JSON file, or JSON; several, separated by commas. */
import { readFile } from 'node:fs/promises';
import { parseTransform, type Transform } from '@parsimony/augment/image';
import { fail } from '@parsimony/core';
import { within } from '../train/within';

/** @throws option, file: what is no transform, or a file that cannot be read. */
export async function policiesOf(where: string, text: string): Promise<Transform[]> {
  if (/^\s*[[{]/.test(text)) return [policyOf(where, '--policy', parsed(where, '--policy', text))];
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) fail('option', `${where}: --policy must be a name, a .json file or JSON, or several names and files separated by commas, received ${JSON.stringify(text)}.`);
  return Promise.all(names.map(async (name) => {
    if (!name.endsWith('.json')) return policyOf(where, '--policy', { name: name.charAt(0).toUpperCase() + name.slice(1) });
    const file = await readFile(name, 'utf8').catch((error: unknown) => fail('file', `${where}: ${name} could not be read (${(error as Error).message}).`, { cause: error }));
    return policyOf(where, name, parsed(where, name, file));
  }));
}

/** A list is what is done one after the other. */
const policyOf = (where: string, key: string, json: unknown): Transform =>
  within(where, key, () => parseTransform(Array.isArray(json) ? { name: 'Compose', transforms: json } : json));

function parsed(where: string, key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail('option', `${where}: ${key}: not JSON: ${(error as Error).message}. An example: '[{"name": "RandomCrop", "padding": 4}, {"name": "RandomHorizontalFlip"}]'`, { cause: error });
  }
}
