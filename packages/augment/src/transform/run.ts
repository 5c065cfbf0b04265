/** Transforms over many images: draws with a key for each, and application to scenes and to packed batches. */
import { checkNumber, fail, type Json, type Progress, type RngKey, show } from '@parsimony/core';
import { checkFinite, checkPixels, checkScene } from '../image/pixels';
import { childKey } from './draws';
import { checkTransform } from './nested';
import type { Pixels, Scene, Size, Transform } from './transform';

/** N images of one size in a row: [N, C, H, W]. */
export interface PixelBatch extends Pixels {
  /** N. */
  readonly count: number;
}

const start: Progress = { step: 0, totalSteps: 1 };

/**
 * The parameters of a transform for each of several images, each drawn with a key of its own: what one image gets does not depend on
 * which others there are.
 *
 * @param images - Their number, image i having key i; or their ids, an image having the key of its id and of how often that came before.
 * @param progress - Where the run is, for options that are schedules. Default: its first step.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawFor, randomHorizontalFlip } from '@parsimony/augment';
 * drawFor(randomHorizontalFlip({ p: 1 }), random.key(3), 2, { channels: 3, height: 32, width: 32 }); // => [true, true]
 * ```
 */
export function drawFor<P extends Json>(transform: Transform<P>, key: RngKey, images: number | ArrayLike<number>, size: Size, progress: Progress = start): P[] {
  const where = 'drawFor';
  checkTransform(where, 'transform', transform);
  if (!Array.isArray(key) || key.length !== 5) fail('option', `${where}: \`key\` must be a random key, received ${show(key)}. Make one with \`random.key(seed)\`.`);
  if (typeof images === 'number') checkNumber(where, 'images', images, { min: 0, max: 2 ** 32 - 1, integer: true });
  else if (!isList(images)) fail('option', `${where}: \`images\` must be a number of images or a list of their ids, received ${show(images)}.`);
  if (typeof images === 'number') return Array.from({ length: images }, (_, i) => transform.draw(childKey(key, i), size, progress));
  const seen = new Map<number, number>();
  return Array.from(images, (id) => {
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    return transform.draw(childKey(childKey(key, id), before), size, progress);
  });
}

/**
 * Each scene changed by its parameters.
 *
 * @throws data: a scene whose parts do not agree, an empty image, boxes outside or of the wrong number, pixels that are not finite.
 * @example
 * ```ts
 * import { applyToScenes, pixels, randomHorizontalFlip } from '@parsimony/augment';
 * const image = pixels(Uint8Array.of(1, 2, 3, 4), { channels: 1, height: 2, width: 2 });
 * const [flipped] = applyToScenes(randomHorizontalFlip(), [{ image, boxes: Float32Array.of(0, 0, 1, 2) }], [true]);
 * flipped?.image.data; // => [2, 1, 4, 3]
 * flipped?.boxes; // => [1, 0, 2, 2]
 * ```
 */
export function applyToScenes<P extends Json>(transform: Transform<P>, scenes: readonly Scene[], params: readonly P[]): Scene[] {
  checkTransform('applyToScenes', 'transform', transform);
  if (!Array.isArray(scenes)) fail('option', `applyToScenes: \`scenes\` must be a list, received ${show(scenes)}.`);
  scenes.forEach((scene: unknown, i) => {
    if (!isObject(scene) || !isObject(scene['image'])) fail('data', `applyToScenes: scene ${i} must be { image, … }, received ${show(scene)}.`);
  });
  checkParams('applyToScenes', params);
  expectOneEach('applyToScenes', scenes.length, params.length);
  scenes.forEach((scene, i) => checkScene(`applyToScenes: scene ${i}`, scene));
  return scenes.map((scene, i) => transform.apply(scene, params[i] as P));
}

/**
 * Each image of a packed batch [N, C, H, W] changed by its parameters, packed again. The images are read where they lie.
 *
 * @param into - Where to write, of the right length and type; it may not be the input. Default: a new array.
 * @throws data: an empty batch, another number of parameters, floats that are not finite, or an `into` that does not fit.
 * @example
 * ```ts
 * import { applyToBatch, centerCrop } from '@parsimony/augment';
 * const batch = { data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), count: 1, channels: 1, height: 3, width: 3 };
 * applyToBatch(centerCrop({ size: 1 }), batch, [null]).data; // => [5]
 * ```
 */
export function applyToBatch<P extends Json>(transform: Transform<P>, batch: PixelBatch, params: readonly P[], into?: Uint8Array | Float32Array): PixelBatch {
  const where = 'applyToBatch';
  checkTransform(where, 'transform', transform);
  if (!isObject(batch)) fail('data', `${where}: \`batch\` must be { data, count, channels, height, width }, received ${show(batch)}.`);
  checkNumber(where, 'count', batch.count, { min: 1, integer: true });
  checkNumber(where, 'channels', batch.channels, { min: 1, integer: true });
  checkParams(where, params);
  const { data, count, channels, height, width } = batch;
  expectOneEach(where, count, params.length);
  checkPixels(where, { data, channels: channels * count, height, width });
  if (data instanceof Float32Array) checkFinite(where, data);
  const size = transform.outputSize({ channels, height, width });
  const [from, to] = [channels * height * width, size.channels * size.height * size.width];
  let out = into;
  for (let i = 0; i < count; i++) {
    const slot = out?.subarray(i * to, (i + 1) * to);
    const { image } = transform.apply({ image: { data: data.subarray(i * from, (i + 1) * from), channels, height, width } }, params[i] as P, slot);
    if (image.data === slot) continue;
    // A transform may make floats of bytes.
    const Type = image.data instanceof Uint8Array ? Uint8Array : Float32Array;
    out ??= new Type(count * to);
    if (i === 0 && (out.length !== count * to || !(out instanceof Type))) fail('data', `${where}: \`into\` must be a ${Type.name} of ${count * to}, received ${show(into)}.`);
    if (!(out instanceof Type)) fail('data', `${where}: ${transform.name} makes bytes of some images and floats of others, which are no batch.`);
    out.set(image.data, i * to);
  }
  return { data: out as Uint8Array | Float32Array, count, ...size };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === 'object';
const isList = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value);

function checkParams(where: string, params: unknown): void {
  if (!Array.isArray(params)) fail('option', `${where}: \`params\` must be a list with the parameters of each image, received ${show(params)}.`);
}

function expectOneEach(where: string, images: number, params: number): void {
  if (images !== params) fail('data', `${where}: expected parameters for each of ${images} images, received ${params}.`);
}
