/** Random blur. */
import { checkNumber, checkOptions, fail } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkNumbers, checkRange } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { gaussianBlur as blur, type Pair } from './gaussian-blur';

export interface GaussianBlurOptions {
  /** Odd: one for both directions, or [of x, of y]; less than twice the image's. */
  readonly kernelSize: Pair;
  /** Standard deviation in pixels, above 0, or the range it is drawn from. Default [0.1, 2]. */
  readonly sigma?: number | readonly [low: number, high: number];
}

/**
 * Blurs each image by a Gaussian of random width, its edges mirrored.
 *
 * Drawn: sigma, uniform in its range.
 *
 * @throws option: an unknown option or one out of range; when applied, a kernel too large for the image.
 * @see torchvision's `GaussianBlur`.
 * @example
 * ```ts
 * import { gaussianBlur } from '@parsimony/augment';
 * String(gaussianBlur({ kernelSize: 3 })); // => 'GaussianBlur(kernelSize=[3, 3], sigma=[0.1, 2])'
 * gaussianBlur({ kernelSize: 4 }); // throws GaussianBlur: `kernelSize` must be odd, received 4.
 * ```
 */
export function gaussianBlur(options: GaussianBlurOptions): Transform<number> {
  const where = 'GaussianBlur';
  checkOptions(where, options, ['kernelSize', 'sigma']);
  const size: unknown = options.kernelSize;
  const whole = { min: 1, integer: true };
  const kernelSize = (typeof size === 'object' ? checkNumbers(where, 'kernelSize', size, [2], whole) : Array.from({ length: 2 }, () => checkNumber(where, 'kernelSize', size, whole))) as [number, number];
  for (const side of kernelSize) if (side % 2 === 0) fail('option', `${where}: \`kernelSize\` must be odd, received ${side}.`);
  const given = options.sigma ?? [0.1, 2];
  const sigma = checkRange(where, 'sigma', typeof given === 'number' ? [given, given] : given, { min: 0, minExclusive: true });
  return defineTransform<number>({
    name: where,
    options: { kernelSize, sigma },
    draw: (key) => new Draws(key).uniform(...sigma),
    apply: (scene, drawn, into) => ({ ...scene, image: blur(scene.image, kernelSize, drawn, into) }),
  });
}
