/** Images brought to a size. */
import { checkOptions } from '@parsimony/core';
import { defineTransform } from '../../transform/define';
import type { Pixels, Scene, Size, Transform } from '../../transform/transform';
import { type BoxOptions, moveShapes } from '../shapes';
import { checkInterpolation, checkResize, type InterpolationOptions, type Region, resample, resizedSize, type ResizeFunctionOptions, type ResizeSize } from './resize';

export interface ResizeOptions extends ResizeFunctionOptions {
  /** [height, width]; or the shorter side, the other following in proportion. */
  readonly size: ResizeSize;
}

/**
 * Brings each image to a size; masks by the nearest pixel, boxes and keypoints in proportion.
 *
 * @throws option: an unknown option or one out of range.
 * @see torchvision's `Resize` of tensors, whose `antialias` is false unless given.
 * @example
 * ```ts
 * import { resize } from '@parsimony/augment';
 * resize({ size: 32, maxSize: 40 }).outputSize({ channels: 3, height: 100, width: 200 }); // => { channels: 3, height: 20, width: 40 }
 * ```
 */
export function resizeTransform(options: ResizeOptions): Transform<null> {
  const where = 'Resize';
  checkOptions(where, options, ['size', 'maxSize', 'interpolation', 'antialias']);
  const { maxSize } = options;
  const size = checkResize(where, options.size, maxSize);
  const checked = checkInterpolation(where, options);
  return defineTransform<null>({
    name: where,
    options: { size, maxSize, ...checked },
    outputSize: (of) => ({ channels: of.channels, ...resizedSize(of, size, maxSize) }),
    apply: (scene, _, into) =>
      resampleScene(scene, { top: 0, left: 0, height: scene.image.height, width: scene.image.width }, resizedSize(scene.image, size, maxSize), checked, undefined, into),
  });
}

/** Part of a scene in another size; the scene itself where that is all of it. */
export function resampleScene(
  scene: Scene, region: Region, to: Pick<Size, 'height' | 'width'>, options: Required<InterpolationOptions>, boxes?: BoxOptions,
  into?: Pixels['data'],
): Scene {
  const { mask } = scene;
  const image = resample(scene.image, region, to, options, into);
  if (image === scene.image) return scene;
  const [sx, sy] = [to.width / region.width, to.height / region.height];
  return {
    ...scene,
    image,
    ...(mask && { mask: resample(mask, region, to, { interpolation: 'nearest', antialias: false }) }),
    ...moveShapes(scene, to, (x, y) => [(x - region.left) * sx, (y - region.top) * sy], boxes),
  };
}
