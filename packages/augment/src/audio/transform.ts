/** What a transform of sound is: as those of images, parameters drawn from a key, apart from being applied. */
import type { Json, Progress, RngKey } from '@parsimony/core';
import { asJson, print } from '../transform/define';
import type { TransformJson } from '../transform/transform';
import type { Spectrogram, SpectrogramSize, Waveform, WaveformSize } from './signals';

/**
 * A description of a random change of a signal T whose size is S. It is data: `name` and `options` are its JSON form, `draw` gives JSON, and
 * `apply` uses nothing but that, so that a batch is replayed exactly.
 */
export interface SignalTransform<T, S, P extends Json = Json> {
  readonly name: string;
  /** Every option with its default filled in. */
  readonly options: Readonly<Record<string, Json>>;
  /** What it takes. */
  readonly takes: 'waveform' | 'spectrogram';
  /** Of what comes out for these parameters. */
  sizeAfter(size: S, params: P): S;
  /** The parameters for one signal of this size. `progress` is where the run is, for options that are schedules. */
  draw(key: RngKey, size: S, progress: Progress): P;
  /** The signal changed as the parameters say; itself where they change nothing. */
  apply(signal: T, params: P): T;
  /** `{ name, ...options }`: what `JSON.stringify` writes and `parseAudioTransform` reads. */
  toJSON(): TransformJson;
  /** In one line: `RandomGain(db=[-6, 6], p=1)`. */
  toString(): string;
}

export type WaveformTransform<P extends Json = Json> = SignalTransform<Waveform, WaveformSize, P>;
export type SpectrogramTransform<P extends Json = Json> = SignalTransform<Spectrogram, SpectrogramSize, P>;
export type AudioTransform = WaveformTransform | SpectrogramTransform;

export interface SignalTransformDefinition<T, S, P extends Json> {
  readonly name: string;
  /** Checked, with defaults; what is undefined is left out. None may be called `name`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly takes: 'waveform' | 'spectrogram';
  /** Default: the same size comes out. */
  sizeAfter?(size: S, params: P): S;
  draw(key: RngKey, size: S, progress: Progress): P;
  apply(signal: T, params: P): T;
}

/** A transform from its definition: what every factory ends with. */
export function defineSignalTransform<T, S, P extends Json>(definition: SignalTransformDefinition<T, S, P>): SignalTransform<T, S, P> {
  const { name, takes } = definition;
  const options = asJson(definition.options);
  return Object.freeze({
    name,
    options,
    takes,
    sizeAfter: (size: S, params: P) => definition.sizeAfter?.(size, params) ?? size,
    draw: (key: RngKey, size: S, progress: Progress) => definition.draw(key, size, progress),
    apply: (signal: T, params: P) => definition.apply(signal, params),
    toJSON: () => ({ name, ...options }),
    toString: () => print({ name, ...options }),
  });
}

/** Of a transform that changes waveforms. */
export const defineWaveformTransform = <P extends Json>(definition: Omit<SignalTransformDefinition<Waveform, WaveformSize, P>, 'takes'>): WaveformTransform<P> =>
  defineSignalTransform<Waveform, WaveformSize, P>({ ...definition, takes: 'waveform' });

/** Of a transform that changes spectrograms. */
export const defineSpectrogramTransform = <P extends Json>(definition: Omit<SignalTransformDefinition<Spectrogram, SpectrogramSize, P>, 'takes'>): SpectrogramTransform<P> =>
  defineSignalTransform<Spectrogram, SpectrogramSize, P>({ ...definition, takes: 'spectrogram' });
