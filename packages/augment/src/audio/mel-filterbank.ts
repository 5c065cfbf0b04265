/** The mel scale, and triangles on it. */
import { checkChoice, checkNumber, checkOptions, fail } from '@parsimony/core';

/**
 * 'htk': 2595 log10(1 + f / 700). 'slaney': linear up to 1000 Hz, 15 mels there, above it 27 mels for a factor of 6.4.
 */
export type MelScale = 'htk' | 'slaney';

export interface MelOptions {
  /** M: bands. Default 80. */
  readonly mels?: number;
  /** Lowest frequency in Hz. Default 0. */
  readonly minHz?: number;
  /** Highest frequency in Hz. Default: half the sample rate. */
  readonly maxHz?: number;
  /** Default 'htk'. */
  readonly scale?: MelScale;
  /** 'none': triangles of height 1. 'slaney': of area 1 in Hz, 2 / width high. Default 'none'. */
  readonly norm?: 'none' | 'slaney';
}

export interface MelFilterbankOptions extends MelOptions {
  /** F: frequencies from 0 to half the sample rate. */
  readonly bins: number;
  /** In Hz. */
  readonly sampleRate: number;
}

/** Weights of each frequency in each band. */
export interface MelFilterbank {
  /** [M, F]. */
  readonly data: Float64Array;
  readonly mels: number;
  readonly bins: number;
}

export const melOptions = ['mels', 'minHz', 'maxHz', 'scale', 'norm'] as const;

const logStep = Math.log(6.4) / 27;

/**
 * A frequency in Hz on the mel scale.
 *
 * @throws option: a negative frequency, an unknown scale.
 * @example
 * ```ts
 * import { hzToMel } from '@parsimony/augment/audio';
 * hzToMel(1000, 'slaney'); // => 15
 * Math.round(hzToMel(1000)); // => 1000
 * ```
 */
export function hzToMel(hz: number, scale: MelScale = 'htk'): number {
  checkNumber('hzToMel', 'hz', hz, { min: 0 });
  if (checkChoice('hzToMel', 'scale', scale, ['htk', 'slaney']) === 'htk') return 2595 * Math.log10(1 + hz / 700);
  return hz < 1000 ? (3 * hz) / 200 : 15 + Math.log(hz / 1000) / logStep;
}

/**
 * Back: `melToHz(hzToMel(f))` is f.
 *
 * @throws option: a negative number of mels, an unknown scale.
 * @example
 * ```ts
 * import { melToHz } from '@parsimony/augment/audio';
 * Math.round(melToHz(42, 'slaney')); // => 6400
 * ```
 */
export function melToHz(mel: number, scale: MelScale = 'htk'): number {
  checkNumber('melToHz', 'mel', mel, { min: 0 });
  if (checkChoice('melToHz', 'scale', scale, ['htk', 'slaney']) === 'htk') return 700 * (10 ** (mel / 2595) - 1);
  return mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp(logStep * (mel - 15));
}

/**
 * Triangles whose corners lie evenly on the mel scale: band i rises from corner i to i + 1 and falls to i + 2.
 *
 * @returns [M, F]; torchaudio's `melscale_fbanks` is its transpose, takes floor(sampleRate / 2) for half of an odd sample rate, and only warns of empty bands.
 * @throws option: an unknown option or one out of range, frequencies that do not rise, or bands so narrow that no frequency lies in one.
 * @see torchaudio's `melscale_fbanks`; Slaney, "Auditory Toolbox" (1998); O'Shaughnessy, "Speech Communication: Human and Machine" (1987) for the scale of HTK.
 * @example
 * ```ts
 * import { melFilterbank } from '@parsimony/augment/audio';
 * const { data, bins } = melFilterbank({ bins: 5, sampleRate: 8000, mels: 2 });
 * Array.from(data.subarray(0, bins), (v) => Math.round(100 * v) / 100); // => [0, 0.68, 0, 0, 0]
 * ```
 */
export function melFilterbank(options: MelFilterbankOptions): MelFilterbank {
  const where = 'melFilterbank';
  checkOptions(where, options, ['bins', 'sampleRate', ...melOptions]);
  return filterbank(where, options);
}

export function filterbank(where: string, options: MelFilterbankOptions): MelFilterbank {
  const bins = checkNumber(where, 'bins', options.bins, { min: 2, integer: true });
  const sampleRate = checkNumber(where, 'sampleRate', options.sampleRate, { min: 1, integer: true });
  const mels = checkNumber(where, 'mels', options.mels ?? 80, { min: 1, integer: true });
  const maxHz = checkNumber(where, 'maxHz', options.maxHz ?? sampleRate / 2, { min: 0, minExclusive: true, max: sampleRate / 2 });
  const minHz = checkNumber(where, 'minHz', options.minHz ?? 0, { min: 0, max: maxHz, maxExclusive: true });
  const scale = checkChoice(where, 'scale', options.scale ?? 'htk', ['htk', 'slaney']);
  const norm = checkChoice(where, 'norm', options.norm ?? 'none', ['none', 'slaney']);
  const [low, high] = [hzToMel(minHz, scale), hzToMel(maxHz, scale)];
  const corners = Float64Array.from({ length: mels + 2 }, (_, i) => melToHz(low + ((high - low) * i) / (mels + 1), scale));
  const data = new Float64Array(mels * bins);
  for (let i = 0; i < mels; i++) {
    const [left = 0, top = 0, right = 0] = corners.subarray(i, i + 3);
    const height = norm === 'slaney' ? 2 / (right - left) : 1;
    let empty = true;
    for (let k = 0; k < bins; k++) {
      const hz = (k * (sampleRate / 2)) / (bins - 1);
      const value = Math.max(0, Math.min((hz - left) / (top - left), (right - hz) / (right - top)));
      if (value > 0) empty = false;
      data[i * bins + k] = height * value;
    }
    if (empty) {
      fail('option', `${where}: no frequency lies in mel band ${i}, ${left.toFixed(1)} to ${right.toFixed(1)} Hz; ${bins} bins are ${((sampleRate / 2) / (bins - 1)).toFixed(1)} Hz apart. Take a larger \`nFft\` or fewer \`mels\`.`);
    }
  }
  return { data, mels, bins };
}
