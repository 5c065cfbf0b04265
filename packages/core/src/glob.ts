/** Globs over dotted paths: `*` stands for anything within a segment, `**` for any run of segments, also none. */

import { fail, show } from './errors';

const cache = new Map<string, RegExp>();

/**
 * Whether a path matches a glob.
 *
 * @example
 * ```ts
 * import { globMatch } from '@parsimony/core';
 * globMatch('**.bias', 'layers.0.bias'); // => true
 * globMatch('**.bias', 'bias'); // => true
 * globMatch('layers.*', 'layers.0.bias'); // => false
 * ```
 */
export function globMatch(pattern: string, path: string): boolean {
  if (typeof pattern !== 'string') fail('option', `globMatch: the pattern must be a string, received ${show(pattern)}.`);
  let regex = cache.get(pattern);
  if (!regex) cache.set(pattern, regex = compile(pattern));
  return regex.test(path);
}

function compile(pattern: string): RegExp {
  const segments = pattern.split('.');
  let source = '';
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    if (segment === '**') source += last ? '.*' : '(?:[^.]+\\.)*';
    else source += segment.split('*').map((text) => text.replace(/[\\^$+?()[\]{}|/-]/g, '\\$&')).join('[^.]*') + (last ? '' : '\\.');
  });
  // `a.**` matches `a` too: the dot before a final `**` is optional with it.
  return new RegExp(`^${source.replace(/\\\.\.\*$/, '(?:\\..*)?')}$`);
}
