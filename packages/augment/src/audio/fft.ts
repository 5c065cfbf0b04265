// oxlint-disable-next-line typescript/triple-slash-reference -- packages that use this one check its source without its own files
/// <reference path="./fourier-transform.d.ts" />
/**
 * Fourier transforms of real frames of any size: by the library where it is a power of two, else as a convolution of such a size
 * (Bluestein's algorithm), so that the 400 samples of 25 ms at 16 kHz need no padding.
 */
/*!
 * @license
 * This file contains fourier-transform (Copyright (c) Dmitry Ivanov) under the MIT License: https://opensource.org/license/mit. The full
 * text is in THIRD-PARTY-LICENSES.txt of the package @parsimony/augment.
 */
import { cfft, cifft, fft, ifft } from 'fourier-transform';

/** Of frames of one size n. The arrays it gives are its own, written over by the next call. */
export interface RealFft {
  /** X_k = sum_t x_t exp(-2 pi i k t / n) for k = 0 … floor(n / 2). */
  forward(frame: Float64Array): readonly [re: Float64Array, im: Float64Array];
  /** x_t = 1/n sum_k X_k exp(2 pi i k t / n) over all k, those above n / 2 being conjugates; imaginary parts that cannot be are left out. */
  inverse(re: Float64Array, im: Float64Array): Float64Array;
}

/** Plans a transform; n is 2 or more. */
export const realFft = (n: number): RealFft => ((n & (n - 1)) === 0 ? powerOfTwo(n) : bluestein(n));

function powerOfTwo(n: number): RealFft {
  const spectrum: [Float64Array, Float64Array] = [new Float64Array(n / 2 + 1), new Float64Array(n / 2 + 1)];
  const frame = new Float64Array(n);
  return { forward: (x) => fft(x, spectrum), inverse: (re, im) => ifft(re, im, frame) };
}

function bluestein(n: number): RealFft {
  const bins = (n >> 1) + 1;
  let size = 1;
  while (size < 2 * n - 1) size *= 2;
  // exp(-pi i t^2 / n): t^2 mod 2 n is exact, t^2 pi / n is not.
  const angle = Float64Array.from({ length: n }, (_, t) => (Math.PI * ((t * t) % (2 * n))) / n);
  const [cos, sin] = [angle.map((a) => Math.cos(a)), angle.map((a) => -Math.sin(a))];
  const [filterRe, filterIm] = [new Float64Array(size), new Float64Array(size)];
  for (let t = 0; t < n; t++) {
    filterRe[t] = filterRe[(size - t) % size] = cos[t] as number;
    filterIm[t] = filterIm[(size - t) % size] = -(sin[t] as number);
  }
  cfft(filterRe, filterIm);
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  const [outRe, outIm, frame] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(n)];

  /** The first n of `re` and `im` transformed in place; the rest of both is scratch. */
  const transform = (): void => {
    for (let t = 0; t < n; t++) turn(re, im, t, cos[t] as number, sin[t] as number);
    re.fill(0, n);
    im.fill(0, n);
    cfft(re, im);
    for (let k = 0; k < size; k++) turn(re, im, k, filterRe[k] as number, filterIm[k] as number);
    cifft(re, im);
    for (let k = 0; k < n; k++) turn(re, im, k, cos[k] as number, sin[k] as number);
  };
  return {
    forward(x) {
      re.set(x);
      im.fill(0, 0, n);
      transform();
      outRe.set(re.subarray(0, bins));
      outIm.set(im.subarray(0, bins));
      return [outRe, outIm];
    },
    inverse(spectrumRe, spectrumIm) {
      // Of the conjugates, forwards; what comes is real, so that nothing has to be conjugated back.
      for (let k = 0; k < bins; k++) {
        const alone = k === 0 || 2 * k === n;
        const imaginary = alone ? 0 : spectrumIm[k] as number;
        re[k] = re[(n - k) % n] = spectrumRe[k] as number;
        im[(n - k) % n] = imaginary;
        im[k] = -imaginary;
      }
      transform();
      for (let t = 0; t < n; t++) frame[t] = (re[t] as number) / n;
      return frame;
    },
  };
}

/** Multiplies one complex number. */
function turn(re: Float64Array, im: Float64Array, i: number, byRe: number, byIm: number): void {
  const [a, b] = [re[i] as number, im[i] as number];
  re[i] = a * byRe - b * byIm;
  im[i] = a * byIm + b * byRe;
}
