/** The phase vocoder. */
import { checkNumber } from '@parsimony/core';
import { checkComplex, type ComplexSpectrogram } from './signals';

/**
 * A spectrogram at another speed: frame m is taken at m rate, its magnitude between those of the two frames there, its phase carried on by
 * what the phase between them turns, so that every frequency keeps its pitch.
 *
 * With t = floor(m rate), a = m rate - t and p_k = 2 pi k hop / nFft, the phase that bin k turns from frame to frame:
 * |Y[k, m]| = (1 - a) |X[k, t]| + a |X[k, t + 1]|, arg Y[k, m + 1] = arg Y[k, m] + p_k + wrap(arg X[k, t + 1] - arg X[k, t] - p_k), with
 * arg Y[k, 0] = arg X[k, 0], silence behind the last frame, and wrap(d) = d - 2 pi round(d / 2 pi).
 *
 * @param spectrogram - As `stft` gives it, with an even `nFft`.
 * @param rate - Above 1 is quicker. Above 0.
 * @param hopLength - That the spectrogram was made with.
 * @returns [C, F, ceil(T / rate)].
 * @throws option: a rate or a hop out of range. data: what is no such spectrogram.
 * @see torchaudio's `phase_vocoder`; Flanagan and Golden, "Phase Vocoder" (1966); Dolson, "The Phase Vocoder: A Tutorial" (1986).
 * @example
 * ```ts
 * import { phaseVocoder, stft } from '@parsimony/augment/audio';
 * const sound = { data: Float32Array.from({ length: 4000 }, (_, t) => Math.sin(t)), channels: 1, length: 4000, sampleRate: 8000 };
 * const spectrum = stft(sound, { nFft: 256, hopLength: 64 });
 * [spectrum.frames, phaseVocoder(spectrum, 2, 64).frames]; // => [63, 32]
 * ```
 */
export function phaseVocoder(spectrogram: ComplexSpectrogram, rate: number, hopLength: number): ComplexSpectrogram {
  const where = 'phaseVocoder';
  checkNumber(where, 'rate', rate, { min: 0, minExclusive: true });
  checkNumber(where, 'hopLength', hopLength, { min: 1, integer: true });
  checkComplex(where, spectrogram);
  return vocoder(spectrogram, rate, hopLength);
}

/** Of what has been checked. */
export function vocoder(spectrogram: ComplexSpectrogram, rate: number, hopLength: number): ComplexSpectrogram {
  if (rate === 1) return spectrogram;
  const { re, im, channels, bins, frames } = spectrogram;
  const count = Math.ceil(frames / rate);
  const [outRe, outIm] = [new Float64Array(channels * bins * count), new Float64Array(channels * bins * count)];
  // Two frames of silence behind the last.
  const [magnitude, angle] = [new Float64Array(frames + 2), new Float64Array(frames + 2)];
  for (let row = 0; row < channels * bins; row++) {
    for (let m = 0, from = row * frames; m < frames; m++, from++) {
      magnitude[m] = Math.hypot(re[from] as number, im[from] as number);
      angle[m] = Math.atan2(im[from] as number, re[from] as number);
    }
    const turn = (Math.PI * hopLength * (row % bins)) / Math.max(1, bins - 1);
    let phase = angle[0] as number;
    for (let m = 0, to = row * count; m < count; m++, to++) {
      const at = m * rate;
      const t = Math.floor(at);
      const size = (at - t) * (magnitude[t + 1] as number) + (1 - at + t) * (magnitude[t] as number);
      outRe[to] = size * Math.cos(phase);
      outIm[to] = size * Math.sin(phase);
      const extra = (angle[t + 1] as number) - (angle[t] as number) - turn;
      phase += turn + extra - 2 * Math.PI * Math.round(extra / (2 * Math.PI));
    }
  }
  return { re: outRe, im: outIm, channels, bins, frames: count };
}
