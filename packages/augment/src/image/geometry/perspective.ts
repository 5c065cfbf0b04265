/** Perspective maps of images. */
import { checkOptions, fail, show } from '@parsimony/core';
import { checkNumbers } from '../../transform/options';
import type { Pixels } from '../../transform/transform';
import type { PointMap } from '../shapes';
import { checkWarp, type RowMap, warp, type WarpOptions } from './warp';

export type Point = readonly [x: number, y: number];
export type Quad = readonly [topLeft: Point, topRight: Point, bottomRight: Point, bottomLeft: Point];

/** Output to input: x = (a X + b Y + c) / (g X + h Y + 1), y = (d X + e Y + f) / (g X + h Y + 1). */
export type Homography = readonly [a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number];

/** The map that takes each of `endpoints` to the start point of the same number; undefined where three of them are in line. */
export function homography(startpoints: Quad, endpoints: Quad): Homography | undefined {
  const rows = endpoints.flatMap(([X, Y], i) => {
    const [x, y] = startpoints[i] as Point;
    return [[X, Y, 1, 0, 0, 0, -x * X, -x * Y, x], [0, 0, 0, X, Y, 1, -y * X, -y * Y, y]];
  });
  // Gauss and Jordan with the largest pivots.
  for (let column = 0; column < 8; column++) {
    let best = column;
    for (let row = column; row < 8; row++) if (Math.abs(rows[row]?.[column] as number) > Math.abs(rows[best]?.[column] as number)) best = row;
    [rows[column], rows[best]] = [rows[best] as number[], rows[column] as number[]];
    const pivot = rows[column] as number[];
    const size = pivot[column] as number;
    if (Math.abs(size) < 1e-12) return undefined;
    for (let row = 0; row < 8; row++) {
      const line = rows[row] as number[];
      const factor = (line[column] as number) / size;
      if (row !== column && factor !== 0) for (let k = column; k < 9; k++) line[k] = (line[k] as number) - factor * (pivot[k] as number);
    }
  }
  return rows.map((row, i) => (row[8] as number) / (row[i] as number)) as unknown as Homography;
}

/** As torchvision has it: the coefficients are those of pixels' numbers, and are used for their middles. */
export const perspectiveRows = ([a, b, c, d, e, f, g, h]: Homography): RowMap => (row, xs, ys) => {
  const Y = row + 0.5;
  for (let i = 0; i < xs.length; i++) {
    const X = i + 0.5;
    const w = 1 / (g * X + h * Y + 1);
    xs[i] = (a * X + b * Y + c) * w - 0.5;
    ys[i] = (d * X + e * Y + f) * w - 0.5;
  }
};

/** Where points of the input go: the inverse, by its adjugate. */
export const perspectivePoints = ([a, b, c, d, e, f, g, h]: Homography): PointMap => (x, y) => {
  const w = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d);
  return [((e - f * h) * x + (c * h - b) * y + (b * f - c * e)) / w, ((f * g - d) * x + (a - c * g) * y + (c * d - a * f)) / w];
};

/** Refuses what is not four points. */
function checkQuad(where: string, name: string, value: unknown): Quad {
  if (!Array.isArray(value) || value.length !== 4) return fail('option', `${where}: \`${name}\` must be four points [x, y], received ${show(value)}.`);
  return value.map((point: unknown, i) => checkNumbers(where, `${name}[${i}]`, point, [2])) as unknown as Quad;
}

/**
 * The image seen so that `startpoints` come to lie at `endpoints`, each [top left, top right, bottom right, bottom left] in pixels' numbers;
 * `interpolation` is `'bilinear'` unless given.
 *
 * @throws option: an unknown option, points of which three are in line, or a fill for another number of channels.
 * @see torchvision's `perspective` of tensors, which solves for the map in float32; at the edge as `affine` here.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * const image = pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 });
 * F.perspective(image, [[0, 0], [1, 0], [1, 1], [0, 1]], [[1, 0], [2, 0], [2, 1], [1, 1]]).data; // => [0, 1, 0, 3]
 * ```
 */
export function perspective(image: Pixels, startpoints: Quad, endpoints: Quad, options: WarpOptions = {}): Pixels {
  const where = 'perspective';
  checkOptions(where, options, ['interpolation', 'fill']);
  const map = homography(checkQuad(where, 'startpoints', startpoints), checkQuad(where, 'endpoints', endpoints))
    ?? fail('option', `${where}: no map takes ${show(startpoints)} to ${show(endpoints)}: three of the points are in line.`);
  return warp(where, image, image, perspectiveRows(map), checkWarp(where, options, 'bilinear'));
}
