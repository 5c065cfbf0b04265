/** Images in another size. */
import { checkBoolean, checkChoice, checkNumber, checkOptions, fail } from '@parsimony/core';
import { checkSides } from '../../transform/options';
import type { Pixels, Size } from '../../transform/transform';
import { blank } from '../pixels';
import { resampleInto } from './resampler';
import { type Interpolation, interpolations, tapsOf } from './resize-taps';

/** Part of an image, in whole pixels inside it. */
export type Region = { readonly top: number; readonly left: number; readonly height: number; readonly width: number };

export interface InterpolationOptions {
  /** Default `'bilinear'`. */
  readonly interpolation?: Interpolation;
  /** Whether a smaller image is made of all pixels instead of the nearest two or four. Default true; nothing to `'nearest'`. */
  readonly antialias?: boolean;
}

/** Checks these, with their defaults. */
export function checkInterpolation(where: string, options: InterpolationOptions): Required<InterpolationOptions> {
  return {
    interpolation: checkChoice(where, 'interpolation', options.interpolation ?? 'bilinear', interpolations),
    antialias: checkBoolean(where, 'antialias', options.antialias ?? true),
  };
}

export interface ResizeFunctionOptions extends InterpolationOptions {
  /** The most pixels of the longer side, where `size` is a number. Above `size`. */
  readonly maxSize?: number;
}

/** A size as `resize` takes it: the shorter side, the other in proportion; or [height, width]. */
export type ResizeSize = number | readonly [height: number, width: number];

/** Of the output for an image of this size. */
export function resizedSize({ height, width }: Pick<Size, 'height' | 'width'>, size: ResizeSize, maxSize?: number): { readonly height: number; readonly width: number } {
  if (typeof size !== 'number') return { height: size[0], width: size[1] };
  const [short, long] = [Math.min(height, width), Math.max(height, width)];
  let [newShort, newLong] = [size, Math.trunc(size * long / short)];
  if (maxSize !== undefined && newLong > maxSize) [newShort, newLong] = [Math.max(Math.trunc(maxSize * newShort / newLong), 1), maxSize];
  return width <= height ? { height: newLong, width: newShort } : { height: newShort, width: newLong };
}

/** Checks `size` and `maxSize`. */
export function checkResize(where: string, size: unknown, maxSize: unknown): ResizeSize {
  if (maxSize === undefined) return typeof size === 'number' ? checkNumber(where, 'size', size, { min: 1, integer: true }) : checkSides(where, 'size', size);
  if (typeof size !== 'number') fail('option', `${where}: \`maxSize\` goes with a \`size\` that is a number, the shorter side.`);
  const side = checkNumber(where, 'size', size, { min: 1, integer: true });
  checkNumber(where, 'maxSize', maxSize, { min: side, minExclusive: true, integer: true });
  return side;
}

/**
 * The image in another size, each pixel mixed of those around its place.
 *
 * @param size - [height, width]; or the shorter side, the other following in proportion, rounded down.
 * @throws option: an unknown option or one out of range.
 * @see torchvision's `resize` of tensors, whose `antialias` is false unless given; PIL's always smooths, and rounds between the two axes.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * const image = pixels(Uint8Array.of(0, 100, 100, 200), { channels: 1, height: 2, width: 2 });
 * F.resize(image, [1, 1]).data; // => [100]
 * F.resize(image, [2, 4], { interpolation: 'nearest' }).data; // => [0, 0, 100, 100, 100, 100, 200, 200]
 * ```
 */
export function resize(image: Pixels, size: ResizeSize, options: ResizeFunctionOptions = {}): Pixels {
  const where = 'resize';
  checkOptions(where, options, ['interpolation', 'antialias', 'maxSize']);
  const to = resizedSize(image, checkResize(where, size, options.maxSize), options.maxSize);
  return resample(image, { top: 0, left: 0, height: image.height, width: image.width }, to, checkInterpolation(where, options));
}

/**
 * A part of the image in another size.
 *
 * @throws option: an unknown option or one out of range, or a part that is not inside the image.
 * @see torchvision's `resized_crop`, which pads parts that reach outside with zeros.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * const image = pixels(Uint8Array.of(0, 100, 100, 200), { channels: 1, height: 2, width: 2 });
 * F.resizedCrop(image, { top: 0, left: 1, height: 2, width: 1 }, [1, 1]).data; // => [150]
 * ```
 */
export function resizedCrop(image: Pixels, region: Region, size: readonly [height: number, width: number], options: InterpolationOptions = {}): Pixels {
  const where = 'resizedCrop';
  checkOptions(where, options, ['interpolation', 'antialias']);
  checkOptions(`${where}: \`region\``, region, ['top', 'left', 'height', 'width']);
  const height = checkNumber(where, 'region.height', region.height, { min: 1, max: image.height, integer: true });
  const width = checkNumber(where, 'region.width', region.width, { min: 1, max: image.width, integer: true });
  const top = checkNumber(where, 'region.top', region.top, { min: 0, max: image.height - height, integer: true });
  const left = checkNumber(where, 'region.left', region.left, { min: 0, max: image.width - width, integer: true });
  const [h, w] = checkSides(where, 'size', size);
  return resample(image, { top, left, height, width }, { height: h, width: w }, checkInterpolation(where, options));
}

/** `resizedCrop` without its checks; the image itself where nothing is left to do. */
export function resample(
  image: Pixels, region: Region, { height, width }: Pick<Size, 'height' | 'width'>, { interpolation, antialias }: Required<InterpolationOptions>, into?: Pixels['data'],
): Pixels {
  const { channels } = image;
  if (height === image.height && width === image.width && region.height === height && region.width === width) return image;
  const out = blank(image, { channels, height, width }, into);
  // Smoothing an axis that grows is plain bilinear; cubics differ in their slope.
  const smooth = (n: number, m: number): boolean => antialias && (n > m || interpolation === 'bicubic');
  const rows = tapsOf(region.height, height, interpolation, smooth(region.height, height));
  const columns = tapsOf(region.width, width, interpolation, smooth(region.width, width));
  resampleInto(image, region, out, rows, columns);
  return out;
}
