/** Transforms applied to some of the images. */
import { checkOptions, type Json, type Schedule } from '@parsimony/core';
import { defineTransform } from './define';
import { childKey, Draws } from './draws';
import { compose } from './compose';
import { checkTransforms, keepsSize } from './nested';
import { checkProbability, strengthAt } from './options';
import type { Transform } from './transform';

export interface RandomApplyOptions {
  /** One after the other, all of them or none. They must keep the size of an image. */
  readonly transforms: readonly Transform[];
  /** Probability to apply them, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly p?: Schedule;
}

/**
 * Applies all of some transforms with probability `p`, otherwise none.
 *
 * Drawn: null, or the parameters of each.
 *
 * @throws option: an unknown option or one out of range; images whose size the transforms would change.
 * @see torchvision's `RandomApply`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, pad, randomApply, randomCrop, randomVerticalFlip } from '@parsimony/augment';
 * const size = { channels: 1, height: 8, width: 8 };
 * drawFor(randomApply({ transforms: [randomVerticalFlip({ p: 1 })], p: 0 }), random.key(1), 2, size); // => [null, null]
 * randomApply({ transforms: [pad({ padding: 1 })] }).outputSize(size); // throws RandomApply: whatever is drawn, images must come out in one size
 * ```
 */
export function randomApply(options: RandomApplyOptions): Transform<readonly Json[] | null> {
  const where = 'RandomApply';
  checkOptions(where, options, ['transforms', 'p']);
  const transforms = checkTransforms(where, options.transforms);
  const p = checkProbability(where, options.p ?? 0.5);
  const all = compose(transforms);
  return defineTransform<readonly Json[] | null>({
    name: where,
    options: { transforms, p: p.schedule },
    outputSize: (size) => keepsSize(where, all, size),
    draw: (key, size, progress) => (new Draws(key).coin(strengthAt(p, progress)) ? all.draw(childKey(key, 0), size, progress) : null),
    apply: (scene, params, into) => (params === null ? scene : all.apply(scene, params, into)),
  });
}
