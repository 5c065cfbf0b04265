/** Images and scenes: making them, and refusing what is none. */
import { fail, show } from '@parsimony/core';
import type { Pixels, Scene, Size } from '../transform/transform';

/**
 * An image from its values, [C, H, W].
 *
 * @param data - `Uint8Array`, 0 to 255; or `Float32Array`, 0 to 1. Taken as it is, not copied.
 * @throws data: another type or length, a side that is not a whole number of 1 or more, floats that are not finite.
 * @example
 * ```ts
 * import { pixels } from '@parsimony/augment';
 * pixels(new Uint8Array(12), { channels: 3, height: 2, width: 2 }).channels; // => 3
 * pixels(new Uint8Array(9), { channels: 3, height: 2, width: 2 }); // throws `data` must have 12 values for an image of [3, 2, 2], received 9.
 * ```
 */
export function pixels(data: Uint8Array | Float32Array, size: Size): Pixels {
  const { channels, height, width } = size;
  const image = { data, channels, height, width };
  checkPixels('pixels', image);
  if (data instanceof Float32Array) checkFinite('pixels', data);
  return image;
}

/** Room for an image of this size, of the same type as another: `into` where that fits, else zeros. */
export const blank = (like: Pixels, { channels, height, width }: Size, into?: Pixels['data']): Pixels => {
  const length = channels * height * width;
  if (into !== undefined && into.length === length && into instanceof Uint8Array === like.data instanceof Uint8Array) return { data: into, channels, height, width };
  try {
    return { data: like.data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length), channels, height, width };
  } catch (error) {
    return fail('memory', `An image of [${channels}, ${height}, ${width}] does not fit into memory. Give a smaller size, padding or scale.`, { cause: error });
  }
};

/** Refuses what is no image, whatever its values. */
export function checkPixels(where: string, image: Pixels): void {
  const { data, channels, height, width } = image;
  if (!(data instanceof Uint8Array || data instanceof Float32Array)) {
    fail('data', `${where}: \`data\` must be a Uint8Array (0 to 255) or a Float32Array (0 to 1), received ${show(data)}.`);
  }
  for (const [name, n] of [['channels', channels], ['height', height], ['width', width]] as const) {
    if (!Number.isInteger(n) || n < 1) fail('data', `${where}: \`${name}\` must be a whole number in [1, inf), received ${show(n)}. An empty image cannot be transformed.`);
  }
  const length = channels * height * width;
  if (data.length !== length) fail('data', `${where}: \`data\` must have ${length} values for an image of [${channels}, ${height}, ${width}], received ${data.length}.`);
}

/** Refuses NaN and infinity. */
export function checkFinite(where: string, data: Float32Array, name = 'pixels'): void {
  // x - x is 0 but for those; a sum of zeros is quicker than a test of each.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i] as number) - (data[i] as number);
  if (sum === 0) return;
  const i = data.findIndex((value) => !Number.isFinite(value));
  fail('data', `${where}: ${name} must be finite, received ${data[i]} at ${i}.`);
}

/** Refuses images that have not one of these numbers of channels. */
export function checkChannels(where: string, { channels }: Size, allowed: readonly number[]): void {
  if (!allowed.includes(channels)) fail('data', `${where}: images must have ${allowed.join(' or ')} channels, received ${channels}.`);
}

/** Refuses a scene whose parts do not agree with its image. */
export function checkScene(where: string, scene: Scene): void {
  const { image, mask, boxes, boxLabels, keypoints } = scene;
  checkPixels(where, image);
  if (image.data instanceof Float32Array) checkFinite(where, image.data);
  const { width, height } = image;
  if (mask !== undefined) {
    checkPixels(`${where}: mask`, mask);
    if (mask.width !== width || mask.height !== height) {
      fail('data', `${where}: the mask must be as high and wide as the image, ${height} x ${width}, received ${mask.height} x ${mask.width}.`);
    }
  }
  if (boxes !== undefined) {
    if (!(boxes instanceof Float32Array) || boxes.length % 4 !== 0) fail('data', `${where}: \`boxes\` must be a Float32Array [K, 4] of x0, y0, x1, y1, received ${show(boxes)}.`);
    for (let i = 0; i < boxes.length; i += 4) {
      const [x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] = boxes.subarray(i, i + 4);
      if (x0 >= 0 && x0 <= x1 && x1 <= width && y0 >= 0 && y0 <= y1 && y1 <= height) continue;
      fail('data', `${where}: box ${i / 4} must lie in the image of ${height} x ${width}, with x0 <= x1 and y0 <= y1, received [${x0}, ${y0}, ${x1}, ${y1}].`);
    }
  }
  if (boxLabels !== undefined && (!(boxLabels instanceof Int32Array) || 4 * boxLabels.length !== (boxes?.length ?? 0))) {
    fail('data', `${where}: \`boxLabels\` must be an Int32Array with one label for each of ${(boxes?.length ?? 0) / 4} boxes, received ${show(boxLabels)}.`);
  }
  if (keypoints !== undefined) {
    if (!(keypoints instanceof Float32Array) || keypoints.length % 2 !== 0) fail('data', `${where}: \`keypoints\` must be a Float32Array [K, 2] of x, y, received ${show(keypoints)}.`);
    checkFinite(where, keypoints, 'keypoints');
  }
}
