/** Mosaic: four images around a point, as functions. The draw is apart from its application. */
import { checkNumber, checkOptions, fail, ops, random, type RngKey, show, type Target, type Tensor, tensor } from '@parsimony/core';
import { assemble, type Collage, collageTarget, type Piece } from './collage';
import type { MixedImages } from './cutmix';
import type { MixTargetOptions } from './mix-targets';

export interface DrawMosaicOptions {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** [least, most] of where the four meet, shares of the canvas's sides, in [0, 1]. Default [0.25, 0.75]. */
  readonly center?: readonly [least: number, most: number];
  /** That an image becomes a mosaic, in [0, 1]; others stay themselves, at twice their size. Default 1. */
  readonly prob?: number;
}

/**
 * For each of `size` images a canvas of twice its height and width on which it and three others lie, in random order, with a corner each
 * at a point; what reaches beyond the canvas is cut off. The point is uniform in the middle of the canvas.
 *
 * @throws option: an unknown option or one out of range.
 * @see Bochkovskiy et al., "YOLOv4: Optimal Speed and Accuracy of Object Detection", arXiv:2004.10934; the canvas and the range of the
 * point are those of Ultralytics' YOLOv5.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawMosaic } from '@parsimony/augment';
 * const draw = drawMosaic(random.key(1), 8, { height: 28, width: 28 });
 * [draw.height, draw.pieces.length, draw.pieces[0]?.length]; // => [56, 8, 4]
 * ```
 */
export function drawMosaic(key: RngKey, size: number, options: DrawMosaicOptions): Collage {
  const where = 'drawMosaic';
  checkOptions(where, options, ['height', 'width', 'center', 'prob']);
  const whole = { min: 1, integer: true };
  const [h, w] = [checkNumber(where, 'height', options.height, whole), checkNumber(where, 'width', options.width, whole)];
  const center = checkCenter(where, options.center);
  const prob = checkNumber(where, 'prob', options.prob ?? 1, { min: 0, max: 1 });
  const [height, width] = [2 * h, 2 * w];
  const mixes = random.bernoulli(random.foldIn(key, 'prob'), size, prob);
  const others = [1, 2, 3].map((k) => random.permutation(random.foldIn(key, `others ${k}`), size));
  const below = random.integers(random.foldIn(key, 'center'));
  const between = (n: number): number => {
    const low = Math.ceil(center[0] * n);
    return low + below(Math.max(1, Math.floor(center[1] * n) - low + 1));
  };
  return {
    height, width,
    pieces: Array.from(mixes, (yes, i): readonly Piece[] => {
      const four = [i, ...others.map((order) => order[i] as number)];
      for (let k = 3; k > 0; k--) {
        const j = below(k + 1);
        [four[k], four[j]] = [four[j] as number, four[k] as number];
      }
      const [y, x] = [between(height), between(width)];
      // Alone, it lies whole in the upper left quarter, from which `applyMosaic` takes it as it is.
      if (yes === 0) return [{ sample: i, top: 0, left: 0, height: h, width: w, fromTop: 0, fromLeft: 0 }];
      const rows = [before(y, h), behind(y, h, height)];
      const columns = [before(x, w), behind(x, w, width)];
      return four.map((sample, k): Piece => {
        const [row, column] = [rows[k >> 1] as Span, columns[k & 1] as Span];
        return { sample, top: row.at, left: column.at, height: row.count, width: column.count, fromTop: row.from, fromLeft: column.from };
      });
    }),
  };
}

/** Pixels from, …, from + count - 1 of an image's side, at `at` on the canvas. */
interface Span { readonly at: number; readonly count: number; readonly from: number }

/** Of an image whose end is at a point of the canvas, and of one whose beginning is. */
const before = (point: number, n: number): Span => ({ at: Math.max(0, point - n), count: Math.min(point, n), from: Math.max(0, n - point) });
const behind = (point: number, n: number, canvas: number): Span => ({ at: point, count: Math.min(n, canvas - point), from: 0 });

/** Refuses anything but two shares in order. */
export function checkCenter(where: string, center: unknown = [0.25, 0.75]): readonly [number, number] {
  if (!Array.isArray(center) || center.length !== 2) return fail('option', `${where}: \`center\` must be [least, most], shares of the canvas's sides, received ${show(center)}.`);
  const least = checkNumber(where, 'center[0]', center[0], { min: 0, max: 1 });
  return [least, checkNumber(where, 'center[1]', center[1], { min: least, max: 1 })];
}

export interface ApplyMosaicOptions extends MixTargetOptions {
  /** Of what no image covers. Default 0. */
  readonly fill?: number;
}

/**
 * The canvas of each image, halved to the size of an image: each pixel is the mean of 2 by 2. Targets are those of the four in shares
 * of the pixels that each covers of the canvas. Labels become distributions, as in `applyMixup`. Boxes go with `mosaicBoxes`.
 *
 * @param images - [N, C, H, W], float32.
 * @param target - For N samples, one each.
 * @throws shape, range, dtype: a draw, images or targets that do not fit. option: an unknown option or one out of range.
 * @see Bochkovskiy et al., arXiv:2004.10934.
 * @example
 * ```ts
 * import { random, ready, tensor } from '@parsimony/core';
 * import { applyMosaic, drawMosaic } from '@parsimony/augment';
 * await ready();
 * const target = { kind: 'index', labels: tensor([0, 1], { dtype: 'int32' }), numClasses: 2 } as const;
 * const draw = drawMosaic(random.key(1), 2, { height: 4, width: 4 });
 * applyMosaic(tensor(new Float32Array(32), [2, 1, 4, 4]), target, draw).inputs.shape; // => [2, 1, 4, 4]
 * ```
 */
export function applyMosaic(images: Tensor, target: Target, draw: Collage, { fill = 0, ...options }: ApplyMosaicOptions = {}): MixedImages {
  const where = 'applyMosaic';
  return { inputs: mosaicImages(where, images, draw, fill), target: mosaicTarget(where, target, draw, options) };
}

/** The images of `applyMosaic`. */
export function mosaicImages(where: string, images: Tensor, draw: Collage, fill: number): Tensor {
  checkNumber(where, 'fill', fill);
  const [n = 0, , h = 0, w = 0] = images.shape;
  if (draw.height !== 2 * h || draw.width !== 2 * w || draw.pieces.length !== n) {
    fail('shape', `${where}: the draw is for images [${draw.pieces.length}, C, ${draw.height / 2}, ${draw.width / 2}], received [${images.shape.join(', ')}].`);
  }
  const halved = ops.avgPool2d(assemble(where, images, draw, fill), 2);
  const alone = draw.pieces.map((of) => of.length === 1);
  return alone.includes(true) ? ops.where(tensor(Uint8Array.from(alone, Number), [n, 1, 1, 1], { dtype: 'bool' }), images, halved) : halved;
}

/** The target of `applyMosaic`. */
export const mosaicTarget = (where: string, target: Target, draw: Collage, options: MixTargetOptions): Target => collageTarget(where, 'mosaicBoxes', target, draw, options);
