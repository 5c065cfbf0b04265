/** Every transform of sound that JSON may name: a new one is a line here. */
import { backgroundNoise } from './background-noise';
import { composeAudio } from './compose-audio';
import { frequencyMask } from './frequency-mask';
import { randomGain } from './random-gain';
import { randomPitchShift } from './random-pitch-shift';
import { randomShift } from './random-shift';
import { randomTimeStretch } from './random-time-stretch';
import { timeMask } from './time-mask';
import { timeWarp } from './time-warp';
import type { AudioTransform } from './transform';

/** Makes a transform of its options; transforms among these are made already. */
export type AudioTransformFactory = (options: never) => AudioTransform;

export const audioTransformTable: Readonly<Record<string, AudioTransformFactory>> = {
  BackgroundNoise: backgroundNoise,
  ComposeAudio: composeAudio as AudioTransformFactory,
  FrequencyMask: frequencyMask,
  RandomGain: randomGain,
  RandomPitchShift: randomPitchShift,
  RandomShift: randomShift,
  RandomTimeStretch: randomTimeStretch,
  TimeMask: timeMask,
  TimeWarp: timeWarp,
};
