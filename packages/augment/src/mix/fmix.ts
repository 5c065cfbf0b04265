/** FMix: as CutMix, but with regions of any shape; as functions. The draw is apart from its application. */
import { checkNumber, checkOptions, fail, ops, random, type RngKey, show, type Target, type Tensor, tensor } from '@parsimony/core';
import { checkImages, type MixedImages } from './cutmix';
import { halfPlane, largest, lowFrequencyImage } from './fourier-mask';
import { checkOneEach, mixTargets, type MixTargetOptions, type Part } from './mix-targets';
import { drawLambdas, drawMixes, drawPairing, type MixMode, partners } from './pairing';

/** JSON, so that a batch can be replayed. */
export interface FmixDraw {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** Sample i is mixed with sample permutation[i]. */
  readonly permutation: readonly number[];
  /** 1 where a sample is itself, 0 where it is its partner, row by row: one mask for all samples, or one a sample. */
  readonly masks: readonly (readonly number[])[];
}

export interface DrawFmixOptions {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** Above 0, for Beta(alpha, alpha): at 1 every share is as likely. Default 1. */
  readonly alpha?: number;
  /** How fast the strength of frequencies falls, 0 or more: the higher, the smoother the masks. Default 3. */
  readonly decayPower?: number;
  /** That anything is mixed, in [0, 1]. Default 1. */
  readonly prob?: number;
  /** For whom a mask is drawn. Default `'batch'`. */
  readonly mode?: MixMode;
}

/**
 * Masks with round(lambda H W) ones, lambda from Beta(alpha, alpha), where an image of low-frequency noise is brightest; and a
 * random pairing of `size` samples.
 *
 * @throws option: an unknown option or one out of range.
 * @see Harris et al., "FMix: Enhancing Mixed Sample Data Augmentation", arXiv:2002.12047; its code draws whether to round up or down.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFmix } from '@parsimony/augment';
 * const [mask = []] = drawFmix(random.key(1), 4, { height: 8, width: 8 }).masks;
 * mask.length; // => 64
 * mask.every((one) => one === 0 || one === 1); // => true
 * ```
 */
export function drawFmix(key: RngKey, size: number, options: DrawFmixOptions): FmixDraw {
  const where = 'drawFmix';
  checkOptions(where, options, ['height', 'width', 'alpha', 'decayPower', 'prob', 'mode']);
  const whole = { min: 1, integer: true };
  const [height, width] = [checkNumber(where, 'height', options.height, whole), checkNumber(where, 'width', options.width, whole)];
  const decayPower = checkNumber(where, 'decayPower', options.decayPower ?? 3, { min: 0 });
  const { permutation, draws, spread } = drawPairing(where, key, size, options.mode);
  const lambdas = drawLambdas(where, key, drawMixes(where, key, draws, options.prob), options.alpha ?? 1);
  const pixels = height * width;
  const masks = lambdas.map((lambda, i) => {
    const ones = Math.round(lambda * pixels);
    if (ones === pixels) return new Array<number>(pixels).fill(1);
    const noise = random.normal(random.foldIn(key, `noise ${i}`), 2 * halfPlane(height, width));
    return largest(lowFrequencyImage(noise, height, width, decayPower), ones);
  });
  return { height, width, permutation, masks: spread(masks) };
}

/**
 * Of each image the pixels where its mask is 0 are its partner's, and its target is theirs in shares of the pixels. Labels become
 * distributions, as in `applyMixup`.
 *
 * @param images - [N, C, H, W], any type.
 * @param target - For N samples, one each.
 * @throws shape, range: a draw or targets that do not fit the images. option: an unknown option or one out of range.
 * @see Harris et al., arXiv:2002.12047.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { applyFmix } from '@parsimony/augment';
 * await ready();
 * const target = { kind: 'index', labels: tensor([0, 1], { dtype: 'int32' }), numClasses: 2 } as const;
 * const images = tensor([1, 1, 1, 1, 2, 2, 2, 2], [2, 1, 2, 2]);
 * const mixed = applyFmix(images, target, { height: 2, width: 2, permutation: [1, 0], masks: [[1, 0, 1, 1]] });
 * await mixed.inputs.array(); // => [[[[1, 2], [1, 1]]], [[[2, 1], [2, 2]]]]
 * mixed.target.kind === 'soft' && await mixed.target.probs.array(); // => [[0.75, 0.25], [0.25, 0.75]]
 * ```
 */
export function applyFmix(images: Tensor, target: Target, draw: FmixDraw, options: MixTargetOptions = {}): MixedImages {
  return { inputs: pasteMasks(images, draw), target: fmixTarget('applyFmix', target, draw, options) };
}

/**
 * The images of `applyFmix` alone; for masks of classes too, which are to be cut as their images are.
 *
 * @param images - [N, C, H, W], any type.
 * @throws shape: a draw that does not fit the images. option: a draw that is none.
 */
export function pasteMasks(images: Tensor, draw: FmixDraw): Tensor {
  const where = 'pasteMasks';
  checkOptions(where, draw, ['height', 'width', 'permutation', 'masks'], 'field');
  const { size, take } = partners(where, draw.permutation);
  const { height, width, masks } = draw;
  checkImages(where, images, { size, height, width });
  if (masks.length !== 1 && masks.length !== size) fail('shape', `${where}: \`masks\` must be one for all, or one for each of ${size} samples, received ${masks.length}.`);
  masks.forEach((mask, i) => {
    if (mask.length !== height * width || mask.some((one) => one !== 0 && one !== 1)) fail('option', `${where}: \`masks[${i}]\` must be ${height * width} zeros and ones, received ${show(mask)}.`);
  });
  const own = tensor(Uint8Array.from(masks.flat()), [masks.length, 1, height, width], { dtype: 'bool' });
  return ops.where(own, images, take(images));
}

/** The target of `applyFmix`. */
export function fmixTarget(where: string, target: Target, draw: FmixDraw, options: MixTargetOptions): Target {
  checkOneEach(where, target, 'pasteMasks');
  return mixTargets(where, target, draw.permutation.length, parts(draw), options);
}

/** A sample's own share of the pixels, and its partner's. */
function parts({ permutation, masks }: FmixDraw): readonly Part[] {
  const own = masks.map((mask) => mask.reduce((sum, one) => sum + one, 0) / mask.length);
  const [all = 1] = own;
  if (own.length === 1) return [{ share: all }, { of: permutation, share: 1 - all }];
  return [{ share: own }, { of: permutation, share: own.map((share) => 1 - share) }];
}
