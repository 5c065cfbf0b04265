/** Checks of public options: one place for their wording, used by core and by every plugin package. */
import { fail, show } from './errors';

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  /** The bound itself is excluded. */
  readonly minExclusive?: boolean;
  readonly maxExclusive?: boolean;
  readonly integer?: boolean;
}

/**
 * Refuses options that are not an object, and any key that is not in `known`: an unknown option is an error, never
 * ignored. `what` names them where they are not options: 'hook'.
 *
 * @example
 * ```ts
 * import { checkOptions } from '@parsimony/core';
 * checkOptions('Dropout', { p: 0.5 }, ['p', 'scaling']);
 * ```
 */
export function checkOptions(where: string, options: unknown, known: readonly string[], what = 'option'): void {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    fail('option', `${where}: expected an object of ${what}s, received ${show(options)}.`);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    const fix = near === undefined ? `Known ${what}s: ${known.join(', ') || 'none'}.` : `Did you mean \`${near}\`?`;
    fail('option', `${where}: unknown ${what} \`${key}\`. ${fix}`);
  }
}

/** The range in interval notation, as it stands in an error: `[0, 1)`. */
function interval(range: NumberRange): string {
  const low = range.min === undefined ? '(-inf' : `${range.minExclusive ? '(' : '['}${range.min}`;
  const high = range.max === undefined ? 'inf)' : `${range.max}${range.maxExclusive ? ')' : ']'}`;
  return `${low}, ${high}`;
}

/** Refuses anything but a finite number in the range; returns the number. */
export function checkNumber(where: string, name: string, value: unknown, range: NumberRange = {}): number {
  const ok = typeof value === 'number' && Number.isFinite(value)
    && (!range.integer || Number.isInteger(value))
    && (range.min === undefined || (range.minExclusive ? value > range.min : value >= range.min))
    && (range.max === undefined || (range.maxExclusive ? value < range.max : value <= range.max));
  if (ok) return value;
  const kind = range.integer ? 'a whole number' : 'a number';
  const where2 = range.min === undefined && range.max === undefined ? `be ${kind}` : `be ${range.integer ? 'a whole number ' : ''}in ${interval(range)}`;
  return fail('option', `${where}: \`${name}\` must ${where2}, received ${show(value)}.`);
}

/** Refuses anything but one of the named values, with the nearest to it; returns the value. */
export function checkChoice<T extends string>(where: string, name: string, value: unknown, choices: readonly T[]): T {
  if (typeof value === 'string' && (choices as readonly string[]).includes(value)) return value as T;
  const near = typeof value === 'string' ? nearest(value, choices) : undefined;
  return fail('option', `${where}: \`${name}\` must be one of ${choices.map((c) => `'${c}'`).join(', ')}, received ${show(value)}.${near === undefined ? '' : ` Did you mean '${near}'?`}`);
}

/** Refuses anything but true or false; returns the value. */
export function checkBoolean(where: string, name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  return fail('option', `${where}: \`${name}\` must be true or false, received ${show(value)}.`);
}

/**
 * Refuses anything but a function.
 *
 * @example
 * ```ts
 * import { checkFunction } from '@parsimony/core';
 * checkFunction('fit', 'onProgress', 'log'); // throws fit: `onProgress` must be a function, received "log".
 * ```
 */
export function checkFunction(where: string, name: string, value: unknown): void {
  if (typeof value !== 'function') fail('option', `${where}: \`${name}\` must be a function, received ${show(value)}.`);
}

/** The known key that a misspelt one most likely meant: at most two edits away. */
function nearest(key: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = 3;
  for (const candidate of known) {
    const distance = edits(key.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
