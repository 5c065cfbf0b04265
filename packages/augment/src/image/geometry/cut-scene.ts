/** A piece of a scene. */
import { checkNumber } from '@parsimony/core';
import type { Pixels, Scene, Size } from '../../transform/transform';
import { cut, type PaddingOptions } from './crop';
import { type BoxOptions, moveShapes } from '../shapes';

export interface MaskOptions {
  /** What a mask holds outside the image: 0 to 255, for example a label that the loss ignores. Default 0. */
  readonly maskFill?: number;
}

/** Checks the option `maskFill`. */
export const checkMaskFill = (where: string, value: unknown): number => checkNumber(where, 'maskFill', value ?? 0, { min: 0, max: 255, integer: true });

/** The piece of a scene at a place; the scene itself where that is all of it. */
export function cutScene(
  where: string, scene: Scene, top: number, left: number, { height, width }: Pick<Size, 'height' | 'width'>, outside: Required<PaddingOptions>, maskFill = 0, boxes: BoxOptions = {},
  into?: Pixels['data'],
): Scene {
  const { image, mask } = scene;
  if (top === 0 && left === 0 && height === image.height && width === image.width) return scene;
  return {
    ...scene,
    image: cut(where, image, top, left, height, width, outside, into),
    ...(mask && { mask: cut(where, mask, top, left, height, width, { paddingMode: outside.paddingMode, fill: maskFill }) }),
    ...moveShapes(scene, { height, width }, (x, y) => [x - left, y - top], boxes),
  };
}
