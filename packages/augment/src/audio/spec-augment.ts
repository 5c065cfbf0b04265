/** SpecAugment of whole batches, on any executor. */
import { checkNumber, checkOptions, fail, ops, type RngKey, showShape, type Tensor, tensor } from '@parsimony/core';
import { childKey, Draws } from '../transform/draws';
import { checkMask, checkMaskValue, checkWarp, drawMask, drawWarp, type MaskValue, type SpecMask, type SpecWarp, warpSources } from './spec-masks';

/** How much, in the letters of the paper. */
export interface SpecAugmentStrength {
  /** W: the farthest that a frame is moved. */
  readonly timeWarp: number;
  /** F: the most bins of one mask. */
  readonly maxFrequencyWidth: number;
  /** m_F: masks over frequency. */
  readonly frequencyMasks: number;
  /** T: the most frames of one mask. */
  readonly maxTimeWidth: number;
  /** p: the most that one mask takes of all frames, in [0, 1]. */
  readonly maxTimeShare: number;
  /** m_T: masks over time. */
  readonly timeMasks: number;
}

/** The policies of the paper (table 1): LibriSpeech basic and double, Switchboard mild and strong; for 80 mel bands and 10 ms a frame. */
export const specAugmentPolicies = {
  LB: { timeWarp: 80, maxFrequencyWidth: 27, frequencyMasks: 1, maxTimeWidth: 100, maxTimeShare: 1, timeMasks: 1 },
  LD: { timeWarp: 80, maxFrequencyWidth: 27, frequencyMasks: 2, maxTimeWidth: 100, maxTimeShare: 1, timeMasks: 2 },
  SM: { timeWarp: 40, maxFrequencyWidth: 15, frequencyMasks: 2, maxTimeWidth: 70, maxTimeShare: 0.2, timeMasks: 2 },
  SS: { timeWarp: 40, maxFrequencyWidth: 27, frequencyMasks: 2, maxTimeWidth: 70, maxTimeShare: 0.2, timeMasks: 2 },
} as const satisfies Readonly<Record<string, SpecAugmentStrength>>;

/** Of each sample its warp, null where there is none, and its masks. JSON, so that a batch can be replayed. */
export interface SpecAugmentDraw {
  readonly bins: number;
  readonly frames: number;
  readonly warps: readonly (SpecWarp | null)[];
  readonly frequency: readonly (readonly SpecMask[])[];
  readonly time: readonly (readonly SpecMask[])[];
}

/**
 * What `timeWarp`, `frequencyMask` and `timeMask` draw, for each of several spectrograms of one size, sample i by child i of the key.
 *
 * @param p - Probability that a sample is changed at all, in [0, 1]. Default 1.
 * @throws option: a strength or a size out of range.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawSpecAugment, specAugmentPolicies } from '@parsimony/augment/audio';
 * const draw = drawSpecAugment(random.key(1), 8, { bins: 80, frames: 300 }, specAugmentPolicies.LD);
 * draw.time.map((masks) => masks.length); // => [2, 2, 2, 2, 2, 2, 2, 2]
 * ```
 */
export function drawSpecAugment(key: RngKey, samples: number, { bins, frames }: { readonly bins: number; readonly frames: number }, strength: SpecAugmentStrength, p = 1): SpecAugmentDraw {
  const where = 'drawSpecAugment';
  for (const [name, n] of Object.entries({ samples, bins, frames })) checkNumber(where, name, n, { min: name === 'samples' ? 0 : 1, integer: true });
  checkOptions(where, strength, Object.keys(specAugmentPolicies.LB));
  for (const name of ['timeWarp', 'maxFrequencyWidth', 'maxTimeWidth'] as const) checkNumber(where, name, strength[name], { min: 0 });
  for (const name of ['frequencyMasks', 'timeMasks'] as const) checkNumber(where, name, strength[name], { min: 0, integer: true });
  checkNumber(where, 'maxTimeShare', strength.maxTimeShare, { min: 0, max: 1 });
  checkNumber(where, 'p', p, { min: 0, max: 1 });
  const widest = Math.min(strength.maxTimeWidth, strength.maxTimeShare * frames);
  const all = Array.from({ length: samples }, (_, i) => {
    const draws = new Draws(childKey(key, i));
    if (!draws.coin(p)) return { warp: null, frequency: [], time: [] };
    return {
      warp: drawWarp(draws, strength.timeWarp, frames),
      frequency: Array.from({ length: strength.frequencyMasks }, () => drawMask(draws, strength.maxFrequencyWidth, bins)),
      time: Array.from({ length: strength.timeMasks }, () => drawMask(draws, widest, frames)),
    };
  });
  return { bins, frames, warps: all.map(({ warp }) => warp), frequency: all.map(({ frequency }) => frequency), time: all.map(({ time }) => time) };
}

/**
 * Spectrograms warped, then masked, as the draw says; themselves where it changes nothing.
 *
 * @param x - [N, F, T] or [N, C, F, T], float32; the channels of a sample are changed alike.
 * @param value - In place of what is masked: a number, or 'mean', that of each sample as it came, over all its channels. Default 'mean'.
 * @throws shape, dtype: no such spectrograms, or a draw for others. option: a mask or a warp that does not fit.
 * @see Park et al., "SpecAugment", arXiv:1904.08779; `timeWarp` says how the warp differs.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { applySpecAugment } from '@parsimony/augment/audio';
 * await ready();
 * const draw = { bins: 2, frames: 3, warps: [null], frequency: [[{ start: 1, width: 1 }]], time: [[{ start: 0, width: 1 }]] };
 * await applySpecAugment(tensor([[[1, 2, 3], [4, 5, 6]]]), draw, 0).array(); // => [[[0, 2, 3], [0, 0, 0]]]
 * ```
 */
export function applySpecAugment(x: Tensor, draw: SpecAugmentDraw, value: MaskValue = 'mean'): Tensor {
  const where = 'applySpecAugment';
  checkOptions(where, draw, ['bins', 'frames', 'warps', 'frequency', 'time'], 'field');
  checkMaskValue(where, value);
  checkDraw(where, x, draw);
  const masked = [...draw.frequency, ...draw.time].some((masks) => masks.some(({ width }) => width > 0));
  const moved = draw.warps.some((warp) => warp !== null && warp.by !== 0);
  if (!masked && !moved) return x;
  const n = draw.warps.length;
  const stacked = ops.reshape(x, [n, x.rank === 4 ? x.shape[1] as number : 1, draw.bins, draw.frames]);
  const warped = moved ? movedInTime(stacked, draw) : stacked;
  if (!masked) return ops.reshape(warped, [...x.shape]);
  const fill = value === 'mean' ? ops.mean(stacked, { axis: [1, 2, 3], keepdim: true }) : value;
  const hidden = ops.greater(ops.add(marks(draw.frequency, draw.bins, [n, 1, draw.bins, 1]), marks(draw.time, draw.frames, [n, 1, 1, draw.frames])), 0);
  return ops.reshape(ops.where(hidden, fill, warped), [...x.shape]);
}

function checkDraw(where: string, x: Tensor, { bins, frames, warps, frequency, time }: SpecAugmentDraw): void {
  const [n] = x.shape;
  const [height, width] = x.shape.slice(-2);
  if (x.rank < 3 || x.rank > 4 || n !== warps.length || height !== bins || width !== frames) {
    fail('shape', `${where}: the draw is for [${warps.length}, ${bins}, ${frames}] or [${warps.length}, C, ${bins}, ${frames}], received ${showShape(x.shape)}.`);
  }
  if (x.dtype !== 'float32') fail('dtype', `${where}: spectrograms must be float32, received ${x.dtype}.`);
  if (frequency.length !== n || time.length !== n) fail('shape', `${where}: expected masks for each of ${n} spectrograms, received ${frequency.length} and ${time.length}.`);
  warps.forEach((one, i) => { if (one !== null) checkWarp(where, `warps[${i}]`, one, frames); });
  frequency.forEach((masks, i) => masks.forEach((mask, k) => checkMask(where, `frequency[${i}][${k}]`, mask, bins)));
  time.forEach((masks, i) => masks.forEach((mask, k) => checkMask(where, `time[${i}][${k}]`, mask, frames)));
}

/** 1 where some mask of the sample lies, 0 elsewhere. */
function marks(masks: readonly (readonly SpecMask[])[], size: number, shape: readonly number[]): Tensor {
  const data = new Float32Array(masks.length * size);
  masks.forEach((list, i) => { for (const { start, width } of list) data.fill(1, i * size + start, i * size + start + width); });
  return tensor(data, [...shape]);
}

/** Each frame read between two of its sample, as rows of a table [N T, C F]. */
function movedInTime(x: Tensor, { warps, frames }: SpecAugmentDraw): Tensor {
  const [n = 0, channels = 0, bins = 0] = x.shape;
  const sources = warps.map((one) => warpSources(frames, one ?? { at: 0, by: 0 }));
  const [first, second, share] = [new Int32Array(n * frames), new Int32Array(n * frames), new Float32Array(n * frames)];
  sources.forEach((row, i) => row.forEach((source, t) => {
    const from = Math.floor(source);
    first[i * frames + t] = i * frames + from;
    second[i * frames + t] = i * frames + Math.min(from + 1, frames - 1);
    share[i * frames + t] = source - from;
  }));
  const rows = ops.reshape(ops.permute(x, [0, 3, 1, 2]), [n * frames, channels * bins]);
  const read = ops.lerp(ops.indexSelect(rows, 0, tensor(first)), ops.indexSelect(rows, 0, tensor(second)), tensor(share, [n * frames, 1]));
  return ops.permute(ops.reshape(read, [n, frames, channels, bins]), [0, 2, 3, 1]);
}
