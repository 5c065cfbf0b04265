/** GridMask. */
import { checkNumber, checkOptions, ops, type Schedule, tensor } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkFill, checkProbability, checkRange, type Fill, fillOf, strengthAt } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { copyOf, withData } from '../colour/images';
import { valueTensor } from './erase-tensor';
import { checkChannelValues } from './value';

export interface GridMaskOptions {
  /** Range of the grid's unit in pixels, whole numbers of 2 or more: of 32 pixels [24, 32] in the paper, of 224 [96, 224]. */
  readonly unitSize: readonly [low: number, high: number];
  /** Width of the bars that are kept as a share of the unit, in (0, 1): 1 - (1 - ratio)^2 of the image is kept. Default 0.6. */
  readonly ratio?: number;
  /** The grid is rotated by an angle in [0, rotate) degrees. Default 360. */
  readonly rotate?: number;
  /** Probability for each image, in [0, 1]; a number or a schedule, as the paper raises it over most of the training. Default 1. */
  readonly p?: Schedule;
  /** What is put in place: a number or one for each channel, 0 to 255 of bytes. Default 0. */
  readonly fill?: Fill;
}

/** JSON; null: nothing is erased. */
export type Grid = {
  /** Pixels from one bar to the next. */
  readonly unit: number;
  /** Where a horizontal bar begins. */
  readonly top: number;
  /** Where an upright bar begins. */
  readonly left: number;
  /** Degrees. */
  readonly angle: number;
} | null;

/**
 * Erases the squares between the bars of a grid, which lies at a random place and angle.
 * On devices too, its mask made on the host.
 *
 * Drawn: the unit, a whole number uniform in `unitSize`; the place, whole numbers uniform in {0, …, unit - 1}; the angle. Bars are
 * ceil(ratio unit) wide.
 *
 * @throws option: an unknown option or one out of range, or fills for another number of channels.
 * @see Chen et al., "GridMask Data Augmentation", arXiv:2001.04086.
 * @example
 * ```ts
 * import { gridMask } from '@parsimony/augment';
 * String(gridMask({ unitSize: [24, 32], ratio: 0.4 })); // => 'GridMask(unitSize=[24, 32], ratio=0.4, rotate=360, p=1, fill=0)'
 * const image = { data: new Uint8Array(16).fill(7), channels: 1, height: 4, width: 4 };
 * const grid = { unit: 2, top: 0, left: 0, angle: 0 };
 * gridMask({ unitSize: [2, 2], ratio: 0.5 }).apply({ image }, grid).image.data; // => [7, 7, 7, 7, 7, 0, 7, 0, 7, 7, 7, 7, 7, 0, 7, 0]
 * ```
 */
export function gridMask(options: GridMaskOptions): Transform<Grid> {
  const where = 'GridMask';
  checkOptions(where, options, ['unitSize', 'ratio', 'rotate', 'p', 'fill']);
  const unitSize = checkRange(where, 'unitSize', options.unitSize, { min: 2, integer: true });
  const ratio = checkNumber(where, 'ratio', options.ratio ?? 0.6, { min: 0, max: 1, minExclusive: true, maxExclusive: true });
  const rotate = checkNumber(where, 'rotate', options.rotate ?? 360, { min: 0, max: 360 });
  const p = checkProbability(where, options.p ?? 1);
  const fill = checkFill(where, options.fill ?? 0);
  return defineTransform<Grid>({
    name: where,
    options: { unitSize, ratio, rotate, p: p.schedule, fill },
    draw(key, _, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return null;
      const unit = draws.between(...unitSize);
      return { unit, top: draws.below(unit), left: draws.below(unit), angle: draws.uniform(0, rotate) };
    },
    apply(scene, grid, into) {
      if (grid === null) return scene;
      const { image } = scene;
      const data = copyOf(image, into);
      const n = image.height * image.width;
      const mask = squares(image, grid, ratio);
      for (let c = 0; c < image.channels; c++) {
        const value = fillOf(where, fill, image, c);
        for (let i = 0; i < n; i++) if (mask[i] !== 0) data[c * n + i] = value;
      }
      return { ...scene, image: withData(image, data) };
    },
    applyToTensor(images, params) {
      if (params.every((grid) => grid === null)) return images;
      const [n = 0, channels = 0, height = 0, width = 0] = images.shape;
      checkChannelValues(where, fill, channels);
      const masks = new Float32Array(n * height * width);
      for (const [i, grid] of params.entries()) if (grid) masks.set(squares({ height, width }, grid, ratio), i * height * width);
      return ops.where(ops.greater(tensor(masks, [n, 1, height, width]), 0), valueTensor(fill, channels), images);
    },
  });
}

/** [H, W]: 1 where a pixel lies between the bars. */
function squares({ height, width }: { readonly height: number; readonly width: number }, { unit, top, left, angle }: NonNullable<Grid>, ratio: number): Uint8Array {
  const out = new Uint8Array(height * width);
  const bar = Math.ceil(unit * ratio);
  const [cos, sin] = [Math.cos(angle * Math.PI / 180), Math.sin(angle * Math.PI / 180)];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const behind = (at: number, start: number): boolean => (((Math.round(at) - start) % unit) + unit) % unit >= bar;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - middleX, y - middleY];
      if (behind(cos * dx + sin * dy + middleX, left) && behind(cos * dy - sin * dx + middleY, top)) out[y * width + x] = 1;
    }
  }
  return out;
}
