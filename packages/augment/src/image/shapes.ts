/** Boxes and keypoints of a scene, moved by a map of points. */
import { checkNumber, checkOptions } from '@parsimony/core';
import type { Scene, Size } from '../transform/transform';

/** Where a point of the old image lies in the new one. */
export type PointMap = (x: number, y: number) => readonly [x: number, y: number];

/** Which boxes stay when part of them leaves the image. Those without an area never do. */
export interface BoxOptions {
  /** Least area of what is inside, in square pixels of the new image. Default 0. */
  readonly minArea?: number;
  /** Least share of a box that is inside, in [0, 1]. Default 0. */
  readonly minVisibility?: number;
}

/** Checks the option `boxes` of a transform. */
export function checkBoxOptions(where: string, boxes: BoxOptions | undefined): BoxOptions | undefined {
  if (boxes === undefined) return undefined;
  checkOptions(`${where}: \`boxes\``, boxes, ['minArea', 'minVisibility']);
  return {
    minArea: checkNumber(where, 'boxes.minArea', boxes.minArea ?? 0, { min: 0 }),
    minVisibility: checkNumber(where, 'boxes.minVisibility', boxes.minVisibility ?? 0, { min: 0, max: 1 }),
  };
}

/**
 * The boxes, their labels and the keypoints of a scene after a move into an image of another size: of each box the axis-aligned hull of
 * its moved corners, clamped to the image; those left without an area go, with their labels. Keypoints all stay.
 */
export function moveShapes(scene: Scene, { height, width }: Pick<Size, 'height' | 'width'>, move: PointMap, options: BoxOptions = {}): Pick<Scene, 'boxes' | 'boxLabels' | 'keypoints'> {
  const { boxes, boxLabels, keypoints } = scene;
  return {
    ...(boxes && moveBoxes(boxes, boxLabels, height, width, move, options)),
    ...(keypoints && { keypoints: movePoints(keypoints, move) }),
  };
}

function movePoints(points: Float32Array, move: PointMap): Float32Array {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) [out[i], out[i + 1]] = move(points[i] as number, points[i + 1] as number);
  return out;
}

function moveBoxes(
  boxes: Float32Array, labels: Int32Array | undefined, height: number, width: number, move: PointMap, { minArea = 0, minVisibility = 0 }: BoxOptions,
): Pick<Scene, 'boxes' | 'boxLabels'> {
  const moved: number[] = [];
  const kept: number[] = [];
  for (let i = 0; i < boxes.length; i += 4) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = boxes.subarray(i, i + 4);
    const corners = [move(x0, y0), move(x1, y0), move(x0, y1), move(x1, y1)];
    const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const box = [clamp(left, width), clamp(top, height), clamp(right, width), clamp(bottom, height)] as const;
    const area = (box[2] - box[0]) * (box[3] - box[1]);
    if (!(area > 0) || area < minArea || area < minVisibility * (right - left) * (bottom - top)) continue;
    moved.push(...box);
    kept.push(i / 4);
  }
  return { boxes: Float32Array.from(moved), ...(labels && { boxLabels: Int32Array.from(kept, (i) => labels[i] as number) }) };
}

const clamp = (value: number, high: number): number => Math.min(Math.max(value, 0), high);
