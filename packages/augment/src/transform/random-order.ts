/** Transforms in a random order. */
import { checkOptions, type Json } from '@parsimony/core';
import { defineTransform } from './define';
import { childKey, Draws } from './draws';
import { checkTransforms, keepsSize } from './nested';
import type { Transform } from './transform';

export interface RandomOrderOptions {
  /** All of which are applied. They must keep the size of an image. */
  readonly transforms: readonly Transform[];
}

/** Which comes when, and the parameters of each by its number in the list. */
export type Ordered = { readonly order: readonly number[]; readonly params: readonly Json[] };

/**
 * Applies all of several transforms, in an order drawn for each image.
 *
 * Drawn: the order, uniform over all, and the parameters of each; these do not depend on the order.
 *
 * @throws option: an unknown option; images whose size a transform would change.
 * @see torchvision's `RandomOrder`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randomHorizontalFlip, randomOrder, randomVerticalFlip } from '@parsimony/augment';
 * const both = randomOrder({ transforms: [randomHorizontalFlip(), randomVerticalFlip()] });
 * const [drawn] = drawFor(both, random.key(1), 1, { channels: 1, height: 8, width: 8 });
 * [...drawn?.order ?? []].sort(); // => [0, 1]
 * ```
 */
export function randomOrder(options: RandomOrderOptions): Transform<Ordered> {
  const where = 'RandomOrder';
  checkOptions(where, options, ['transforms']);
  const transforms = checkTransforms(where, options.transforms);
  return defineTransform<Ordered>({
    name: where,
    options: { transforms },
    outputSize: (size) => transforms.reduce((_, part) => keepsSize(where, part, size), size),
    draw: (key, size, progress) => ({
      order: new Draws(key).permutation(transforms.length),
      params: transforms.map((part, i) => part.draw(childKey(key, i), size, progress)),
    }),
    apply: (scene, { order, params }, into) =>
      order.reduce((before, i, k) => (transforms[i] as Transform).apply(before, params[i] as Json, k === order.length - 1 ? into : undefined), scene),
  });
}
