/** mixup or CutMix, drawn anew each time; as functions. The draw is apart from its application. */
import { checkNumber, checkOptions, random, type RngKey, type Target, type Tensor } from '@parsimony/core';
import { type Box, checkMinmax, drawBoxes, pixelsOf } from './boxes';
import { type MixedImages, pasteBoxes } from './cutmix';
import { checkOneEach, mixTargets, type MixTargetOptions, type Part } from './mix-targets';
import { mixInputs } from './mixup';
import { drawMixes, drawPairing, type MixMode } from './pairing';

/** JSON, so that a batch can be replayed. As drawn, lambda is 1 where there is a box, and the box is empty where lambda is below 1. */
export interface MixupOrCutmixDraw {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** Sample i is mixed with sample permutation[i]. */
  readonly permutation: readonly number[];
  /** Share of each sample itself under mixup: one for all, or one a sample. */
  readonly lambda: number | readonly number[];
  /** What is pasted: one box for all samples, or one a sample. */
  readonly boxes: readonly Box[];
}

export interface DrawMixupOrCutmixOptions {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** For mixup's Beta(alpha, alpha), above 0. Default 0.8. */
  readonly mixupAlpha?: number;
  /** For CutMix's Beta(alpha, alpha), above 0. Default 1. */
  readonly cutmixAlpha?: number;
  /** As `drawCutmix` has it. Default: none. */
  readonly minmax?: readonly [least: number, most: number];
  /** That it is CutMix and not mixup, in [0, 1]. Default 0.5. */
  readonly switchProb?: number;
  /** That anything is mixed, in [0, 1]. Default 1. */
  readonly prob?: number;
  /** For whom is drawn. Default `'batch'`. */
  readonly mode?: MixMode;
}

/**
 * For the batch, each pair or each sample: CutMix with probability `switchProb`, else mixup; lambda from the Beta distribution of
 * the chosen one.
 *
 * @throws option: an unknown option or one out of range.
 * @see timm's `Mixup`, whose names and defaults these are.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawMixupOrCutmix } from '@parsimony/augment';
 * drawMixupOrCutmix(random.key(1), 4, { height: 8, width: 8, switchProb: 1 }).lambda; // => 1
 * drawMixupOrCutmix(random.key(1), 4, { height: 8, width: 8, switchProb: 0 }).boxes; // => [{ top: 0, left: 0, height: 0, width: 0 }]
 * ```
 */
export function drawMixupOrCutmix(key: RngKey, size: number, options: DrawMixupOrCutmixOptions): MixupOrCutmixDraw {
  const where = 'drawMixupOrCutmix';
  checkOptions(where, options, ['height', 'width', 'mixupAlpha', 'cutmixAlpha', 'minmax', 'switchProb', 'prob', 'mode']);
  const whole = { min: 1, integer: true };
  const image = { height: checkNumber(where, 'height', options.height, whole), width: checkNumber(where, 'width', options.width, whole) };
  const alphaOf = (name: 'mixupAlpha' | 'cutmixAlpha', fallback: number): number => checkNumber(where, name, options[name] ?? fallback, { min: 0, minExclusive: true });
  const alphas = { mixup: alphaOf('mixupAlpha', 0.8), cutmix: alphaOf('cutmixAlpha', 1) };
  const minmax = checkMinmax(where, options.minmax);
  const switchProb = checkNumber(where, 'switchProb', options.switchProb ?? 0.5, { min: 0, max: 1 });
  const { permutation, draws, spread } = drawPairing(where, key, size, options.mode);
  const mixes = drawMixes(where, key, draws, options.prob);
  const cuts = Array.from(random.bernoulli(random.foldIn(key, 'switch'), draws, switchProb), (yes) => yes === 1);
  // Both are drawn for each, so that one's lambda does not depend on what others chose.
  const lambdasOf = (name: 'mixup' | 'cutmix'): Float32Array => random.beta(random.foldIn(key, `lambda of ${name}`), draws, alphas[name]);
  const mixed = Array.from(lambdasOf('mixup'), (lambda, i) => (mixes[i] === true && cuts[i] === false ? lambda : 1));
  const cut = Array.from(lambdasOf('cutmix'), (lambda, i) => (mixes[i] === true && cuts[i] === true ? lambda : 1));
  const one = (options.mode ?? 'batch') === 'batch';
  return { ...image, permutation, lambda: one ? mixed[0] ?? 1 : spread(mixed), boxes: spread(drawBoxes(key, cut, image, minmax)) };
}

/**
 * Images mixed with their partners, or with a box of them, as the draw says; targets in the same shares, those of boxes by the pixels
 * really pasted.
 *
 * @param images - [N, C, H, W], float32.
 * @param target - For N samples, one each.
 * @throws shape, range, dtype: a draw, images or targets that do not fit. option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { applyMixupOrCutmix } from '@parsimony/augment';
 * await ready();
 * const target = { kind: 'index', labels: tensor([0, 1], { dtype: 'int32' }), numClasses: 2 } as const;
 * const images = tensor([1, 1, 1, 1, 2, 2, 2, 2], [2, 1, 2, 2]);
 * const draw = { height: 2, width: 2, permutation: [1, 0], lambda: [0.5, 1], boxes: [{ top: 0, left: 0, height: 0, width: 0 }, { top: 0, left: 0, height: 1, width: 2 }] };
 * await applyMixupOrCutmix(images, target, draw).inputs.array(); // => [[[[1.5, 1.5], [1.5, 1.5]]], [[[1, 1], [2, 2]]]]
 * ```
 */
export function applyMixupOrCutmix(images: Tensor, target: Target, draw: MixupOrCutmixDraw, options: MixTargetOptions = {}): MixedImages {
  return { inputs: mixOrPaste(images, draw), target: mixupOrCutmixTarget('applyMixupOrCutmix', target, draw, options) };
}

/** The images of `applyMixupOrCutmix`. */
export function mixOrPaste(images: Tensor, draw: MixupOrCutmixDraw): Tensor {
  const where = 'applyMixupOrCutmix';
  checkOptions(where, draw, ['height', 'width', 'permutation', 'lambda', 'boxes'], 'field');
  const { lambda, ...cut } = draw;
  const mixed = [lambda].flat().every((own) => own === 1) ? images : mixInputs(where, images, { lambda, permutation: draw.permutation }) as Tensor;
  return draw.boxes.every((box) => pixelsOf(box) === 0) ? mixed : pasteBoxes(images, cut, mixed);
}

/** The target of `applyMixupOrCutmix`. */
export function mixupOrCutmixTarget(where: string, target: Target, draw: MixupOrCutmixDraw, options: MixTargetOptions): Target {
  if (draw.boxes.some((box) => pixelsOf(box) > 0)) checkOneEach(where, target, 'pasteBoxes');
  return mixTargets(where, target, draw.permutation.length, parts(draw), options);
}

/** Of the pixels outside the box a sample has the share lambda. */
function parts({ height, width, permutation, lambda, boxes }: MixupOrCutmixDraw): readonly Part[] {
  const outside = boxes.map((box) => 1 - pixelsOf(box) / (height * width));
  const [first = 1] = outside;
  if (typeof lambda === 'number' && outside.length === 1) return [{ share: lambda * first }, { of: permutation, share: 1 - lambda * first }];
  const own = permutation.map((_, i) => (typeof lambda === 'number' ? lambda : lambda[i] ?? 1) * (outside.length === 1 ? first : outside[i] ?? 1));
  return [{ share: own }, { of: permutation, share: own.map((share) => 1 - share) }];
}
