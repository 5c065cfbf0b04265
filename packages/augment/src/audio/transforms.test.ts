/** Properties of what is applied, and the statistics of what is drawn. */
import { type Json, random, schedules } from '@parsimony/core';
import { expectDropRate, expectMoments, expectUncorrelated } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import {
  addNoise, amplitudeToDb, applyAudio, type AudioTransform, backgroundNoise, composeAudio, drawAudio, frequencyMask, gain, hzToMel, istft, melFilterbank, melSpectrogram, melToHz,
  parseAudioTransform, pitchShift, randomGain, randomPitchShift, randomShift, randomTimeStretch, resample, shift, type Spectrogram, spectrogram, stft, timeMask, timeStretch, timeWarp, type Waveform,
  type WaveformTransform,
} from './index';

const rate = 8000;
const wave = (at: (t: number) => number, length = rate, channels = 1): Waveform => ({ data: Float32Array.from({ length: channels * length }, (_, i) => at(i)), channels, length, sampleRate: rate });
const tone = (hz: number, length = rate, sampleRate = rate): Waveform => ({ ...wave((t) => Math.sin((2 * Math.PI * hz * t) / sampleRate), length), sampleRate });
const noise = (length: number, channels = 1, seed = 1): Waveform => ({ data: random.normal(random.key(seed), channels * length), channels, length, sampleRate: rate });
const picture = (bins: number, frames: number, channels = 1, seed = 1): Spectrogram => ({ data: random.normal(random.key(seed), channels * bins * frames), channels, bins, frames });

/** Frequency of the loudest bin of the middle, between bins by the parabola through the logarithms (exact for a Gaussian, within 0.02 bins for Hann's). */
function loudest(sound: Waveform): number {
  const length = 4096;
  const from = (sound.length - length) >> 1;
  const { data, bins } = spectrogram({ ...sound, data: sound.data.subarray(from, from + length), length }, { nFft: length, hopLength: length, center: false });
  const k = data.indexOf(Math.max(...data));
  const [a, b, c] = [k - 1, k, k + 1].map((i) => Math.log(data[i] as number)) as [number, number, number];
  return ((k + (a - c) / (2 * (a - 2 * b + c))) * sound.sampleRate) / (2 * (bins - 1));
}
/** Of a Hann window of 4096 samples: the parabola's error, 0.02 bins. */
const bin = (0.02 * rate) / 4096;

describe('what is applied', () => {
  test('istft undoes stft, whatever the size of its frames', () => {
    const sound = noise(1000, 2);
    for (const options of [{ nFft: 64 }, { nFft: 64, hopLength: 16, window: 'hamming' as const }, { nFft: 75, hopLength: 25 }, { nFft: 400, hopLength: 160 }, { nFft: 2, hopLength: 1 }, { nFft: 3, hopLength: 1 }]) {
      const again = istft(stft(sound, options), { ...options, sampleRate: rate, length: 1000 });
      // Computed in float64, stored in float32: half a last bit of the largest, 4.
      again.data.forEach((value, i) => expect(Math.abs(value - (sound.data[i] as number))).toBeLessThan(2 ** -22));
    }
  });
  test('a tone has its energy in its bin; Parseval: a frame and its transform have the same', () => {
    const { re, im, bins, frames } = stft(tone(1000), { nFft: 80, hopLength: 40 });
    const middle = Array.from({ length: bins }, (_, k) => Math.hypot(re[k * frames + 50] as number, im[k * frames + 50] as number));
    expect(middle.indexOf(Math.max(...middle))).toBe(10);
    // Half of the window's sum, 40, at the tone, half of that beside it, nothing elsewhere.
    middle.forEach((size, k) => expect(size).toBeCloseTo(k === 10 ? 20 : Math.abs(k - 10) === 1 ? 10 : 0, 5));
    const frame = noise(64);
    const spectrum = stft(frame, { nFft: 64, window: 'rectangular', center: false });
    const energy = spectrum.re.reduce((sum, a, k) => sum + (k === 0 || k === 32 ? 1 : 2) * (a * a + (spectrum.im[k] as number) ** 2), 0) / 64;
    expect(energy).toBeCloseTo(frame.data.reduce((sum, x) => sum + x * x, 0), 9);
  });
  test('mel: scales and back; triangles of height and of area 1', () => {
    for (const scale of ['htk', 'slaney'] as const) for (const hz of [0, 40, 999, 1000, 1001, 7000]) expect(melToHz(hzToMel(hz, scale), scale)).toBeCloseTo(hz, 8);
    const { data, mels, bins } = melFilterbank({ bins: 4001, sampleRate: rate, mels: 10, scale: 'slaney', norm: 'slaney' });
    for (let i = 0; i < mels; i++) expect(data.subarray(i * bins, (i + 1) * bins).reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 2);
    const plain = melFilterbank({ bins: 4001, sampleRate: rate, mels: 10 });
    // Neighbours add up to 1 between the first top and the last.
    const sums = Array.from({ length: bins }, (_, k) => Array.from({ length: mels }, (__, i) => plain.data[i * bins + k] as number).reduce((a, b) => a + b, 0));
    sums.forEach((sum, k) => { if (k > melToHz(hzToMel(4000) / 11) && k < melToHz((hzToMel(4000) * 10) / 11)) expect(sum).toBeCloseTo(1, 12); });
  });
  test.each([0.5, 0.8, 1.25, 2])('stretch by %s: another length, the same pitch', (by) => {
    const out = timeStretch(tone(700, 16000), { rate: by });
    expect(out.length).toBe(Math.round(16000 / by));
    // The vocoder rounds no frequency: what is off is what its changing magnitudes add.
    expect(Math.abs(loudest(out) - 700)).toBeLessThan(bin);
  });
  test.each([-12, -5, -0.5, 1, 4, 7, 12])('pitch by %s semitones: the peak moves by 2^(n / 12), the length stays', (semitones) => {
    const out = pitchShift(tone(700, 16000), { semitones });
    expect([out.length, out.sampleRate]).toEqual([16000, rate]);
    const expected = 700 * 2 ** (semitones / 12);
    // The rate is rounded to a whole number of Hz: at most 1 / 4000 of the pitch.
    expect(Math.abs(loudest(out) - expected)).toBeLessThan(bin + expected / 4000);
  });
  test('resampled there and back a tone is the same, but for its ends', () => {
    const there = resample(tone(500), { sampleRate: 11025, lowpassFilterWidth: 32 });
    expect(there.length).toBe(11025);
    const back = resample(there, { sampleRate: rate, lowpassFilterWidth: 32 });
    expect(Math.abs(loudest(there) - 500)).toBeLessThan((bin * 11025) / rate);
    // The ripple of 32 zero crossings under a Hann window.
    for (let t = 100; t < rate - 100; t++) expect(Math.abs((back.data[t] as number) - Math.sin((2 * Math.PI * 500 * t) / rate))).toBeLessThan(1e-3);
    // What the lower rate cannot hold is cut off, not folded back.
    const high = resample(tone(3500), { sampleRate: 4000, lowpassFilterWidth: 32 });
    expect(Math.max(...high.data.subarray(100, -100).map(Math.abs))).toBeLessThan(1e-3);
  });
  test.each([-20, 0, 13.7])('noise at %s dB: that ratio in each channel', (snrDb) => {
    const [sound, added] = [noise(5000, 2), noise(700, 1, 2)];
    const out = addNoise(sound, added, { snrDb, start: 650 });
    for (const c of [0, 1]) {
      let [signal, rest] = [0, 0];
      for (let i = c * 5000; i < (c + 1) * 5000; i++) {
        signal += (sound.data[i] as number) ** 2;
        rest += ((out.data[i] as number) - (sound.data[i] as number)) ** 2;
      }
      // float32 rounds the sum, not the noise: 2^-24 of numbers up to 10 times the noise.
      expect(10 * Math.log10(signal / rest)).toBeCloseTo(snrDb, 5);
    }
    // It begins where it should and comes round.
    const [a = 0, b = 0] = [(out.data[0] as number) - (sound.data[0] as number), (out.data[50] as number) - (sound.data[50] as number)];
    expect(a / b).toBeCloseTo((added.data[650] as number) / (added.data[0] as number), 3);
    expect([...addNoise(wave(() => 0, 10), noise(10), { snrDb }).data]).toEqual(new Array(10).fill(0));
  });
  test('what keeps everything gives the very same', () => {
    const [sound, drawn] = [noise(2000), picture(8, 20)];
    expect(timeStretch(sound, { rate: 1 })).toBe(sound);
    expect(pitchShift(sound, { semitones: 0 })).toBe(sound);
    expect(gain(sound, 0)).toBe(sound);
    expect(shift(sound, { samples: 0 })).toBe(sound);
    expect(resample(sound, { sampleRate: rate }).data).toBe(sound.data);
    for (const transform of [randomGain({ db: [0, 0] }), randomShift({ maxShare: 0 }), randomTimeStretch({ rate: [1, 1] }), randomPitchShift({ semitones: [0, 0] }), backgroundNoise({ p: 0 })] as WaveformTransform[]) {
      expect(applyAudio(transform, [sound], drawAudio(transform, random.key(1), [sound]))[0]).toBe(sound);
    }
    for (const transform of [timeMask({ maxWidth: 0, count: 3 }), frequencyMask({ maxWidth: 0 }), timeWarp({ maxShift: 0 }), timeMask({ p: 0 }), timeMask({ maxShare: 0 })]) {
      expect(transform.apply(drawn, drawAudio<Spectrogram, never>(transform as never, random.key(1), [drawn])[0] as never)).toBe(drawn);
    }
  });
  test('shifts: roll and back is nothing; decibels; gain', () => {
    const sound = noise(50, 2);
    expect(shift(shift(sound, { samples: 17, mode: 'roll' }), { samples: -67, mode: 'roll' })).toEqual(sound);
    expect([...shift(sound, { samples: 60 }).data]).toEqual(new Array(100).fill(0));
    expect(shift(sound, { samples: -49 }).data[50]).toBe(sound.data[99]);
    const [a, b] = [spectrogram(noise(800)), spectrogram(gain(noise(800), -7))].map((power) => amplitudeToDb(power).data);
    a?.forEach((value, i) => expect(value - (b?.[i] as number)).toBeCloseTo(7, 3));
  });
  test('a warp keeps straight lines of time straight on both sides, and the ends', () => {
    const ramp: Spectrogram = { data: Float32Array.from({ length: 42 }, (_, i) => i % 21), channels: 1, bins: 2, frames: 21 };
    const out = timeWarp().apply(ramp, { at: 10, by: 5 });
    expect([0, 3, 15, 18, 20].map((t) => out.data[t])).toEqual([0, 2, 10, 16, 20]);
    expect([...out.data.subarray(21)]).toEqual([...out.data.subarray(0, 21)]);
  });
});

describe('what is drawn', () => {
  const n = 20_000;
  const size = { channels: 1, length: 1000, sampleRate: rate };
  const map = { channels: 1, bins: 40, frames: 60 };
  const drawn = <S extends typeof size | typeof map, P extends Json>(transform: { draw(key: random.RngKey, of: S, progress: { step: number; totalSteps: number }): P }, of: S): P[] => drawAudio(transform as never, random.key(9), new Array<S>(n).fill(of)) as P[];
  /** Uniform in [low, high): variance (high - low)^2 / 12, kurtosis 9/5; neighbours independent. */
  const expectUniform = (values: readonly number[], low: number, high: number): void => {
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...values)).toBeLessThanOrEqual(high);
    expectMoments(values, { mean: (low + high) / 2, variance: (high - low) ** 2 / 12, kurtosis: 1.8 });
    expectUncorrelated(values.slice(1), values.slice(0, -1));
  };
  /** Uniform on whole numbers, N of them: variance (N^2 - 1) / 12, kurtosis 3 (3 N^2 - 7) / (5 (N^2 - 1)). */
  const expectWhole = (values: readonly number[], low: number, high: number): void => {
    const m = (high - low + 1) ** 2;
    expect([Math.min(...values), Math.max(...values)]).toEqual([low, high]);
    expectMoments(values, { mean: (low + high) / 2, variance: (m - 1) / 12, kurtosis: (3 * (3 * m - 7)) / (5 * (m - 1)) });
    expectUncorrelated(values.slice(1), values.slice(0, -1));
  };

  test('gain, pitch: uniform; stretch: uniform in the logarithm; shift: uniform on whole numbers', () => {
    expectUniform(drawn(randomGain({ db: [-10, 2] }), size) as number[], -10, 2);
    expectUniform(drawn(randomPitchShift({ semitones: [-3, 1] }), size) as number[], -3, 1);
    expectUniform((drawn(randomTimeStretch({ rate: [0.5, 3] }), size) as number[]).map(Math.log), Math.log(0.5), Math.log(3));
    expectWhole(drawn(randomShift({ maxShare: 0.0205 }), size) as number[], -20, 20);
  });
  test('each with its probability, also by a schedule', () => {
    for (const transform of [randomGain({ p: 0.3 }), randomShift({ p: 0.3 }), randomTimeStretch({ p: 0.3 }), randomPitchShift({ p: 0.3 }), backgroundNoise({ p: 0.3 })] as WaveformTransform[]) {
      expectDropRate(drawn(transform, size).map((value) => Number(value !== null)), 0.7);
    }
    const later = randomGain({ p: schedules.linear({ start: 0, end: 1, steps: 10 }) });
    expect(drawAudio(later, random.key(1), [size, size], { step: 0, totalSteps: 10 })).toEqual([null, null]);
  });
  test('noise: the ratio, the recording and its place', () => {
    const clips = { street: noise(10), rain: noise(20) };
    const all = drawn(backgroundNoise({ snrDb: [-5, 15] }, clips), size).map((one) => one ?? { snrDb: NaN, at: NaN, noise: '', key: [] });
    expectUniform(all.map(({ snrDb }) => snrDb), -5, 15);
    expectUniform(all.map(({ at }) => at), 0, 1);
    expectDropRate(all.map(({ noise: name }) => Number(name === 'rain')), 0.5);
    expectUncorrelated(all.map(({ snrDb }) => snrDb), all.map(({ noise: name }) => Number(name === 'rain')));
    expect(new Set(all.slice(0, 100).map(({ key }) => key.join())).size).toBe(100);
  });
  test('masks: widths uniform up to their bound, starts uniform where they fit; several independent', () => {
    const times = drawn(timeMask({ maxWidth: 25.9, count: 2 }), map);
    expectWhole(times.map(([mask]) => mask?.width ?? NaN), 0, 25);
    expectWhole(times.map(([, mask]) => mask?.width ?? NaN), 0, 25);
    expectUncorrelated(times.map(([mask]) => mask?.width ?? NaN), times.map(([, mask]) => mask?.width ?? NaN));
    expectUncorrelated(times.map(([mask]) => mask?.start ?? NaN), times.map(([, mask]) => mask?.start ?? NaN));
    // Of one width all starts that fit are as likely.
    const tens = times.flat().filter(({ width }) => width === 10).map(({ start }) => start);
    expectMoments(tens, { mean: 25, variance: (51 ** 2 - 1) / 12, kurtosis: (3 * (3 * 51 ** 2 - 7)) / (5 * (51 ** 2 - 1)) });
    expect([Math.min(...tens), Math.max(...tens)]).toEqual([0, 50]);
    // p of the paper: no more than a fifth of 60 frames. Never wider than all there is.
    expectWhole(drawn(timeMask({ maxShare: 0.2 }), map).map(([mask]) => mask?.width ?? NaN), 0, 12);
    expectWhole(drawn(frequencyMask({ maxWidth: 500 }), map).map(([mask]) => mask?.width ?? NaN), 0, 40);
  });
  test('warps: the point and its way, and what few frames leave room for', () => {
    const warps = drawn(timeWarp({ maxShift: 12 }), map).map((warp) => warp ?? { at: NaN, by: NaN });
    expectWhole(warps.map(({ at }) => at), 13, 46);
    expectWhole(warps.map(({ by }) => by), -12, 12);
    expectUncorrelated(warps.map(({ at }) => at), warps.map(({ by }) => by));
    for (const frames of [1, 2, 3, 8]) {
      for (const warp of drawAudio(timeWarp(), random.key(frames), Array.from({ length: 200 }, () => ({ ...map, frames })))) {
        const spec = picture(2, frames);
        expect(timeWarp().apply(spec, warp).data.every(Number.isFinite)).toBe(true);
      }
    }
  });
  test('the same key gives the same bits; a clip is drawn alike whichever others there are', () => {
    const transform = composeAudio([randomShift(), randomTimeStretch({ keepLength: false }), backgroundNoise(), randomGain()]);
    const clips = [noise(2000), noise(3000, 2)];
    const [params, again] = [drawAudio(transform, random.key(4), clips), drawAudio(transform, random.key(4), clips.slice(0, 1))];
    expect(again[0]).toEqual(params[0]);
    expect(JSON.parse(JSON.stringify(params))).toEqual(params);
    const out = applyAudio(transform, clips, params);
    expect(applyAudio(transform, clips, JSON.parse(JSON.stringify(params)) as never)).toEqual(out);
    out.forEach((clip, i) => expect(clip.length).toBe(transform.sizeAfter(clips[i] as Waveform, params[i] as never).length));
    expect(clips[0]).toEqual(noise(2000));
  });
});

describe('JSON', () => {
  test('written, read and printed again', () => {
    const clips = { street: noise(10) };
    const all: AudioTransform[] = [
      composeAudio([randomGain({ db: [-3, 0], p: schedules.linear({ start: 0, end: 1, steps: 10 }) }), randomShift({ mode: 'roll' }), randomTimeStretch(), randomPitchShift(), backgroundNoise({ noises: ['white', 'street'] }, clips)]),
      composeAudio([timeWarp({ maxShift: 5 }), frequencyMask({ count: 2 }), composeAudio([timeMask({ value: -80 })])]),
    ];
    for (const transform of all) {
      const again = parseAudioTransform(JSON.parse(JSON.stringify(transform)), { BackgroundNoise: (options: never) => backgroundNoise(options, clips) });
      expect(String(again)).toBe(String(transform));
      expect(again.takes).toBe(transform.takes);
      const of = { channels: 1, length: 3000, sampleRate: rate, bins: 20, frames: 30 };
      expect(again.draw(random.key(2), of, { step: 1, totalSteps: 3 })).toEqual(transform.draw(random.key(2), of, { step: 1, totalSteps: 3 }));
    }
  });
  test.each([
    [{ name: 'Reverb' }, 'unknown transform "Reverb". Known: BackgroundNoise'],
    [7, 'expected a transform as { name, ...options }, received 7'],
    [{ name: 'ComposeAudio', transforms: [{ name: 'RandomGain' }, { name: 'TimeMask', count: 0 }] }, 'transforms[1]: TimeMask: `count` must be a whole number in [1, inf), received 0.'],
    [{ name: 'ComposeAudio', transforms: [] }, '`transforms` must be a list of at least one'],
    [{ name: 'ComposeAudio', transforms: [{ name: 'RandomGain' }, { name: 'TimeMask' }] }, '`transforms[1]`, TimeMask, takes spectrograms'],
    [{ name: 'BackgroundNoise', noises: ['street'] }, '`noises` names "street"; there are white'],
  ])('%#: refused', (json, message) => expect(() => parseAudioTransform(json)).toThrow(message));
});

describe('bad input', () => {
  const sound = noise(1000);
  test.each<[() => unknown, string]>([
    [() => stft({ ...sound, data: sound.data.subarray(1) }), 'stft: `data` must have 1000 numbers for [1, 1000], received 999'],
    [() => stft({ ...sound, channels: 0 }), '`channels` must be a whole number in [1, inf), received 0'],
    [() => stft({ ...sound, length: 0, data: new Float32Array(0) }), '`length` must be a whole number in [1, inf), received 0'],
    [() => stft(noise(200)), 'stft: with `nFft` 400 a waveform must have 201 samples or more, received 200'],
    [() => stft(noise(200), { center: false }), 'must have 400 samples or more'],
    [() => stft(sound, { nFft: 1 }), '`nFft` must be a whole number in [2, 16777216], received 1'],
    [() => stft(sound, { hop: 5 } as never), 'unknown option `hop`'],
    [() => stft(sound, { window: 'kaiser' as never }), "`window` must be one of 'hann', 'hamming', 'rectangular', received \"kaiser\""],
    [() => stft(sound, { nFft: 64, winLength: 65 }), '`winLength` must be a whole number in [1, 64], received 65'],
    [() => stft(wave((t) => (t === 3 ? NaN : 0))), '`data` must be finite, received NaN at 3'],
    [() => stft(null as never), 'expected a waveform as { data, channels, length, sampleRate }, received null'],
    [() => istft(stft(sound), { nFft: 256, sampleRate: rate }), 'frames of `nFft` 256 have 129 bins, received 201. Give the `nFft` it was made with'],
    [() => istft(stft(sound, { nFft: 64, hopLength: 100 }), { nFft: 64, hopLength: 100, sampleRate: rate }), 'no window reaches sample 32'],
    [() => istft(stft(sound, { nFft: 64, center: false }), { nFft: 64, center: false, sampleRate: rate }), 'no window reaches sample 0'],
    [() => istft(stft(sound), {} as never), '`sampleRate` must be'],
    [() => melFilterbank({ bins: 201, sampleRate: 16000, mels: 128 }), 'no frequency lies in mel band 0, 0.0 to'],
    [() => melFilterbank({ bins: 201, sampleRate: 16000, maxHz: 9000 }), '`maxHz` must be in (0, 8000], received 9000'],
    [() => melFilterbank({ bins: 201, sampleRate: 16000, minHz: 8000 }), '`minHz` must be in [0, 8000), received 8000'],
    [() => melSpectrogram(sound, { scale: 'bark' as never }), "`scale` must be one of 'htk', 'slaney'"],
    [() => melSpectrogram(sound, { power: 0 }), '`power` must be in (0, inf), received 0'],
    [() => amplitudeToDb(picture(2, 2), { min: 0 }), '`min` must be in (0, inf)'],
    [() => amplitudeToDb({ ...picture(2, 2), bins: 3 }), '`data` must have 6 numbers for [1, 3, 2], received 4'],
    [() => timeStretch(sound, { rate: 0 }), '`rate` must be in [0.01, 100], received 0'],
    [() => timeStretch(sound, { rate: 2, nFft: 15 }), '`nFft` must be even, received 15'],
    [() => timeStretch(noise(100), { rate: 2 }), 'timeStretch: with `nFft` 512 a waveform must have 257 samples or more, received 100'],
    [() => pitchShift(sound, {} as never), '`semitones` must be in [-48, 48], received undefined'],
    [() => resample(sound, { sampleRate: 0 }), '`sampleRate` must be a whole number in [1, inf), received 0'],
    [() => resample(sound, { sampleRate: 100, rolloff: 1.1 }), '`rolloff` must be in (0, 1]'],
    [() => addNoise(sound, { ...sound, sampleRate: 16000 }, { snrDb: 0 }), "the noise must have the waveform's sample rate, 8000 Hz, received 16000. `resample` it"],
    [() => addNoise(noise(10), noise(10, 2), { snrDb: 0 }), "must have 1 channel or the waveform's 1, received 2"],
    [() => addNoise(sound, wave(() => 0, 10), { snrDb: 0 }), 'the noise is silent in the 1000 samples from 0'],
    [() => addNoise(sound, sound, { snrDb: Infinity }), '`snrDb` must be in [-200, 200], received Infinity'],
    [() => shift(sound, { samples: 0.5 }), '`samples` must be a whole number'],
    [() => gain(sound, NaN), '`db` must be in [-200, 200], received NaN'],
    [() => randomGain({ db: [3, -3] }), 'RandomGain: `db` must be [low, high] with low at most high'],
    [() => timeMask({ value: 'median' as never }), "`value` must be a number or 'mean', received \"median\""],
    [() => timeMask().apply(picture(4, 5), [{ start: 3, width: 3 }]), '`masks[0].width` must be a whole number in [0, 2], received 3'],
    [() => timeWarp().apply(picture(4, 5), { at: 2, by: 2 }), '`warp.at + warp.by` must be a whole number in [1, 3], received 4'],
    [() => timeWarp().apply(picture(4, 5), { at: 0, by: 1 }), '`warp.at` 0 is the first of 5 frames, which stays where it is'],
    [() => composeAudio([randomGain as never]), '`transforms[0]` must be a transform of sound, received function randomGain. Call the factory'],
    [() => applyAudio(randomGain(), [sound], []), 'expected parameters for each of 1 clips, received 0'],
    [() => applyAudio(randomGain(), [{ ...sound, length: 3 }], [1]), 'applyAudio: clip 0: `data` must have 3 numbers'],
    [() => backgroundNoise({}, { hum: { ...sound, length: 3 } }), 'BackgroundNoise: clip "hum": `data` must have 3'],
    [() => applyAudio(backgroundNoise({}, { hum: { ...sound, sampleRate: 4 } }), [sound], [{ snrDb: 0, noise: 'hum', at: 0, key: [] }]), 'BackgroundNoise: "hum": the noise must have the waveform\'s sample rate'],
  ])('%#', (run, message) => expect(run).toThrow(message));
});
