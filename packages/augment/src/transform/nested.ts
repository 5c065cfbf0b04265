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

const words = ({ channels, height, width }: Size): string => `[${channels}, ${height}, ${width}]`;
const same = (a: Size, b: Size): boolean => a.channels === b.channels && a.height === b.height && a.width === b.width;

/** Refuses parts that give images of different sizes, since every draw must give the same; returns the size. */
export function sameSize(where: string, parts: readonly Transform[], size: Size): Size {
  const [first, ...rest] = parts.map((part) => part.outputSize(size)) as [Size, ...Size[]];
  const other = rest.findIndex((one) => !same(one, first));
  if (other === -1) return first;
  return fail('option', `${where}: whatever is drawn, images must come out in one size; of ${words(size)} ${parts[0]?.name} makes ${words(first)}, and ${parts[other + 1]?.name} ${words(rest[other] as Size)}.`);
}

/** Refuses a part that changes the size of an image; returns the size. */
export function keepsSize(where: string, part: Transform, size: Size): Size {
  const out = part.outputSize(size);
  return same(out, size) ? size : fail('option', `${where}: whatever is drawn, images must come out in one size; of ${words(size)} ${part.name} makes ${words(out)}.`);
}
