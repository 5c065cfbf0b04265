/** What `stft` and its inverse share: how sound is cut into frames. */
import { checkBoolean, checkChoice, checkNumber, checkOptions, fail, show } from '@parsimony/core';

/** 'hann': 0.5 - 0.5 cos(2 pi t / n). 'hamming': 0.54 - 0.46 cos(2 pi t / n). 'rectangular': 1. All periodic, as PyTorch has them. */
export type WindowName = 'hann' | 'hamming' | 'rectangular';

export interface FrameOptions {
  /** Samples that are transformed at once, 2 or more; any number, powers of two are quickest. Default 400. */
  readonly nFft?: number;
  /** Samples from one frame to the next, 1 or more. Default: half of `winLength`. */
  readonly hopLength?: number;
  /** Samples that the window lets through, 1 to `nFft`, in the middle of it. Default `nFft`. */
  readonly winLength?: number;
  /** Default 'hann'. */
  readonly window?: WindowName;
  /** Frame t has sample t hopLength in its middle, the sound being continued at both ends by mirroring; else it begins there. Default true. */
  readonly center?: boolean;
}

export interface Frames {
  readonly nFft: number;
  readonly hopLength: number;
  readonly center: boolean;
  /** Of `nFft` numbers. */
  readonly window: Float64Array;
  /** Of one frame: floor(nFft / 2) + 1. */
  readonly bins: number;
}

const frameOptions = ['nFft', 'hopLength', 'winLength', 'window', 'center'] as const;

const shapes: Readonly<Record<WindowName, readonly [constant: number, cosine: number]>> = { hann: [0.5, 0.5], hamming: [0.54, 0.46], rectangular: [1, 0] };

/** Options with their defaults. */
export function checkFrames(where: string, options: FrameOptions, more: readonly string[] = []): Frames {
  checkOptions(where, options, [...frameOptions, ...more]);
  const nFft = checkNumber(where, 'nFft', options.nFft ?? 400, { min: 2, max: 2 ** 24, integer: true });
  const winLength = checkNumber(where, 'winLength', options.winLength ?? nFft, { min: 1, max: nFft, integer: true });
  const hopLength = checkNumber(where, 'hopLength', options.hopLength ?? Math.max(1, winLength >> 1), { min: 1, integer: true });
  const [constant, cosine] = shapes[checkChoice(where, 'window', options.window ?? 'hann', Object.keys(shapes) as WindowName[])];
  const window = new Float64Array(nFft);
  const left = (nFft - winLength) >> 1;
  for (let t = 0; t < winLength; t++) window[left + t] = constant - cosine * Math.cos((2 * Math.PI * t) / winLength);
  return { nFft, hopLength, center: checkBoolean(where, 'center', options.center ?? true), window, bins: (nFft >> 1) + 1 };
}

/** Refuses a spectrogram that has not the bins of such frames. */
export function expectBins(where: string, { nFft, bins }: Frames, received: number): void {
  if (received !== bins) fail('data', `${where}: frames of \`nFft\` ${nFft} have ${bins} bins, received ${show(received)}. Give the \`nFft\` it was made with.`);
}
