/** A spectrogram with some of its rows or columns replaced. */
import type { Spectrogram } from './signals';
import { checkMask, type MaskValue, type SpecMask } from './spec-masks';

/** Masks of width 0 change nothing; where all are, it is the spectrogram itself. */
export function masked(where: string, spectrogram: Spectrogram, axis: 'bins' | 'frames', masks: readonly SpecMask[], value: MaskValue): Spectrogram {
  masks.forEach((mask, i) => checkMask(where, `masks[${i}]`, mask, spectrogram[axis]));
  if (masks.every(({ width }) => width === 0)) return spectrogram;
  const { channels, bins, frames } = spectrogram;
  const data = spectrogram.data.slice();
  const fill = value === 'mean' ? spectrogram.data.reduce((sum, x) => sum + x, 0) / data.length : value;
  for (const { start, width } of masks) {
    for (let row = 0; row < channels * bins; row++) {
      const bin = row % bins;
      if (axis === 'frames') data.fill(fill, row * frames + start, row * frames + start + width);
      else if (bin >= start && bin < start + width) data.fill(fill, row * frames, (row + 1) * frames);
    }
  }
  return { ...spectrogram, data };
}
