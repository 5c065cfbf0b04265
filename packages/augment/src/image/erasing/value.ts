/** What erased pixels become: a value, one for each channel, or noise. */
import { checkNumber, fail, random, type RngKey, show } from '@parsimony/core';
import { childKey } from '../../transform/draws';
import type { Pixels } from '../../transform/transform';

/** A number for all channels or one for each, 0 to 255 of bytes; or noise: N(0, 1) in floats, uniform bytes in bytes. */
export type EraseValue = number | readonly number[] | 'random';
/** What an erasing puts in place: values, or the key that noise is drawn from. */
export type Erasure = number | readonly number[] | { readonly noise: RngKey };

export function checkValue(where: string, value: unknown): EraseValue {
  if (value === 'random') return value;
  if (typeof value === 'number') return checkNumber(where, 'value', value);
  if (!Array.isArray(value) || value.length === 0) return fail('option', `${where}: \`value\` must be a number, one for each channel, or 'random', received ${show(value)}.`);
  return value.map((item: unknown, i) => checkNumber(where, `value[${i}]`, item));
}

/** Refuses values for another number of channels. */
export function checkChannelValues(where: string, value: EraseValue, channels: number): void {
  if (Array.isArray(value) && value.length !== 1 && value.length !== channels) {
    fail('option', `${where}: \`value\` must be a number or one for each of ${channels} channels, received ${show(value)}.`);
  }
}

/** The value of a channel. */
export const valueOf = (value: number | readonly number[], channel: number): number =>
  (typeof value === 'number' ? value : value[value.length === 1 ? 0 : channel] as number);

/** A key for noise, part of what is drawn, so that a replay has the same noise; null where there is none. */
export const noiseKey = (value: EraseValue, key: RngKey, i = 0): readonly number[] | null => (value === 'random' ? childKey(key, i) : null);

export const erasureOf = (value: EraseValue, noise: readonly number[] | null): Erasure =>
  (value === 'random' ? { noise: noise as unknown as RngKey } : value);

/** `count` values of noise of an image's kind. */
export function noiseFor(data: Pixels['data'], key: RngKey, count: number): Uint8Array | Float32Array {
  if (!(data instanceof Uint8Array)) return random.normal(key, count);
  // Four bytes a word, its lowest first, on every machine.
  const words = random.bits(key, (count + 3) >>> 2);
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) out[i] = (words[i >>> 2] as number) >>> (8 * (i & 3));
  return out;
}
