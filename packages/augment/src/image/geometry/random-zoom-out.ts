/** Random zoom out. */
import { checkOptions, type Schedule } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkFill, checkProbability, checkRange, type Fill, strengthAt } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { type BoxOptions, checkBoxOptions } from '../shapes';
import { checkMaskFill, cutScene, type MaskOptions } from './cut-scene';
import { checkInterpolation, type InterpolationOptions, type Region } from './resize';
import { resampleScene } from './resize-transform';

export interface RandomZoomOutOptions extends InterpolationOptions, MaskOptions {
  /** What is around the image: a number or one for each channel, 0 to 255 of bytes. Default 0. */
  readonly fill?: Fill;
  /** Range of the canvas's side in sides of the image, 1 or more. Default [1, 4]. */
  readonly sideRange?: readonly [low: number, high: number];
  /** Probability to change an image, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly p?: Schedule;
  /** Which boxes stay: small ones may be left out by their area. Default: all. */
  readonly boxes?: BoxOptions;
}

/**
 * Shows each image smaller, at a random place of a canvas of `fill`, with probability `p`.
 *
 * Drawn: null, or where in the output the image lies: r uniform in `sideRange`, its sides H / r and W / r, rounded, its place among all.
 *
 * @throws option: an unknown option or one out of range.
 * @see Liu et al., "SSD" (arXiv:1512.02325), section 3.6: the image on a canvas r times as large, which is then brought to the size of the
 * network's input. torchvision's `RandomZoomOut` gives the canvas; here the output has the size of the input, so that images make a batch.
 * @example
 * ```ts
 * import { applyToScenes, pixels, randomZoomOut } from '@parsimony/augment';
 * const image = pixels(new Uint8Array(4).fill(8), { channels: 1, height: 2, width: 2 });
 * applyToScenes(randomZoomOut(), [{ image }], [{ top: 0, left: 1, height: 1, width: 1 }])[0]?.image.data; // => [0, 8, 0, 0]
 * ```
 */
export function randomZoomOut(options: RandomZoomOutOptions = {}): Transform<Region | null> {
  const where = 'RandomZoomOut';
  checkOptions(where, options, ['fill', 'maskFill', 'sideRange', 'p', 'interpolation', 'antialias', 'boxes']);
  const fill = checkFill(where, options.fill ?? 0);
  const maskFill = checkMaskFill(where, options.maskFill);
  const sideRange = checkRange(where, 'sideRange', options.sideRange ?? [1, 4], { min: 1 });
  const p = checkProbability(where, options.p ?? 0.5);
  const checked = checkInterpolation(where, options);
  const boxes = checkBoxOptions(where, options.boxes);
  return defineTransform<Region | null>({
    name: where,
    options: { fill, maskFill, sideRange, p: p.schedule, ...checked, boxes },
    draw(key, size, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return null;
      const r = draws.uniform(...sideRange);
      const [height, width] = [Math.max(1, Math.round(size.height / r)), Math.max(1, Math.round(size.width / r))];
      return { top: draws.below(size.height - height + 1), left: draws.below(size.width - width + 1), height, width };
    },
    apply(scene, place, into) {
      if (place === null) return scene;
      const { height, width } = scene.image;
      const small = resampleScene(scene, { top: 0, left: 0, height, width }, place, checked);
      // `+ 0`: a place is no -0.
      return cutScene(where, small, -place.top + 0, -place.left + 0, { height, width }, { paddingMode: 'constant', fill }, maskFill, boxes, into);
    },
  });
}
