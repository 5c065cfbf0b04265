/** Checks of options that are transforms. */
import { fail, show } from '@parsimony/core';
import type { Size, Transform } from './transform';

/** A list of transforms; or, as JSON has it, that list as the option `transforms`. */
export type TransformList = readonly Transform[] | { readonly transforms: readonly Transform[] };

/** Refuses what is no transform. */
export function checkTransform(where: string, name: string, value: unknown): Transform {
  const given = value as Partial<Transform> | null;
  if (given !== null && typeof given === 'object' && typeof given.name === 'string' && typeof given.draw === 'function' && typeof given.apply === 'function') return given as Transform;
  return fail('option', `${where}: \`${name}\` must be a transform, received ${show(value)}.${typeof value === 'function' ? ' Call the factory: `randomCrop()`.' : ' Make one of JSON with `parseTransform`.'}`);
}

/** Refuses what is no list of transforms, or an empty one. */
export function checkTransforms(where: string, list: TransformList): readonly Transform[] {
  const transforms: unknown = Array.isArray(list) ? list : (list as { transforms?: unknown } | null)?.transforms;
  if (!Array.isArray(transforms) || transforms.length === 0) fail('option', `${where}: \`transforms\` must be a list of at least one transform, received ${show(transforms ?? list)}.`);
  return transforms.map((item: unknown, i) => checkTransform(where, `transforms[${i}]`, item));
}

/** Refuses parts that give images of different sizes, since every draw must give the same; returns the size. */
export function sameSize(where: string, parts: readonly Transform[], size: Size): Size {
  const [first, ...rest] = parts.map((part) => part.outputSize(size)) as [Size, ...Size[]];
  for (const [i, other] of rest.entries()) {
    if (other.channels === first.channels && other.height === first.height && other.width === first.width) continue;
    const words = (s: Size): string => `[${s.channels}, ${s.height}, ${s.width}]`;
    fail('option', `${where}: whatever is drawn, images must come out in one size; of ${words(size)} ${parts[0]?.name} makes ${words(first)} and ${parts[i + 1]?.name} ${words(other)}.`);
  }
  return first;
}
