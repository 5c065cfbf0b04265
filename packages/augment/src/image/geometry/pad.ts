/** A border around each image. */
import { checkOptions } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import type { Transform } from '../../transform/transform';
import { checkPadding, type Padding, type PaddingOptions, sidesOf } from './crop';
import { checkMaskFill, cutScene, type MaskOptions } from './cut-scene';

export interface PadOptions extends PaddingOptions, MaskOptions {
  /** Whole numbers of 0 or more: one for all sides, [left and right, top and bottom], or [left, top, right, bottom]. */
  readonly padding: Padding;
}

/**
 * Adds a border to each image: [C, H, W] becomes [C, H + top + bottom, W + left + right].
 *
 * @throws option: an unknown option or one out of range.
 * @see torchvision's `Pad`.
 * @example
 * ```ts
 * import { pad } from '@parsimony/augment';
 * pad({ padding: [1, 2] }).outputSize({ channels: 3, height: 4, width: 4 }); // => { channels: 3, height: 8, width: 6 }
 * ```
 */
export function pad(options: PadOptions): Transform<null> {
  const where = 'Pad';
  checkOptions(where, options, ['padding', 'paddingMode', 'fill', 'maskFill']);
  const [left, top, right, bottom] = sidesOf(where, options.padding);
  const outside = checkPadding(where, options);
  const maskFill = checkMaskFill(where, options.maskFill);
  return defineTransform<null>({
    name: where,
    options: { padding: [left, top, right, bottom], ...outside, maskFill },
    outputSize: ({ channels, height, width }) => ({ channels, height: height + top + bottom, width: width + left + right }),
    apply: (scene, _, into) =>
      cutScene(where, scene, -top, -left, { height: scene.image.height + top + bottom, width: scene.image.width + left + right }, outside, maskFill, {}, into),
  });
}
