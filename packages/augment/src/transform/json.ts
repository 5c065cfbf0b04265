/** Transforms from JSON, as policies are kept in files and checkpoints. */
import { fail, ParsimonyError, show } from '@parsimony/core';
import { type TransformFactory, transformTable } from '../image/table';
import { isTransformJson } from './define';
import type { Transform } from './transform';

/**
 * The transform that JSON describes: `{ name, ...options }`, where options that are transforms, or lists of them, are written the same way.
 *
 * @param json - As `JSON.stringify(transform)` writes it, parsed.
 * @param more - Factories of one's own by name, beside those of this package; one of the same name comes first.
 * @throws option: an unknown name or option, or a bad value, with its path: `transforms[1].transform: RandomCrop: …`.
 * @example
 * ```ts
 * import { compose, parseTransform, randomCrop, randomHorizontalFlip } from '@parsimony/augment';
 * const policy = compose([randomCrop({ padding: 4 }), randomHorizontalFlip()]);
 * const again = parseTransform(JSON.parse(JSON.stringify(policy)));
 * String(again) === String(policy); // => true
 * parseTransform({ name: 'Compose', transforms: [{ name: 'Blurr' }] }); // throws parseTransform: transforms[0]: unknown transform "Blurr".
 * ```
 */
export function parseTransform(json: unknown, more: Readonly<Record<string, TransformFactory>> = {}): Transform {
  return parse(json, '', { ...transformTable, ...more });
}

function parse(json: unknown, path: string, table: Readonly<Record<string, TransformFactory>>): Transform {
  const where = `parseTransform: ${path === '' ? '' : `${path}: `}`;
  if (!isTransformJson(json)) fail('option', `${where}expected a transform as { name, ...options }, received ${show(json)}.`);
  const { name, ...written } = json;
  const factory = Object.hasOwn(table, name) ? table[name] : undefined;
  if (factory === undefined) fail('option', `${where}unknown transform ${show(name)}. Known: ${Object.keys(table).join(', ')}.`);
  const nested = (value: unknown, at: string): unknown => (isTransformJson(value) ? parse(value, at, table) : value);
  const options = Object.fromEntries(Object.entries(written).map(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return [key, Array.isArray(value) ? value.map((item, i) => nested(item, `${at}[${i}]`)) : nested(value, at)];
  }));
  try {
    return factory(options as never);
  } catch (error) {
    if (error instanceof ParsimonyError) fail(error.code, `${where}${error.message}`, { cause: error });
    throw error;
  }
}
