/** What SpecAugment draws, and how its warp reads a spectrogram: shared by the transforms and the plugin. */
import { checkNumber, fail, show } from '@parsimony/core';
import type { Draws } from '../transform/draws';

/** Frames or bins start, …, start + width - 1. A type, not an interface: it is JSON. */
export type SpecMask = { readonly start: number; readonly width: number };
/** Frame `at` is moved to `at + by`. */
export type SpecWarp = { readonly at: number; readonly by: number };

/** What is put in place: a number, or 'mean', that of the spectrogram as it came. */
export type MaskValue = number | 'mean';

export function checkMaskValue(where: string, value: unknown): MaskValue {
  if (value === 'mean') return value;
  return typeof value === 'number' ? checkNumber(where, 'value', value) : fail('option', `${where}: \`value\` must be a number or 'mean', received ${show(value)}.`);
}

/** The width uniform in {0, …, most}, at most all of them, then the start uniform among those that keep it inside. */
export function drawMask(draws: Draws, most: number, size: number): SpecMask {
  const width = draws.below(Math.min(Math.floor(most), size) + 1);
  return { start: draws.below(size - width + 1), width };
}

/** The point uniform in {w + 1, …, T - 2 - w}, moved by a number uniform in {-w, …, w}; w is `most`, or what so few frames leave room for. */
export function drawWarp(draws: Draws, most: number, frames: number): SpecWarp {
  const reach = Math.min(Math.floor(most), (frames - 3) >> 1);
  return reach <= 0 ? { at: 0, by: 0 } : { at: draws.between(reach + 1, frames - 2 - reach), by: draws.between(-reach, reach) };
}

/**
 * Where each frame is read: on two straight lines that keep the first and last frame and take frame `at` to `at + by`. With a point at an
 * end, which cannot move, everything stays.
 */
export function warpSources(frames: number, { at, by }: SpecWarp): Float64Array {
  const to = at + by;
  const last = frames - 1;
  return Float64Array.from({ length: frames }, (_, t) => {
    if (by === 0) return t;
    return t <= to ? (t * at) / to : at + ((t - to) * (last - at)) / (last - to);
  });
}

/** Refuses a warp or a mask that does not fit. */
export function checkWarp(where: string, name: string, { at, by }: SpecWarp, frames: number): void {
  checkNumber(where, `${name}.at`, at, { min: 0, max: frames - 1, integer: true });
  if (by === 0) return;
  if (at === 0 || at === frames - 1) fail('option', `${where}: \`${name}.at\` ${at} is the ${at === 0 ? 'first' : 'last'} of ${frames} frames, which stays where it is.`);
  checkNumber(where, `${name}.at + ${name}.by`, at + by, { min: 1, max: frames - 2, integer: true });
}

export function checkMask(where: string, name: string, { start, width }: SpecMask, size: number): void {
  checkNumber(where, `${name}.start`, start, { min: 0, max: size, integer: true });
  checkNumber(where, `${name}.width`, width, { min: 0, max: size - start, integer: true });
}
