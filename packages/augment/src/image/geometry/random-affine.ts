/** Random affine maps. */
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkNumbers, checkRange } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { affinePoints, affineRows, fromMiddle, inverseAffineMatrix, isIdentity } from './affine';
import { checkDegrees } from './random-rotation';
import { checkWarpScene, warpScene, type WarpSceneOptions } from './warp-scene';

export interface RandomAffineOptions extends WarpSceneOptions {
  /** [low, high], clockwise; a number d of 0 or more is [-d, d]. */
  readonly degrees: number | readonly [low: number, high: number];
  /** Largest shift along x and y as shares of width and height, in [0, 1]. Default [0, 0]. */
  readonly translate?: readonly [x: number, y: number];
  /** [low, high], above 0. Default [1, 1]. */
  readonly scale?: readonly [low: number, high: number];
  /** Degrees: a number d is [-d, d] along x; [low, high] along x; or [low, high, low, high] along x and y. Default 0. */
  readonly shear?: number | readonly [low: number, high: number] | readonly [lowX: number, highX: number, lowY: number, highY: number];
  /** [x, y] in pixels from the top left corner. Default: the middle of the image. */
  readonly center?: readonly [x: number, y: number];
}

/** In degrees, pixels, as a factor, and in degrees. */
export type DrawnAffine = { readonly angle: number; readonly translate: readonly [x: number, y: number]; readonly scale: number; readonly shear: readonly [x: number, y: number] };

/**
 * Rotates, scales, shears and shifts each image about its middle; `interpolation` is `'nearest'` unless given.
 *
 * Drawn: the angle, whole pixels of the shift, the scale and the shears, each uniform in its range.
 *
 * @throws option: an unknown option or one out of range.
 * @see torchvision's `RandomAffine`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randomAffine } from '@parsimony/augment';
 * const [drawn] = drawFor(randomAffine({ degrees: 0, translate: [0.25, 0] }), random.key(2), 1, { channels: 1, height: 8, width: 8 });
 * [drawn?.angle, drawn?.scale, drawn?.translate[1]]; // => [0, 1, 0]
 * ```
 */
export function randomAffine(options: RandomAffineOptions): Transform<DrawnAffine> {
  const where = 'RandomAffine';
  const checked = checkWarpScene(where, options, ['degrees', 'translate', 'scale', 'shear', 'center'], 'nearest');
  const degrees = checkDegrees(where, 'degrees', options.degrees);
  const translate = checkNumbers(where, 'translate', options.translate ?? [0, 0], [2], { min: 0, max: 1 }) as readonly [number, number];
  const scale = checkRange(where, 'scale', options.scale ?? [1, 1], { min: 0, minExclusive: true });
  const shear = checkShear(where, options.shear ?? 0);
  const center = options.center === undefined ? undefined : checkNumbers(where, 'center', options.center, [2]);
  return defineTransform<DrawnAffine>({
    name: where,
    options: { degrees, translate, scale, shear, center, ...checked },
    draw(key, { height, width }) {
      const draws = new Draws(key);
      const [x, y] = [translate[0] * width, translate[1] * height];
      // `+ 0`: JSON has no -0.
      const shift = (most: number): number => Math.round(draws.uniform(-most, most)) + 0;
      return { angle: draws.uniform(...degrees), translate: [shift(x), shift(y)], scale: draws.uniform(...scale), shear: [draws.uniform(shear[0], shear[1]), draws.uniform(shear[2], shear[3])] };
    },
    apply(scene, drawn, into) {
      const { image } = scene;
      const matrix = inverseAffineMatrix(drawn, fromMiddle(center, image));
      return isIdentity(matrix) ? scene : warpScene(where, scene, image, affineRows(matrix, image, image), affinePoints(matrix, image, image), checked, into);
    },
  });
}

function checkShear(where: string, value: unknown): readonly [number, number, number, number] {
  const inside = { min: -90, max: 90, minExclusive: true, maxExclusive: true };
  const given = typeof value === 'number' ? [-Math.abs(value), Math.abs(value)] : checkNumbers(where, 'shear', value, [2, 4]);
  const [x, y] = [checkRange(where, 'shear', given.slice(0, 2), inside), checkRange(where, 'shear', given.length === 4 ? given.slice(2) : [0, 0], inside)];
  return [...x, ...y];
}
