/** The transforms of sound against torch.stft, torch.istft and torchaudio's definitions, by tooling/reference. */
import { expectClose, fixture, type FixtureArray } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import {
  addNoise, amplitudeToDb, type AmplitudeToDbOptions, type ComplexSpectrogram, type FrameOptions, istft, melFilterbank, melSpectrogram, type MelSpectrogramOptions, phaseVocoder,
  pitchShift, type PitchShiftOptions, resample, type ResampleOptions, spectrogram, stft, timeStretch, type Waveform,
} from './index';

type Case = { readonly name: string } & (
  | { readonly kind: 'stft'; readonly options: FrameOptions; readonly x: FixtureArray; readonly re: FixtureArray; readonly im: FixtureArray; readonly otherRe?: FixtureArray; readonly otherIm: FixtureArray; readonly inverse: FixtureArray; readonly length?: number }
  | { readonly kind: 'mel'; readonly sampleRate: number; readonly options: MelSpectrogramOptions & { readonly nFft: number }; readonly x: FixtureArray; readonly spectrogram: FixtureArray; readonly filterbank: FixtureArray; readonly mel: FixtureArray; readonly db?: AmplitudeToDbOptions; readonly decibels: FixtureArray }
  | { readonly kind: 'vocoder'; readonly rate: number; readonly hopLength: number; readonly re: FixtureArray; readonly im: FixtureArray; readonly outRe: FixtureArray; readonly outIm: FixtureArray }
  | { readonly kind: 'resample'; readonly sampleRate: number; readonly options: ResampleOptions; readonly x: FixtureArray; readonly y: FixtureArray }
  | { readonly kind: 'pitch'; readonly sampleRate: number; readonly options: PitchShiftOptions & { readonly nFft: number }; readonly rate: number; readonly x: FixtureArray; readonly stretched: FixtureArray; readonly y: FixtureArray }
  | { readonly kind: 'noise'; readonly snrDb: number; readonly x: FixtureArray; readonly noise: FixtureArray; readonly y: FixtureArray });

const { cases } = await fixture<Case>(new URL('../../fixtures/audio.json', import.meta.url));
const of = <K extends Case['kind']>(kind: K) => cases.filter((c): c is Case & { readonly kind: K } => c.kind === kind).map((c) => [c.name, c] as const);

const sound = ({ data, shape: [channels = 0, length = 0] }: FixtureArray, sampleRate = 16000): Waveform => ({ data: Float32Array.from(data), channels, length, sampleRate });
const complex = (re: FixtureArray, im: FixtureArray): ComplexSpectrogram => {
  const [channels = 0, bins = 0, frames = 0] = re.shape;
  return { re: Float64Array.from(re.data), im: Float64Array.from(im.data), channels, bins, frames };
};
/** Computed in float64 and stored so, or as float32. */
const exact = { rtol: 1e-12 };
const stored = { rtol: 1e-7 };
const waves = ({ data, channels, length }: Waveform) => ({ data, shape: [channels, length] });

describe('stft and istft', () => {
  test.each(of('stft'))('%s', async (_, { options, x, re, im, otherRe, otherIm, inverse, length }) => {
    const made = stft(sound(x), options);
    const shape = [made.channels, made.bins, made.frames];
    await expectClose({ data: made.re, shape }, re, { ...exact, name: 're' });
    await expectClose({ data: made.im, shape }, im, { ...exact, name: 'im' });
    if (otherRe === undefined) return;
    await expectClose(waves(istft(complex(otherRe, otherIm), { ...options, sampleRate: 16000, ...(length !== undefined && { length }) })), inverse, { ...stored, name: 'inverse' });
  });
});

describe('mel', () => {
  test.each(of('mel'))('%s', async (_, { sampleRate, options, x, spectrogram: powers, filterbank, mel, db, decibels }) => {
    const { nFft, hopLength, power, ...bands } = options;
    const own = spectrogram(sound(x, sampleRate), { nFft, ...(hopLength && { hopLength }), ...(power && { power }) });
    await expectClose({ data: own.data, shape: [own.channels, own.bins, own.frames] }, powers, { ...stored, name: 'spectrogram' });
    const bank = melFilterbank({ ...bands, bins: own.bins, sampleRate });
    await expectClose({ data: bank.data, shape: [bank.mels, bank.bins] }, filterbank, { ...exact, name: 'filterbank' });
    const made = melSpectrogram(sound(x, sampleRate), options);
    const shape = [made.channels, made.bins, made.frames];
    await expectClose({ data: made.data, shape }, mel, { ...stored, name: 'mel' });
    // A last bit of float32 is 1e-6 of a decibel.
    if (db) await expectClose({ data: amplitudeToDb(made, db).data, shape }, decibels, { rtol: 1e-7, atol: 2e-6, name: 'decibels' });
  });
});

test.each(of('vocoder'))('%s', async (_, { rate, hopLength, re, im, outRe, outIm }) => {
  const made = phaseVocoder(complex(re, im), rate, hopLength);
  const shape = [made.channels, made.bins, made.frames];
  await expectClose({ data: made.re, shape }, outRe, { ...exact, name: 're' });
  await expectClose({ data: made.im, shape }, outIm, { ...exact, name: 'im' });
});

test.each(of('resample'))('%s', async (_, { sampleRate, options, x, y }) => {
  const made = resample(sound(x, sampleRate), options);
  expect(made.sampleRate).toBe(options.sampleRate);
  await expectClose(waves(made), y, stored);
});

test.each(of('pitch'))('%s', async (_, { sampleRate, options, rate, x, stretched, y }) => {
  await expectClose(waves(timeStretch(sound(x, sampleRate), { rate, nFft: options.nFft })), stretched, { ...stored, name: 'stretched' });
  // The stretched sound is rounded to float32 on the way.
  await expectClose(waves(pitchShift(sound(x, sampleRate), options)), y, { rtol: 3e-7, name: 'shifted' });
});

test.each(of('noise'))('%s', async (_, { snrDb, x, noise, y }) => {
  await expectClose(waves(addNoise(sound(x), sound(noise), { snrDb })), y, stored);
});
