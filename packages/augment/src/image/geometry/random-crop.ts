/** A random piece of each image. */
import { checkBoolean, checkNumber, checkOptions, fail, type Schedule, show, type Strength, strength } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkSides, strengthAt } from '../../transform/options';
import type { Size, Transform } from '../../transform/transform';
import { checkPadding, type Padding, type PaddingOptions, type Sides, sidesOf } from './crop';
import { cropTensor, type Place } from './crop-tensor';
import { checkMaskFill, cutScene, type MaskOptions } from './cut-scene';
import { type BoxOptions, checkBoxOptions } from '../shapes';

export interface RandomCropOptions extends PaddingOptions, MaskOptions {
  /** Of the piece: a number, or [height, width]. Default: the image's, so that the crop is a shift. */
  readonly size?: number | readonly [height: number, width: number];
  /** Pixels added before on each side, 0 or more: a number or a schedule of it, rounded, or as torchvision lists it. Default 0. */
  readonly padding?: Schedule | Padding;
  /** Whether an image smaller than the piece is padded, on both sides by what it lacks. Default false: it is an error. */
  readonly padIfNeeded?: boolean;
  /** Which boxes stay. Default: all with an area inside. */
  readonly boxes?: BoxOptions;
}

/**
 * Pads each image and takes a piece of it at random: one of its own size, so a shift by up to `padding`, unless `size` says otherwise.
 *
 * Drawn: top uniform in {-padding, …, H + padding - height} and left likewise, in the image's own coordinates.
 *
 * @throws option: an unknown option or one out of range; when drawing, a piece larger than the padded image.
 * @see torchvision's `RandomCrop`; padded twice there, by `padding` and if needed, the mirror images are of the padded image. He et al.,
 * arXiv:1512.03385, section 4.2, for padding 4 and crops of 32.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randomCrop } from '@parsimony/augment';
 * const shift = randomCrop({ padding: 2 });
 * const [place] = drawFor(shift, random.key(1), 1, { channels: 1, height: 28, width: 28 });
 * Math.abs(place?.top ?? 9) <= 2; // => true
 * randomCrop({ padding: -1 }); // throws RandomCrop: `padding` must be in [0, inf), received -1.
 * ```
 */
export function randomCrop(options: RandomCropOptions = {}): Transform<Place> {
  const where = 'RandomCrop';
  checkOptions(where, options, ['size', 'padding', 'padIfNeeded', 'paddingMode', 'fill', 'maskFill', 'boxes']);
  const size = options.size === undefined ? undefined : checkSides(where, 'size', options.size);
  const padding = paddingOf(where, options.padding ?? 0);
  const padIfNeeded = checkBoolean(where, 'padIfNeeded', options.padIfNeeded ?? false);
  const outside = checkPadding(where, options);
  const maskFill = checkMaskFill(where, options.maskFill);
  const boxes = checkBoxOptions(where, options.boxes);
  const outputSize = (of: Size): Size => (size ? { channels: of.channels, height: size[0], width: size[1] } : of);

  return defineTransform<Place>({
    name: where,
    options: { size, padding: 'schedule' in padding ? padding.schedule : padding, padIfNeeded, ...outside, maskFill, boxes },
    outputSize,
    draw(key, of, progress) {
      const sides = 'schedule' in padding ? sidesOf(where, Math.round(strengthAt(padding, progress))) : padding;
      const [left, top, right, bottom] = sides;
      const { height, width } = outputSize(of);
      const y = along(of.height, top, bottom, height);
      const x = along(of.width, left, right, width);
      if (y.places < 1 || x.places < 1) {
        fail('option', `${where}: a crop of ${height} x ${width} does not fit an image of ${of.height} x ${of.width} with a padding of ${new Set(sides).size === 1 ? left : show(sides)}. Give more padding, \`padIfNeeded: true\` or a smaller size.`);
      }
      const draws = new Draws(key);
      return { top: draws.below(y.places) - y.before, left: draws.below(x.places) - x.before };
    },
    apply: (scene, { top, left }, into) => cutScene(where, scene, top, left, outputSize(scene.image), outside, maskFill, boxes, into),
    applyToTensor(images, places) {
      const [, channels = 0, height = 0, width = 0] = images.shape;
      const to = outputSize({ channels, height, width });
      if (to.height === height && to.width === width && places.every(({ top, left }) => top === 0 && left === 0)) return images;
      return cropTensor(where, images, places, to.height, to.width, outside);
    },
  });

  /** How many places a piece may have along an axis, and the pixels added before the image. */
  function along(n: number, before: number, after: number, wanted: number): { readonly places: number; readonly before: number } {
    const lacking = padIfNeeded ? Math.max(wanted - (n + before + after), 0) : 0;
    return { places: n + before + after + 2 * lacking - wanted + 1, before: before + lacking };
  }
}

/** A schedule, or fixed sides. */
function paddingOf(where: string, padding: Schedule | Padding): Strength | Sides {
  if (typeof padding === 'number') checkNumber(where, 'padding', padding, { min: 0 });
  return Array.isArray(padding) ? sidesOf(where, padding) : strength(where, 'padding', padding, { min: 0 });
}
