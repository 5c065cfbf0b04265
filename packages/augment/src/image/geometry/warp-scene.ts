/** A scene seen through a map of coordinates. */
import { checkOptions } from '@parsimony/core';
import type { Pixels, Scene, Size } from '../../transform/transform';
import { type BoxOptions, checkBoxOptions, moveShapes, type PointMap } from '../shapes';
import { checkMaskFill, type MaskOptions } from './cut-scene';
import { checkWarp, type RowMap, warp, type WarpInterpolation, type WarpOptions } from './warp';

/** Options of every transform that moves images by a map. */
export interface WarpSceneOptions extends WarpOptions, MaskOptions {
  /** Which boxes stay. Default: all with an area inside. */
  readonly boxes?: BoxOptions;
}

export interface CheckedWarp extends Required<WarpOptions> {
  readonly maskFill: number;
  readonly boxes: BoxOptions | undefined;
}

/** Checks these options, beside those named in `own`. */
export function checkWarpScene(where: string, options: WarpSceneOptions, own: readonly string[], interpolation: WarpInterpolation): CheckedWarp {
  checkOptions(where, options, [...own, 'interpolation', 'fill', 'maskFill', 'boxes']);
  return { ...checkWarp(where, options, interpolation), maskFill: checkMaskFill(where, options.maskFill), boxes: checkBoxOptions(where, options.boxes) };
}

/** The scene of another size whose pixels come from where `rowMap` says and whose points go where `move` says. */
export function warpScene(
  where: string, scene: Scene, size: Pick<Size, 'height' | 'width'>, rowMap: RowMap, move: PointMap, { interpolation, fill, maskFill, boxes }: CheckedWarp,
  into?: Pixels['data'],
): Scene {
  const { image, mask } = scene;
  return {
    ...scene,
    image: warp(where, image, size, rowMap, { interpolation, fill }, into),
    ...(mask && { mask: warp(where, mask, size, rowMap, { interpolation: 'nearest', fill: maskFill }) }),
    ...moveShapes(scene, size, move, boxes),
  };
}
