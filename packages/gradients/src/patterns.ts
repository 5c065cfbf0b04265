/** Lists of globs over parameter paths, as options. */
import { fail, globMatch, show } from '@parsimony/core';

/** @internal */
export function checkPatterns(where: string, name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((glob) => typeof glob === 'string' && glob !== '')) return value as string[];
  return fail('option', `${where}: \`${name}\` must be a list of globs over parameter paths, such as ['**.bias'], received ${show(value)}.`);
}

/** @internal */
export const matches = (globs: readonly string[], path: string): boolean => globs.some((glob) => globMatch(glob, path));
