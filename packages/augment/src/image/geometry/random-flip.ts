/** Random flips. */
import { checkOptions, ops, type Schedule, type Tensor, tensor } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkProbability, strengthAt } from '../../transform/options';
import type { Pixels, Scene, Transform } from '../../transform/transform';
import { hflip, vflip } from './flip';
import { moveShapes, type PointMap } from '../shapes';

export interface RandomFlipOptions {
  /** Probability of a flip, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly p?: Schedule;
}

/**
 * Mirrors each image from left to right with probability `p`.
 *
 * Drawn: whether to. Boxes and keypoints: x becomes W - x.
 *
 * @throws option: an unknown option, or `p` outside [0, 1].
 * @see torchvision's `RandomHorizontalFlip`.
 * @example
 * ```ts
 * import { randomHorizontalFlip } from '@parsimony/augment';
 * String(randomHorizontalFlip()); // => 'RandomHorizontalFlip(p=0.5)'
 * randomHorizontalFlip({ p: 2 }); // throws RandomHorizontalFlip: `p` must be in [0, 1], received 2.
 * ```
 */
export const randomHorizontalFlip = (options: RandomFlipOptions = {}): Transform<boolean> =>
  randomFlip('RandomHorizontalFlip', options, hflip, ({ width }) => (x, y) => [width - x, y], 3);

/**
 * Turns each image upside down with probability `p`.
 *
 * Drawn: whether to. Boxes and keypoints: y becomes H - y.
 *
 * @throws option: an unknown option, or `p` outside [0, 1].
 * @see torchvision's `RandomVerticalFlip`.
 * @example
 * ```ts
 * import { randomVerticalFlip } from '@parsimony/augment';
 * String(randomVerticalFlip({ p: 0.25 })); // => 'RandomVerticalFlip(p=0.25)'
 * ```
 */
export const randomVerticalFlip = (options: RandomFlipOptions = {}): Transform<boolean> =>
  randomFlip('RandomVerticalFlip', options, vflip, ({ height }) => (x, y) => [x, height - y], 2);

function randomFlip(name: string, options: RandomFlipOptions, flip: (image: Pixels, into?: Pixels['data']) => Pixels, mapOf: (image: Pixels) => PointMap, axis: number): Transform<boolean> {
  checkOptions(name, options, ['p']);
  const p = checkProbability(name, options.p ?? 0.5);
  return defineTransform<boolean>({
    name,
    options: { p: p.schedule },
    draw: (key, _, progress) => new Draws(key).coin(strengthAt(p, progress)),
    apply(scene: Scene, flipped, into) {
      if (!flipped) return scene;
      const { image, mask } = scene;
      return { ...scene, image: flip(image, into), ...(mask && { mask: flip(mask) }), ...moveShapes(scene, image, mapOf(image)) };
    },
    applyToTensor(images: Tensor, flipped) {
      if (!flipped.includes(true)) return images;
      return ops.where(tensor(flipped, [flipped.length, 1, 1, 1], { dtype: 'bool' }), ops.flip(images, axis), images);
    },
  });
}
