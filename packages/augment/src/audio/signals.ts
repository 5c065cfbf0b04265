/** Waveforms and spectrograms, and refusing what is none. */
import { fail, show } from '@parsimony/core';

/** Of a waveform. */
export interface WaveformSize {
  /** C. */
  readonly channels: number;
  /** T, in samples. */
  readonly length: number;
  /** In Hz. */
  readonly sampleRate: number;
}

/** Sound: C channels of T samples, mostly in [-1, 1]; what `readWav` of `@parsimony/datasets` gives. Never written over. */
export interface Waveform extends WaveformSize {
  /** [C, T]: one channel after the other. */
  readonly data: Float32Array;
}

/** Of a spectrogram. */
export interface SpectrogramSize {
  /** C. */
  readonly channels: number;
  /** F: frequencies or mel bands, the lowest first. */
  readonly bins: number;
  /** T, in frames. */
  readonly frames: number;
}

/** Magnitudes, powers or decibels. Never written over. */
export interface Spectrogram extends SpectrogramSize {
  /** [C, F, T]. */
  readonly data: Float32Array;
}

/** What `stft` gives: a complex number for each frequency and frame. */
export interface ComplexSpectrogram extends SpectrogramSize {
  /** Real parts, [C, F, T]. */
  readonly re: Float64Array;
  /** Imaginary parts, [C, F, T]. */
  readonly im: Float64Array;
}

/** Refuses what is no waveform, an empty one, and samples that are not finite. */
export function checkWaveform(where: string, waveform: Waveform): void {
  const { data, channels, length, sampleRate } = expectObject(where, 'a waveform as { data, channels, length, sampleRate }', waveform);
  checkWhole(where, { channels, length, sampleRate });
  checkData(where, 'data', data, Float32Array, [channels, length]);
}

/** Refuses what is no spectrogram, an empty one, and numbers that are not finite. */
export function checkSpectrogram(where: string, spectrogram: Spectrogram): void {
  const { data, channels, bins, frames } = expectObject(where, 'a spectrogram as { data, channels, bins, frames }', spectrogram);
  checkWhole(where, { channels, bins, frames });
  checkData(where, 'data', data, Float32Array, [channels, bins, frames]);
}

/** The same of complex ones. */
export function checkComplex(where: string, spectrogram: ComplexSpectrogram): void {
  const { re, im, channels, bins, frames } = expectObject(where, 'a complex spectrogram as { re, im, channels, bins, frames }', spectrogram);
  checkWhole(where, { channels, bins, frames });
  checkData(where, 're', re, Float64Array, [channels, bins, frames]);
  checkData(where, 'im', im, Float64Array, [channels, bins, frames]);
}

function expectObject<T>(where: string, what: string, value: T): T {
  return value !== null && typeof value === 'object' ? value : fail('data', `${where}: expected ${what}, received ${show(value)}.`);
}

function checkWhole(where: string, sizes: Readonly<Record<string, unknown>>): void {
  for (const [name, n] of Object.entries(sizes)) {
    if (!Number.isInteger(n) || (n as number) < 1) fail('data', `${where}: \`${name}\` must be a whole number in [1, inf), received ${show(n)}.`);
  }
}

function checkData(where: string, name: string, data: unknown, Type: typeof Float32Array | typeof Float64Array, shape: readonly number[]): void {
  if (!(data instanceof Type)) return fail('data', `${where}: \`${name}\` must be a ${Type.name}, received ${show(data)}.`);
  const length = shape.reduce((a, b) => a * b, 1);
  if (data.length !== length) fail('data', `${where}: \`${name}\` must have ${length} numbers for [${shape.join(', ')}], received ${data.length}.`);
  const bad = data.findIndex((value: number) => !Number.isFinite(value));
  if (bad !== -1) fail('data', `${where}: \`${name}\` must be finite, received ${data[bad]} at ${bad}.`);
}
