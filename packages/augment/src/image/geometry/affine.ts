/** Affine maps of images: rotation, shear, scale and shift. */
import { checkBoolean, checkNumber, checkOptions } from '@parsimony/core';
import { checkNumbers } from '../../transform/options';
import type { Pixels, Size } from '../../transform/transform';
import type { PointMap } from '../shapes';
import { checkWarp, type RowMap, warp, type WarpOptions } from './warp';

/** Output to input: x = a X + b Y + c, y = d X + e Y + f, of coordinates from the middle of both images. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** What an affine map does, in this order from right to left: shear, scale and rotate about the centre, then shift. */
export interface AffineParts {
  /** Degrees; clockwise, as the image is seen. */
  readonly angle: number;
  /** Pixels to the right and down. */
  readonly translate: readonly [x: number, y: number];
  /** Above 0. */
  readonly scale: number;
  /** Degrees along x and y. */
  readonly shear: readonly [x: number, y: number];
}

const radians = (degrees: number): number => degrees * Math.PI / 180;

/** M = (T C R S Shy Shx C^-1)^-1, about a centre that lies (cx, cy) from the middle of the image. */
export function inverseAffineMatrix({ angle, translate, scale, shear }: AffineParts, [cx, cy]: readonly [number, number] = [0, 0]): Matrix {
  const [rot, sx, sy] = [radians(angle), radians(shear[0]), radians(shear[1])];
  const a = Math.cos(rot - sy) / Math.cos(sy);
  const b = -Math.cos(rot - sy) * Math.tan(sx) / Math.cos(sy) - Math.sin(rot);
  const c = Math.sin(rot - sy) / Math.cos(sy);
  const d = -Math.sin(rot - sy) * Math.tan(sx) / Math.cos(sy) + Math.cos(rot);
  const [x, y] = [-cx - translate[0], -cy - translate[1]];
  return [d / scale, -b / scale, (d * x - b * y) / scale + cx, -c / scale, a / scale, (-c * x + a * y) / scale + cy];
}

/** The coordinates that an output row comes from. */
export function affineRows([a, b, c, d, e, f]: Matrix, from: Pick<Size, 'height' | 'width'>, to: Pick<Size, 'height' | 'width'>): RowMap {
  const [x0, y0] = [c + (from.width - 1) / 2 - a * (to.width - 1) / 2, f + (from.height - 1) / 2 - d * (to.width - 1) / 2];
  return (row, xs, ys) => {
    const y = row - (to.height - 1) / 2;
    const [left, top] = [x0 + b * y, y0 + e * y];
    for (let i = 0; i < xs.length; i++) {
      xs[i] = left + a * i;
      ys[i] = top + d * i;
    }
  };
}

/** Where points of the input go. */
export function affinePoints([a, b, c, d, e, f]: Matrix, from: Pick<Size, 'height' | 'width'>, to: Pick<Size, 'height' | 'width'>): PointMap {
  const det = a * e - b * d;
  return (x, y) => {
    const [u, v] = [x - from.width / 2 - c, y - from.height / 2 - f];
    return [(e * u - b * v) / det + to.width / 2, (a * v - d * u) / det + to.height / 2];
  };
}

/** True of the map that leaves every pixel where it is. */
export const isIdentity = ([a, b, c, d, e, f]: Matrix): boolean => a === 1 && b === 0 && c === 0 && d === 0 && e === 1 && f === 0;

/** A centre given in pixels from the top left corner, from the middle of the image. */
export const fromMiddle = (center: readonly number[] | undefined, { height, width }: Pick<Size, 'height' | 'width'>): readonly [number, number] =>
  (center === undefined ? [0, 0] : [(center[0] as number) - width / 2, (center[1] as number) - height / 2]);

export interface AffineOptions extends WarpOptions, Partial<AffineParts> {
  /** [x, y] in pixels from the top left corner. Default: the middle of the image. */
  readonly center?: readonly [x: number, y: number];
}

/**
 * The image rotated by `angle` degrees clockwise, scaled, sheared and shifted about its middle; `interpolation` is `'nearest'` unless given.
 *
 * @throws option: an unknown option, a scale of 0 or less, or a fill for another number of channels.
 * @see torchvision's `affine` of tensors. With `'bilinear'` and a fill, a pixel at the edge is there w (sum) + (1 - w) fill, w the weight of the
 * pixels inside, which darkens it twice; here what lies outside is the fill, as with no fill there.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.affine(pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 }), { translate: [1, 0] }).data; // => [0, 1, 0, 3]
 * ```
 */
export function affine(image: Pixels, options: AffineOptions): Pixels {
  const where = 'affine';
  checkOptions(where, options, ['angle', 'translate', 'scale', 'shear', 'center', 'interpolation', 'fill']);
  const center = options.center === undefined ? undefined : checkNumbers(where, 'center', options.center, [2]);
  const matrix = inverseAffineMatrix({
    angle: checkNumber(where, 'angle', options.angle ?? 0),
    translate: checkNumbers(where, 'translate', options.translate ?? [0, 0], [2]) as [number, number],
    scale: checkNumber(where, 'scale', options.scale ?? 1, { min: 0, minExclusive: true }),
    shear: checkNumbers(where, 'shear', options.shear ?? [0, 0], [2], { min: -90, max: 90, minExclusive: true, maxExclusive: true }) as [number, number],
  }, fromMiddle(center, image));
  return warp(where, image, image, affineRows(matrix, image, image), checkWarp(where, options, 'nearest'));
}

export interface RotateOptions extends WarpOptions {
  /** Whether the output is as large as the whole rotated image needs. Default false: as large as the input. */
  readonly expand?: boolean;
  /** [x, y] in pixels from the top left corner. Default: the middle of the image. */
  readonly center?: readonly [x: number, y: number];
}

/**
 * The image rotated by `angle` degrees, counter-clockwise; `interpolation` is `'nearest'` unless given.
 *
 * @throws option: an unknown option, or a fill for another number of channels.
 * @see torchvision's `rotate` of tensors; at the edge as `affine` here.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * F.rotate(pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 }), 90).data; // => [2, 4, 1, 3]
 * ```
 */
export function rotate(image: Pixels, angle: number, options: RotateOptions = {}): Pixels {
  const where = 'rotate';
  checkOptions(where, options, ['expand', 'center', 'interpolation', 'fill']);
  const center = options.center === undefined ? undefined : checkNumbers(where, 'center', options.center, [2]);
  const matrix = rotation(checkNumber(where, 'angle', angle), fromMiddle(center, image));
  const to = checkBoolean(where, 'expand', options.expand ?? false) ? expandedSize(matrix, image) : image;
  return warp(where, image, to, affineRows(matrix, image, to), checkWarp(where, options, 'nearest'));
}

export const rotation = (angle: number, center?: readonly [number, number]): Matrix =>
  inverseAffineMatrix({ angle: -angle, translate: [0, 0], scale: 1, shear: [0, 0] }, center);

/** Of an output that holds the whole image, as torchvision rounds it: from the matrix as it stands, of whose corners the hull is the same as of its inverse's. */
export function expandedSize([a, b, c, d, e, f]: Matrix, { height, width }: Pick<Size, 'height' | 'width'>): { readonly height: number; readonly width: number } {
  const corners = [[-1, -1], [-1, 1], [1, 1], [1, -1]].map(([x = 0, y = 0]) => [x * width / 2, y * height / 2] as const);
  const side = (values: readonly number[], half: number): number => {
    // Cut to 1e-4, so that 1e-15 too much is not a pixel more.
    const cut = (v: number): number => Math.trunc((v + half) / 1e-4) * 1e-4;
    return Math.ceil(cut(Math.max(...values))) - Math.floor(cut(Math.min(...values)));
  };
  return { width: side(corners.map(([x, y]) => a * x + b * y + c), width / 2), height: side(corners.map(([x, y]) => d * x + e * y + f), height / 2) };
}
