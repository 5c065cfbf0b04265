/** Random elastic deformation. */
import { checkNumber, type RngKey, type Schedule, type Strength, strength } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { childKey, Draws } from '../../transform/draws';
import { checkNumbers, strengthAt } from '../../transform/options';
import type { Transform } from '../../transform/transform';
import { drawDisplacement, elasticPoints, elasticRows } from './elastic';
import { checkWarpScene, warpScene, type WarpSceneOptions } from './warp-scene';

export interface ElasticTransformOptions extends WarpSceneOptions {
  /** How far pixels move, 0 or more: a number or a schedule; or [x, y]. Default 50. */
  readonly alpha?: Schedule | readonly [x: number, y: number];
  /** How smoothly, in pixels, 0 or more: a number, or [x, y]. Default 5. */
  readonly sigma?: number | readonly [x: number, y: number];
}

/** The field itself is drawn anew from these each time: it has two numbers a pixel. */
export type DrawnElastic = { readonly seed: readonly number[]; readonly alpha: readonly [x: number, y: number] };

/**
 * Deforms each image by a smooth random field of displacements; `interpolation` is `'bilinear'` unless given.
 *
 * Drawn: the seed of a field of noise uniform in (-1, 1), which is smoothed by a Gaussian of `sigma` pixels; it moves pixels by
 * alpha W / (2 H) times it along x, alpha H / (2 W) times it along y: alpha / 2 in a square image.
 *
 * @throws option: an unknown option or one out of range.
 * @see torchvision's `ElasticTransform`; Simard et al., "Best practices for convolutional neural networks" (2003).
 * @example
 * ```ts
 * import { elasticTransform } from '@parsimony/augment';
 * String(elasticTransform({ alpha: 30 })); // => 'ElasticTransform(alpha=30, sigma=[5, 5], interpolation="bilinear", fill=0, maskFill=0)'
 * ```
 */
export function elasticTransform(options: ElasticTransformOptions = {}): Transform<DrawnElastic> {
  const where = 'ElasticTransform';
  const checked = checkWarpScene(where, options, ['alpha', 'sigma'], 'bilinear');
  const alpha = alphaOf(where, options.alpha ?? 50);
  const given = options.sigma ?? 5;
  const sigma = (typeof given === 'number' ? [checkNumber(where, 'sigma', given, { min: 0 }), given] : checkNumbers(where, 'sigma', given, [2], { min: 0 })) as readonly [number, number];
  return defineTransform<DrawnElastic>({
    name: where,
    options: { alpha: 'schedule' in alpha ? alpha.schedule : alpha, sigma, ...checked },
    draw(key, _, progress) {
      if (!('schedule' in alpha)) return { seed: [...childKey(key, 0)], alpha };
      const now = strengthAt(alpha, progress);
      return { seed: [...childKey(key, 0)], alpha: [now, now] };
    },
    apply(scene, drawn, into) {
      if (drawn.alpha[0] === 0 && drawn.alpha[1] === 0) return scene;
      const { image } = scene;
      const field = drawDisplacement(new Draws(drawn.seed as unknown as RngKey), image, drawn.alpha, sigma);
      return warpScene(where, scene, image, elasticRows(field, image), elasticPoints(field, image), checked, into);
    },
  });
}

/** A schedule, or a number for each axis. */
function alphaOf(where: string, value: Schedule | readonly [number, number]): Strength | readonly [number, number] {
  return Array.isArray(value) ? checkNumbers(where, 'alpha', value, [2], { min: 0 }) as readonly [number, number] : strength(where, 'alpha', value, { min: 0 });
}
