/** Random rotation. */
import { checkBoolean } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import { Draws } from '../../transform/draws';
import { checkNumbers, checkRange } from '../../transform/options';
import type { Size, Transform } from '../../transform/transform';
import { affinePoints, affineRows, expandedSize, fromMiddle, rotation } from './affine';
import { checkWarpScene, warpScene, type WarpSceneOptions } from './warp-scene';

export interface RandomRotationOptions extends WarpSceneOptions {
  /** [low, high], counter-clockwise; a number d of 0 or more is [-d, d]. */
  readonly degrees: number | readonly [low: number, high: number];
  /** Whether the output is as large as the widest of all the rotations needs. Default false: as large as the input. */
  readonly expand?: boolean;
  /** [x, y] in pixels from the top left corner. Default: the middle of the image. Not with `expand`. */
  readonly center?: readonly [x: number, y: number];
}

/** A number d as [-d, d]. */
export function checkDegrees(where: string, name: string, value: unknown): readonly [number, number] {
  return typeof value === 'number' ? checkRange(where, name, [-Math.abs(value), Math.abs(value)]) : checkRange(where, name, value);
}

/**
 * Rotates each image by an angle uniform in `degrees`, counter-clockwise; `interpolation` is `'nearest'` unless given.
 *
 * Drawn: the angle.
 *
 * @throws option: an unknown option or one out of range.
 * @see torchvision's `RandomRotation`; with `expand`, its output differs in size from image to image, here all are of the size that the widest
 * needs, so that they make a batch.
 * @example
 * ```ts
 * import { randomRotation } from '@parsimony/augment';
 * randomRotation({ degrees: 90, expand: true }).outputSize({ channels: 3, height: 30, width: 40 }); // => { channels: 3, height: 50, width: 50 }
 * ```
 */
export function randomRotation(options: RandomRotationOptions): Transform<number> {
  const where = 'RandomRotation';
  const checked = checkWarpScene(where, options, ['degrees', 'expand', 'center'], 'nearest');
  const degrees = checkDegrees(where, 'degrees', options.degrees);
  const expand = checkBoolean(where, 'expand', options.expand ?? false);
  const center = options.center === undefined || expand ? undefined : checkNumbers(where, 'center', options.center, [2]);
  const outputSize = (size: Size): Size => (expand ? { channels: size.channels, ...widest(degrees, size) } : size);
  return defineTransform<number>({
    name: where,
    options: { degrees, expand, center, ...checked },
    outputSize,
    draw: (key) => new Draws(key).uniform(...degrees),
    apply(scene, angle, into) {
      const { image } = scene;
      const to = outputSize(image);
      if (angle === 0 && to.height === image.height && to.width === image.width) return scene;
      const matrix = rotation(angle, fromMiddle(center, image));
      return warpScene(where, scene, to, affineRows(matrix, image, to), affinePoints(matrix, image, to), checked, into);
    },
  });
}

/** The largest width and height that a rotation within the range needs: at an end of it, or where a diagonal lies flat or upright. */
function widest([low, high]: readonly [number, number], size: Size): { readonly height: number; readonly width: number } {
  const diagonal = Math.atan2(size.height, size.width) * 180 / Math.PI;
  const angles = [low, high];
  for (const turn of [diagonal, -diagonal, 90 - diagonal, diagonal - 90]) {
    const first = turn + 180 * Math.ceil((low - turn) / 180);
    if (first <= high) angles.push(first);
  }
  const sizes = angles.map((angle) => expandedSize(rotation(angle), size));
  return { height: Math.max(...sizes.map(({ height }) => height)), width: Math.max(...sizes.map(({ width }) => width)) };
}
