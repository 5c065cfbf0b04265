/** Random perspective. */
import { type Schedule, strength } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkProbability, strengthAt } from '../../transform/options';
import type { Size, Transform } from '../../transform/transform';
import { homography, perspectivePoints, perspectiveRows, type Quad } from './perspective';
import { checkWarpScene, warpScene, type WarpSceneOptions } from './warp-scene';

export interface RandomPerspectiveOptions extends WarpSceneOptions {
  /** How far corners move inwards at most, as a share of half the side, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly distortionScale?: Schedule;
  /** Probability to change an image, in [0, 1]; a number or a schedule. Default 0.5. */
  readonly p?: Schedule;
}

/**
 * Sees each image in a random perspective, with probability `p`: its corners move inwards; `interpolation` is `'bilinear'` unless given.
 *
 * Drawn: null, or where the corners come to lie, each whole and uniform in a rectangle at its corner.
 *
 * @throws option: an unknown option or one out of range.
 * @see torchvision's `RandomPerspective`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randomPerspective } from '@parsimony/augment';
 * const [corners] = drawFor(randomPerspective({ distortionScale: 0, p: 1 }), random.key(1), 1, { channels: 1, height: 5, width: 8 });
 * corners; // => [[0, 0], [7, 0], [7, 4], [0, 4]]
 * ```
 */
export function randomPerspective(options: RandomPerspectiveOptions = {}): Transform<Quad | null> {
  const where = 'RandomPerspective';
  const checked = checkWarpScene(where, options, ['distortionScale', 'p'], 'bilinear');
  const distortion = strength(where, 'distortionScale', options.distortionScale ?? 0.5, { min: 0, max: 1 });
  const p = checkProbability(where, options.p ?? 0.5);
  return defineTransform<Quad | null>({
    name: where,
    options: { distortionScale: distortion.schedule, p: p.schedule, ...checked },
    draw(key, { height, width }, progress) {
      const draws = new Draws(key);
      if (!draws.coin(strengthAt(p, progress))) return null;
      const share = strengthAt(distortion, progress);
      const [dx, dy] = [Math.floor(share * Math.floor(width / 2)), Math.floor(share * Math.floor(height / 2))];
      const [left, right] = [(): number => draws.below(dx + 1), (): number => width - 1 - draws.below(dx + 1)];
      const [top, bottom] = [(): number => draws.below(dy + 1), (): number => height - 1 - draws.below(dy + 1)];
      return [[left(), top()], [right(), top()], [right(), bottom()], [left(), bottom()]];
    },
    apply(scene, corners, into) {
      const { image } = scene;
      const from = cornersOf(image);
      // What is in line, as in an image of one row, has no perspective.
      const map = corners === null || corners.every(([x, y], i) => x === from[i]?.[0] && y === from[i]?.[1]) ? undefined : homography(from, corners);
      return map === undefined ? scene : warpScene(where, scene, image, perspectiveRows(map), perspectivePoints(map), checked, into);
    },
  });
}

const cornersOf = ({ height, width }: Size): Quad => [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]];
