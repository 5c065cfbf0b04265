/** JSON that brings back the same numbers: NaN, the infinities and -0 too, which JSON has not. */
import { fail, show } from '../errors';
import { isPlainObject } from '../tensor/find';
import type { Json } from '../types';

const tag = '$number';
/** Before a text that stands where the name of a number would. */
const quote = '"';
const special: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY, '-0': -0 };

/** @throws state: something that JSON has not, with its place in the value. */
export function toJson(where: string, value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : { [tag]: Object.is(value, -0) ? '-0' : String(value) };
  if (Array.isArray(value)) return value.map((item, i) => toJson(`${where}[${i}]`, item));
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    const [first] = entries;
    if (entries.length === 1 && first?.[0] === tag && typeof first[1] === 'string') return { [tag]: `${quote}${first[1]}` };
    return Object.fromEntries(entries.map(([name, item]) => [name, toJson(`${where}.${name}`, item)]));
  }
  return fail('state', `checkpoint: \`${where}\` must be JSON (numbers, text, true, false, null, lists and plain objects), received ${show(value)}.`);
}

/** A value that `toJson` made, as it was. */
export function fromJson(value: Json): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === tag && typeof first[1] === 'string') {
    if (Object.hasOwn(special, first[1])) return special[first[1]];
    if (first[1].startsWith(quote)) return { [tag]: first[1].slice(quote.length) };
  }
  return Object.fromEntries(entries.map(([name, item]) => [name, fromJson(item)]));
}
