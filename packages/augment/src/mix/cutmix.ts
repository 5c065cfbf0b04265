/** CutMix: a box of each image is another's, and its target in proportion; as functions. The draw is apart from its application. */
import { checkNumber, checkOptions, fail, ops, type RngKey, showShape, type Target, type Tensor } from '@parsimony/core';
import { type Box, boxMask, checkBox, checkMinmax, drawBoxes, pixelsOf } from './boxes';
import { checkOneEach, mixTargets, type MixTargetOptions, type Part } from './mix-targets';
import { drawLambdas, drawMixes, drawPairing, type MixMode, partners } from './pairing';

/** JSON, so that a batch can be replayed. */
export interface CutmixDraw {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** Sample i has its box from sample permutation[i]. */
  readonly permutation: readonly number[];
  /** What is pasted: one box for all samples, or one a sample. */
  readonly boxes: readonly Box[];
}

export interface DrawCutmixOptions {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** Above 0, for Beta(alpha, alpha): at 1 every share is as likely. Default 1. */
  readonly alpha?: number;
  /** [least, most], shares of the image's sides: boxes lie within the image, their sides uniform in between, and `alpha` is not used. Default: none. */
  readonly minmax?: readonly [least: number, most: number];
  /** That anything is pasted, in [0, 1]. Default 1. */
  readonly prob?: number;
  /** For whom a box is drawn. Default `'batch'`. */
  readonly mode?: MixMode;
}

/**
 * Boxes of share 1 - lambda of an image, lambda from Beta(alpha, alpha), around pixels that are drawn uniformly, cut off at the
 * image's edges; and a random pairing of `size` samples.
 *
 * @throws option: an unknown option or one out of range.
 * @see Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", arXiv:1905.04899; `minmax` is that of timm's `Mixup`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawCutmix } from '@parsimony/augment';
 * const draw = drawCutmix(random.key(1), 4, { height: 28, width: 28 });
 * draw.boxes.every(({ top, height }) => top >= 0 && top + height <= 28); // => true
 * ```
 */
export function drawCutmix(key: RngKey, size: number, options: DrawCutmixOptions): CutmixDraw {
  const where = 'drawCutmix';
  checkOptions(where, options, ['height', 'width', 'alpha', 'minmax', 'prob', 'mode']);
  const whole = { min: 1, integer: true };
  const image = { height: checkNumber(where, 'height', options.height, whole), width: checkNumber(where, 'width', options.width, whole) };
  const minmax = checkMinmax(where, options.minmax);
  const { permutation, draws, spread } = drawPairing(where, key, size, options.mode);
  const lambdas = drawLambdas(where, key, drawMixes(where, key, draws, options.prob), options.alpha ?? 1);
  return { ...image, permutation, boxes: spread(drawBoxes(key, lambdas, image, minmax)) };
}

export interface MixedImages { readonly inputs: Tensor; readonly target: Target }

/**
 * Of each image the box of its draw is that of its partner, and its target is theirs in shares of the pixels: lambda is
 * 1 - (pixels pasted) / (H W), exactly. Labels become distributions, as in `applyMixup`.
 *
 * @param images - [N, C, H, W], any type.
 * @param target - For N samples, one each.
 * @throws shape, range: a draw or targets that do not fit the images. option: an unknown option or one out of range.
 * @see Yun et al., arXiv:1905.04899.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { applyCutmix } from '@parsimony/augment';
 * await ready();
 * const target = { kind: 'index', labels: tensor([0, 1], { dtype: 'int32' }), numClasses: 2 } as const;
 * const images = tensor([1, 1, 1, 1, 2, 2, 2, 2], [2, 1, 2, 2]);
 * const mixed = applyCutmix(images, target, { height: 2, width: 2, permutation: [1, 0], boxes: [{ top: 0, left: 1, height: 1, width: 1 }] });
 * await mixed.inputs.array(); // => [[[[1, 2], [1, 1]]], [[[2, 1], [2, 2]]]]
 * mixed.target.kind === 'soft' && await mixed.target.probs.array(); // => [[0.75, 0.25], [0.25, 0.75]]
 * ```
 */
export function applyCutmix(images: Tensor, target: Target, draw: CutmixDraw, options: MixTargetOptions = {}): MixedImages {
  const where = 'applyCutmix';
  return { inputs: pasteBoxes(images, draw), target: cutmixTarget(where, target, draw, options) };
}

/**
 * The images of `applyCutmix` alone; for masks too, which are to be cut as their images are.
 *
 * @param images - [N, C, H, W], any type.
 * @param onto - What the boxes of the partners come to lie on. Default: `images`.
 * @throws shape: a draw that does not fit the images. option: a draw that is none.
 */
export function pasteBoxes(images: Tensor, draw: CutmixDraw, onto: Tensor = images): Tensor {
  const where = 'pasteBoxes';
  checkOptions(where, draw, ['height', 'width', 'permutation', 'boxes'], 'field');
  const { size, take } = partners(where, draw.permutation);
  const boxes = draw.boxes.map((box, i) => checkBox(where, `boxes[${i}]`, box, draw));
  if (boxes.length !== 1 && boxes.length !== size) fail('shape', `${where}: \`boxes\` must be one for all, or one for each of ${size} samples, received ${boxes.length}.`);
  checkImages(where, images, { ...draw, size });
  return ops.where(boxMask(boxes, draw), take(images), onto);
}

/** The target of `applyCutmix`. */
export function cutmixTarget(where: string, target: Target, draw: CutmixDraw, options: MixTargetOptions): Target {
  checkOneEach(where, target, 'pasteBoxes');
  return mixTargets(where, target, draw.permutation.length, parts(draw), options);
}

/** A sample's own share of the pixels, and its partner's. */
function parts({ height, width, permutation, boxes }: CutmixDraw): readonly Part[] {
  const pasted = boxes.map((box) => pixelsOf(box) / (height * width));
  const [all = 0] = pasted;
  if (boxes.length === 1) return [{ share: 1 - all }, { of: permutation, share: all }];
  return [{ share: pasted.map((share) => 1 - share) }, { of: permutation, share: pasted }];
}

/** Refuses anything but images of the draw's number and size. */
export function checkImages(where: string, images: Tensor, { size, height, width }: { readonly size: number; readonly height: number; readonly width: number }): void {
  const [n, , h, w] = images.shape;
  if (images.rank !== 4 || n !== size || h !== height || w !== width) {
    fail('shape', `${where}: the draw is for images [${size}, C, ${height}, ${width}], received ${showShape(images.shape)}.`);
  }
}
