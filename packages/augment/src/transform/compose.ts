/** Transforms one after the other. */
import { checkOptions, type Json, type Tensor } from '@parsimony/core';
import { defineTransform } from './define';
import { childKey } from './draws';
import { checkTransforms, type TransformList } from './nested';
import type { Transform } from './transform';

/**
 * Transforms one after the other, each with a key of its own: part i draws with child i of the key, so that changing one changes no draw of another.
 *
 * Drawn: the parameters of each part. On a device where every part is.
 *
 * @param transforms - At least one; or `{ transforms }`, as JSON has it.
 * @throws option: what is no transform, or an unknown option.
 * @see torchvision's `Compose`.
 * @example
 * ```ts
 * import { compose, randomCrop, randomHorizontalFlip } from '@parsimony/augment';
 * const policy = compose([randomCrop({ padding: 4 }), randomHorizontalFlip()]);
 * String(policy).endsWith('RandomHorizontalFlip(p=0.5)])'); // => true
 * policy.outputSize({ channels: 3, height: 32, width: 32 }).width; // => 32
 * ```
 */
export function compose(transforms: TransformList): Transform<readonly Json[]> {
  if (!Array.isArray(transforms)) checkOptions('Compose', transforms, ['transforms']);
  const parts = checkTransforms('Compose', transforms);
  return defineTransform<readonly Json[]>({
    name: 'Compose',
    options: { transforms: parts },
    outputSize: (size) => parts.reduce((before, part) => part.outputSize(before), size),
    draw(key, size, progress) {
      let before = size;
      return parts.map((part, i) => {
        const drawn = part.draw(childKey(key, i), before, progress);
        before = part.outputSize(before);
        return drawn;
      });
    },
    // Fresh memory can cost more than a change: each part may write to `into` whose image does not lie there.
    apply: (scene, params, into) => parts.reduce((before, part, i) => part.apply(before, params[i] as Json, before.image.data.buffer === into?.buffer ? undefined : into), scene),
    ...(parts.every((part) => part.applyToTensor !== undefined) && {
      applyToTensor: (images: Tensor, params: readonly (readonly Json[])[]) =>
        parts.reduce((before, part, i) => part.applyToTensor?.(before, params.map((drawn) => drawn[i] as Json)) ?? before, images),
    }),
  });
}
