/** Checks of options that several transforms share. */
import { checkNumber, evaluateSchedule, fail, type NumberRange, type Progress, show, type Strength, strength } from '@parsimony/core';
import type { Pixels } from './transform';

/** A number for every channel, or one for each; in the units of the image: 0 to 255 of bytes, 0 to 1 of floats. */
export type Fill = number | readonly number[];

/** The value of an option that is a number or a schedule. */
export const strengthAt = (value: Strength, progress: Progress): number =>
  (typeof value.schedule === 'number' ? value.schedule : value.at({ at: (schedule) => evaluateSchedule(schedule, progress) }));

/** A probability, or a schedule of it. */
export const checkProbability = (where: string, value: unknown, name = 'p'): Strength => strength(where, name, value, { min: 0, max: 1 });

/** [low, high], low at most high, both in the range. */
export function checkRange(where: string, name: string, value: unknown, range: NumberRange = {}): readonly [low: number, high: number] {
  if (!Array.isArray(value) || value.length !== 2) fail('option', `${where}: \`${name}\` must be [low, high], received ${show(value)}.`);
  const [low, high] = value.map((item: unknown, i) => checkNumber(where, `${name}[${i}]`, item, range)) as [number, number];
  if (low > high) fail('option', `${where}: \`${name}\` must be [low, high] with low at most high, received ${show(value)}.`);
  return [low, high];
}

/** A list of numbers, of one of the given lengths. */
export function checkNumbers(where: string, name: string, value: unknown, lengths: readonly number[], range: NumberRange = {}): readonly number[] {
  if (!Array.isArray(value) || !lengths.includes(value.length)) {
    fail('option', `${where}: \`${name}\` must be a list of ${lengths.join(' or ')} numbers, received ${show(value)}.`);
  }
  return value.map((item: unknown, i) => checkNumber(where, `${name}[${i}]`, item, range));
}

/** A number is both sides; else [height, width]. */
export function checkSides(where: string, name: string, value: unknown, range: NumberRange = { min: 1, integer: true }): readonly [height: number, width: number] {
  if (typeof value === 'number') {
    const side = checkNumber(where, name, value, range);
    return [side, side];
  }
  if (!Array.isArray(value) || value.length !== 2) fail('option', `${where}: \`${name}\` must be a number or [height, width], received ${show(value)}.`);
  return checkNumbers(where, name, value, [2], range) as readonly [number, number];
}

/** A number, or a list of them. How many there must be shows with the image. */
export function checkFill(where: string, value: unknown): Fill {
  if (typeof value === 'number') return checkNumber(where, 'fill', value);
  if (!Array.isArray(value) || value.length === 0) return fail('option', `${where}: \`fill\` must be a number or a list of one for each channel, received ${show(value)}.`);
  return value.map((item: unknown, i) => checkNumber(where, `fill[${i}]`, item));
}

/** The fill of one channel of an image, or of tensors of images. */
export function fillOf(where: string, fill: Fill, image: Pick<Pixels, 'channels'> & { readonly data?: Pixels['data'] }, channel: number): number {
  if (typeof fill !== 'number' && fill.length !== image.channels) fail('option', `${where}: \`fill\` must be a number or one for each of ${image.channels} channels, received ${show(fill)}.`);
  const value = typeof fill === 'number' ? fill : fill[channel] as number;
  // Bytes would take it modulo 256.
  if (image.data instanceof Uint8Array && !(value >= 0 && value <= 255)) fail('option', `${where}: \`fill\` must be in [0, 255] for images of bytes, received ${show(fill)}.`);
  return value;
}
