/** Background noise at a random ratio to the signal. */
import { checkOptions, fail, random, type RngKey, type Schedule, show } from '@parsimony/core';
import { childKey, Draws } from '../transform/draws';
import { checkProbability, checkRange, strengthAt } from '../transform/options';
import { expectFitting, noisy } from './add-noise';
import { checkWaveform, type Waveform } from './signals';
import { defineWaveformTransform, type WaveformTransform } from './transform';

/** Recordings by name, of the sample rate of the clips. */
export type NoiseClips = Readonly<Record<string, Waveform>>;

export interface BackgroundNoiseOptions {
  /** Least and most signal-to-noise ratio in dB, in [-200, 200]. Default [5, 20]. */
  readonly snrDb?: readonly [low: number, high: number];
  /** Names of the recordings that are taken, one at random for each clip; `'white'` is Gaussian noise made anew. Default: all there are; without any, white. */
  readonly noises?: readonly string[];
  /** Probability for each clip, in [0, 1]; a number or a schedule. Default 1. */
  readonly p?: Schedule;
}

/** A type, not an interface: it is JSON. */
export type NoiseDraw = {
  readonly snrDb: number;
  readonly noise: string;
  /** Where a recording begins, in [0, 1) of its length. */
  readonly at: number;
  /** Of white noise. */
  readonly key: readonly number[];
};

/**
 * `addNoise` at a ratio uniform in a range, from a random place of a recording that comes round as often as the clip is long.
 *
 * Drawn: the ratio, the recording and its place, the key of white noise; null where nothing is added. A silent clip stays silent, and a silent stretch of a recording adds nothing.
 *
 * @param clips - The recordings. They are no part of its JSON, which has their names: for `parseAudioTransform` give the factory with them.
 * @throws option: an unknown option or one out of range, a name without a recording. data: what is no waveform; in use, another sample rate.
 * @see Snyder, Chen and Povey, "MUSAN: A Music, Speech, and Noise Corpus", arXiv:1510.08484, for recordings.
 * @example
 * ```ts
 * import { backgroundNoise } from '@parsimony/augment/audio';
 * String(backgroundNoise({ snrDb: [0, 10] })); // => 'BackgroundNoise(snrDb=[0, 10], noises=["white"], p=1)'
 * backgroundNoise({ noises: ['street'] }); // throws BackgroundNoise: `noises` names "street"
 * ```
 */
export function backgroundNoise(options: BackgroundNoiseOptions = {}, clips: NoiseClips = {}): WaveformTransform<NoiseDraw | null> {
  const where = 'BackgroundNoise';
  checkOptions(where, options, ['snrDb', 'noises', 'p']);
  const [low, high] = checkRange(where, 'snrDb', options.snrDb ?? [5, 20], { min: -200, max: 200 });
  for (const [name, clip] of Object.entries(clips)) checkWaveform(`${where}: clip "${name}"`, clip);
  const noises = checkNoises(where, options.noises ?? (Object.keys(clips).length === 0 ? ['white'] : Object.keys(clips)), clips);
  const p = checkProbability(where, options.p ?? 1);
  return defineWaveformTransform<NoiseDraw | null>({
    name: where,
    options: { snrDb: [low, high], noises, p: p.schedule },
    draw(key, _, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return null;
      const snrDb = draws.uniform(low, high);
      const noise = noises[draws.below(noises.length)] as string;
      return { snrDb, noise, at: draws.uniform(), key: [...childKey(key, 0)] };
    },
    apply(waveform, drawn) {
      if (drawn === null) return waveform;
      const noise = drawn.noise === 'white' ? white(waveform, drawn.key as unknown as RngKey) : clips[drawn.noise] ?? fail('option', `${where}: there is no recording ${show(drawn.noise)}.`);
      expectFitting(`${where}: "${drawn.noise}"`, waveform, noise);
      return noisy(waveform, noise, drawn.snrDb, Math.floor(drawn.at * noise.length), () => {});
    },
  });
}

const white = ({ channels, length, sampleRate }: Waveform, key: RngKey): Waveform => ({ data: random.normal(key, channels * length), channels, length, sampleRate });

function checkNoises(where: string, names: unknown, clips: NoiseClips): readonly string[] {
  if (!Array.isArray(names) || names.length === 0) return fail('option', `${where}: \`noises\` must be a list of at least one name, received ${show(names)}.`);
  return names.map((name: unknown) => {
    if (typeof name === 'string' && (name === 'white' || Object.hasOwn(clips, name))) return name;
    return fail('option', `${where}: \`noises\` names ${show(name)}; there are ${['white', ...Object.keys(clips)].join(', ')}. Give recordings by name: backgroundNoise(options, { street }).`);
  });
}
