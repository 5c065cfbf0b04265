/** Options that name modules or parameters by globs. */
import { fail, show } from '@parsimony/core';

/** One glob or a list of at least one; returns the list. */
export function checkPatterns(where: string, name: string, given: unknown, of: string): readonly string[] {
  const patterns: unknown = typeof given === 'string' ? [given] : given;
  if (!Array.isArray(patterns) || patterns.length === 0 || !patterns.every((pattern) => typeof pattern === 'string')) {
    fail('option', `${where}: \`${name}\` must be a glob of ${of}, or a list of them, received ${show(given)}.`);
  }
  return patterns as string[];
}
