/** SpecAugment's warp of time. */
import { checkOptions, type Schedule, strength } from '@parsimony/core';
import { Draws } from '../transform/draws';
import { checkProbability, strengthAt } from '../transform/options';
import type { Spectrogram } from './signals';
import { checkWarp, drawWarp, type SpecWarp, warpSources } from './spec-masks';
import { defineSpectrogramTransform, type SpectrogramTransform } from './transform';

export interface TimeWarpOptions {
  /** W: the farthest that a frame is moved, rounded down; a number, 0 or more, or a schedule. With fewer than 2 W + 3 frames what they leave room for. Default 80. */
  readonly maxShift?: Schedule;
  /** Probability for each spectrogram, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
}

/**
 * Moves one frame along time, the first and the last staying where they are, and the others in proportion: frame t of the result is
 * read at t a / (a + w) up to a + w, behind it at a + (t - a - w) (T - 1 - a) / (T - 1 - a - w), between two frames in proportion.
 * a is uniform in {W + 1, …, T - 2 - W}, w in {-W, …, W}.
 *
 * Drawn: a as `at`, w as `by`; null where nothing is changed.
 *
 * @throws option: an unknown option or one out of range.
 * @see Park et al., "SpecAugment", arXiv:1904.08779. There TensorFlow's `sparse_image_warp` fits a flow over time and frequency to this one point
 * and fixed ones on the border by a polyharmonic spline: between the points frames follow a curve, which changes with the frequency, rather than
 * two straight lines that are the same for all.
 * @example
 * ```ts
 * import { timeWarp } from '@parsimony/augment/audio';
 * const spectrogram = { data: Float32Array.of(0, 1, 2, 3, 4), channels: 1, bins: 1, frames: 5 };
 * Array.from(timeWarp().apply(spectrogram, { at: 1, by: 1 }).data); // => [0, 0.5, 1, 2.5, 4]
 * ```
 */
export function timeWarp(options: TimeWarpOptions = {}): SpectrogramTransform<SpecWarp | null> {
  const where = 'TimeWarp';
  checkOptions(where, options, ['maxShift', 'p']);
  const maxShift = strength(where, 'maxShift', options.maxShift ?? 80, { min: 0 });
  const p = checkProbability(where, options.p ?? 1);
  return defineSpectrogramTransform<SpecWarp | null>({
    name: where,
    options: { maxShift: maxShift.schedule, p: p.schedule },
    draw(key, { frames }, progress) {
      const draws = new Draws(key);
      return draws.coin(strengthAt(p, progress)) ? drawWarp(draws, strengthAt(maxShift, progress), frames) : null;
    },
    apply(spectrogram, warp) {
      if (warp === null) return spectrogram;
      checkWarp(where, 'warp', warp, spectrogram.frames);
      return warp.by === 0 ? spectrogram : warped(spectrogram, warp);
    },
  });
}

function warped(spectrogram: Spectrogram, warp: SpecWarp): Spectrogram {
  const { channels, bins, frames, data: x } = spectrogram;
  const data = new Float32Array(x.length);
  warpSources(frames, warp).forEach((source, t) => {
    const first = Math.floor(source);
    const share = source - first;
    const second = Math.min(first + 1, frames - 1);
    for (let row = 0; row < channels * bins; row++) {
      data[row * frames + t] = (1 - share) * (x[row * frames + first] as number) + share * (x[row * frames + second] as number);
    }
  });
  return { ...spectrogram, data };
}
