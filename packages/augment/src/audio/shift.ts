/** Sound moved in time. */
import { checkChoice, checkNumber, checkOptions } from '@parsimony/core';
import { checkWaveform, type Waveform } from './signals';

/** 'zero': silence comes in at one end, what leaves at the other is lost. 'roll': what leaves comes in again. */
export type ShiftMode = 'zero' | 'roll';
export const shiftModes: readonly ShiftMode[] = ['zero', 'roll'];

export interface ShiftOptions {
  /** Later above 0, earlier below. Any whole number. */
  readonly samples: number;
  /** Default 'zero'. */
  readonly mode?: ShiftMode;
}

/**
 * y_t = x_{t - samples}. 0 gives the waveform itself.
 *
 * @throws option: an unknown option or one out of range. data: what is no waveform.
 * @example
 * ```ts
 * import { shift } from '@parsimony/augment/audio';
 * const sound = { data: Float32Array.of(1, 2, 3), channels: 1, length: 3, sampleRate: 8000 };
 * Array.from(shift(sound, { samples: 1 }).data); // => [0, 1, 2]
 * Array.from(shift(sound, { samples: -1, mode: 'roll' }).data); // => [2, 3, 1]
 * ```
 */
export function shift(waveform: Waveform, options: ShiftOptions): Waveform {
  checkOptions('shift', options, ['samples', 'mode']);
  const samples = checkNumber('shift', 'samples', options.samples, { integer: true });
  const mode = checkChoice('shift', 'mode', options.mode ?? 'zero', shiftModes);
  checkWaveform('shift', waveform);
  return moved(waveform, samples, mode);
}

/** Of what has been checked. */
export function moved(waveform: Waveform, samples: number, mode: ShiftMode): Waveform {
  if (samples === 0) return waveform;
  const { data: x, length } = waveform;
  const data = new Float32Array(x.length);
  for (let from = 0; from < x.length; from += length) {
    for (let t = 0; t < length; t++) {
      const source = t - samples;
      if (mode === 'roll') data[from + t] = x[from + (((source % length) + length) % length)] as number;
      else if (source >= 0 && source < length) data[from + t] = x[from + source] as number;
    }
  }
  return { ...waveform, data };
}
