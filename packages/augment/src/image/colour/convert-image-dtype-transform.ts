/** Bytes as floats, of every image. */
import { checkChoice, checkOptions } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import type { Transform } from '../../transform/transform';
import { converted } from './convert-image-dtype';

export interface ConvertImageDtypeOptions {
  /** What comes out: floats from 0 to 1, or bytes. Default `'float32'`. */
  readonly dtype?: 'uint8' | 'float32';
}

/**
 * Makes floats of bytes, v / 255, or bytes of floats, 255.999 v with the fraction dropped; images of the type stay as they are.
 *
 * @throws option: an unknown option, or another type.
 * @see torchvision's `ConvertImageDtype`.
 * @example
 * ```ts
 * import { convertImageDtype } from '@parsimony/augment';
 * String(convertImageDtype()); // => 'ConvertImageDtype(dtype="float32")'
 * ```
 */
export function convertImageDtype(options: ConvertImageDtypeOptions = {}): Transform<null> {
  const where = 'ConvertImageDtype';
  checkOptions(where, options, ['dtype']);
  const dtype = checkChoice(where, 'dtype', options.dtype ?? 'float32', ['uint8', 'float32']);
  return defineTransform<null>({
    name: where,
    options: { dtype },
    apply: (scene, _, into) => ({ ...scene, image: converted(scene.image, dtype, into) }),
    // What is on a device is of floats already.
    ...(dtype === 'float32' && { applyToTensor: (images) => images }),
  });
}
