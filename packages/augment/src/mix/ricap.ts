/** RICAP: four patches of four images in one, as functions. The draw is apart from its application. */
import { checkNumber, checkOptions, fail, random, type RngKey, type Target, type Tensor } from '@parsimony/core';
import { assemble, type Collage, collageTarget, type Piece } from './collage';
import type { MixedImages } from './cutmix';
import type { MixTargetOptions } from './mix-targets';

export interface DrawRicapOptions {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** Above 0, for Beta(beta, beta): near 0 most patches are almost whole images or almost nothing. Default 0.3. */
  readonly beta?: number;
  /** That the batch is mixed at all, in [0, 1]; otherwise each image stays itself. Default 1. */
  readonly prob?: number;
}

/**
 * For a batch of `size` images one point where four patches meet, at round(H b) and round(W b'), b and b' from Beta(beta, beta), and
 * for each of the four a random order of the images and a place to cut it out.
 *
 * @throws option: an unknown option or one out of range.
 * @see Takahashi et al., "RICAP: Random Image Cropping and Patching Data Augmentation for Deep CNNs", arXiv:1811.09030.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawRicap } from '@parsimony/augment';
 * const [first = []] = drawRicap(random.key(1), 4, { height: 8, width: 8 }).pieces;
 * first.reduce((pixels, { height, width }) => pixels + height * width, 0); // => 64
 * ```
 */
export function drawRicap(key: RngKey, size: number, options: DrawRicapOptions): Collage {
  const where = 'drawRicap';
  checkOptions(where, options, ['height', 'width', 'beta', 'prob']);
  const whole = { min: 1, integer: true };
  const [height, width] = [checkNumber(where, 'height', options.height, whole), checkNumber(where, 'width', options.width, whole)];
  const beta = checkNumber(where, 'beta', options.beta ?? 0.3, { min: 0, minExclusive: true });
  const prob = checkNumber(where, 'prob', options.prob ?? 1, { min: 0, max: 1 });
  if (random.bernoulli(random.foldIn(key, 'prob'), 1, prob)[0] === 0) {
    return { height, width, pieces: Array.from({ length: size }, (_, sample) => [{ sample, top: 0, left: 0, height, width, fromTop: 0, fromLeft: 0 }]) };
  }
  const [down = 0, across = 0] = random.beta(random.foldIn(key, 'boundary'), 2, beta);
  const [rows, columns] = [Math.round(down * height), Math.round(across * width)];
  const below = random.integers(random.foldIn(key, 'places'));
  const four = [0, 1, 2, 3].map((k) => {
    const [h, w] = [k < 2 ? rows : height - rows, k % 2 === 0 ? columns : width - columns];
    return {
      order: random.permutation(random.foldIn(key, `order ${k}`), size),
      place: { top: k < 2 ? 0 : rows, left: k % 2 === 0 ? 0 : columns, height: h, width: w, fromTop: below(height - h + 1), fromLeft: below(width - w + 1) },
    };
  });
  return { height, width, pieces: Array.from({ length: size }, (_, i) => four.map(({ order, place }): Piece => ({ sample: order[i] as number, ...place }))) };
}

/**
 * Images of four patches each, and their targets in shares of the patches' pixels. Labels become distributions, as in `applyMixup`.
 *
 * @param images - [N, C, H, W], any type.
 * @param target - For N samples, one each.
 * @throws shape, range: a draw, images or targets that do not fit. option: an unknown option or one out of range.
 * @see Takahashi et al., arXiv:1811.09030.
 * @example
 * ```ts
 * import { random, ready, tensor } from '@parsimony/core';
 * import { applyRicap, drawRicap } from '@parsimony/augment';
 * await ready();
 * const target = { kind: 'index', labels: tensor([0, 1], { dtype: 'int32' }), numClasses: 2 } as const;
 * const draw = drawRicap(random.key(1), 2, { height: 4, width: 4 });
 * applyRicap(tensor(new Float32Array(32), [2, 1, 4, 4]), target, draw).inputs.shape; // => [2, 1, 4, 4]
 * ```
 */
export function applyRicap(images: Tensor, target: Target, draw: Collage, options: MixTargetOptions = {}): MixedImages {
  const where = 'applyRicap';
  return { inputs: patchImages(images, draw), target: collageTarget(where, 'patchImages', target, draw, options) };
}

/**
 * The images of `applyRicap` alone; for masks too, which are to be cut as their images are.
 *
 * @param images - [N, C, H, W], any type.
 * @throws shape: a draw that does not fit the images. option: a draw that is none.
 */
export function patchImages(images: Tensor, draw: Collage): Tensor {
  const where = 'patchImages';
  const [n, , h, w] = images.shape;
  if (images.rank === 4 && (draw.height !== h || draw.width !== w || draw.pieces.length !== n)) {
    fail('shape', `${where}: the draw is for images [${draw.pieces.length}, C, ${draw.height}, ${draw.width}], received [${images.shape.join(', ')}].`);
  }
  return assemble(where, images, draw, 0);
}
