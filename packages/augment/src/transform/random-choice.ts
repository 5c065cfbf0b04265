/** One of several transforms for each image. */
import { checkNumber, checkOptions, fail, type Json, show } from '@parsimony/core';
import { defineTransform } from './define';
import { childKey, Draws } from './draws';
import { checkTransforms, sameSize } from './nested';
import type { Transform } from './transform';

export interface RandomChoiceOptions {
  /** Of which each image gets one. They must agree on the size that comes out. */
  readonly transforms: readonly Transform[];
  /** A weight of 0 or more for each, not all 0; they need not sum to 1. Default: all as likely. */
  readonly p?: readonly number[];
}

/**
 * Applies one of several transforms, chosen with weights `p`.
 *
 * Drawn: its number, and its parameters.
 *
 * @throws option: an unknown option or one out of range; images that would come out in different sizes.
 * @see torchvision's `RandomChoice`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randomChoice, randomHorizontalFlip, randomVerticalFlip } from '@parsimony/augment';
 * const either = randomChoice({ transforms: [randomHorizontalFlip({ p: 1 }), randomVerticalFlip({ p: 1 })], p: [0, 1] });
 * drawFor(either, random.key(1), 1, { channels: 1, height: 8, width: 8 }); // => [[1, true]]
 * ```
 */
export function randomChoice(options: RandomChoiceOptions): Transform<readonly [chosen: number, params: Json]> {
  const where = 'RandomChoice';
  checkOptions(where, options, ['transforms', 'p']);
  const transforms = checkTransforms(where, options.transforms);
  const p = options.p === undefined ? transforms.map(() => 1) : checkWeights(where, options.p, transforms.length);
  return defineTransform<readonly [number, Json]>({
    name: where,
    options: { transforms, p },
    outputSize: (size) => sameSize(where, transforms, size),
    draw(key, size, progress) {
      const chosen = new Draws(key).pick(p);
      return [chosen, (transforms[chosen] as Transform).draw(childKey(key, chosen), size, progress)];
    },
    apply: (scene, [chosen, params], into) => (transforms[chosen] as Transform).apply(scene, params, into),
  });
}

function checkWeights(where: string, p: unknown, count: number): readonly number[] {
  if (!Array.isArray(p) || p.length !== count) fail('option', `${where}: \`p\` must be a weight for each of ${count} transforms, received ${show(p)}.`);
  const weights = p.map((item: unknown, i) => checkNumber(where, `p[${i}]`, item, { min: 0 }));
  if (weights.every((weight) => weight === 0)) fail('option', `${where}: \`p\` must have a weight above 0, received ${show(p)}.`);
  return weights;
}
