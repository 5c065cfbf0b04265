/** What a transform is: parameters drawn from a key, apart from being applied; and what it is applied to. */
import type { Json, Progress, RngKey, Tensor } from '@parsimony/core';

/** Of an image. */
export interface Size {
  readonly channels: number;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
}

/** One image, [C, H, W]: C planes of H rows of W. Bytes count from 0 to 255, floats from 0 to 1, as in torchvision. */
export interface Pixels extends Size {
  readonly data: Uint8Array | Float32Array;
}

/** An image and what lies on it, which a draw moves together. Nothing in it is ever written over. */
export interface Scene {
  readonly image: Pixels;
  /** Labels of the pixels, as wide and high as the image: moved to the nearest pixel, never mixed. */
  readonly mask?: Pixels;
  /** [K, 4]: x0, y0, x1, y1 of each box, in pixels from the top left corner of the image (not the middle of its first pixel). */
  readonly boxes?: Float32Array;
  /** For each of the boxes, so that a box that leaves the image takes its label with it. */
  readonly boxLabels?: Int32Array;
  /** [K, 2]: x, y of each, in the same coordinates as boxes. Those that leave the image stay, so that their order does. */
  readonly keypoints?: Float32Array;
}

/** A transform as JSON: its name beside its options, in which further transforms are written the same way. */
export interface TransformJson {
  readonly name: string;
  readonly [option: string]: Json;
}

/**
 * A description of a random change of images. It is data: `name` and `options` are its JSON form, `draw` gives JSON, and `apply` uses
 * nothing but that, so that a batch is replayed exactly and an image's mask, boxes and keypoints move with it. `defineTransform` makes one.
 */
export interface Transform<P extends Json = Json> {
  /** As torchvision names it, where it has it: `'RandomCrop'`. */
  readonly name: string;
  /** Every option with its default filled in. */
  readonly options: Readonly<Record<string, Json>>;
  /** Of what comes out for images of this size; every draw gives the same. Throws where such images cannot be taken. */
  outputSize(size: Size): Size;
  /** The parameters for one image of this size. `progress` is where the run is, for options that are schedules. */
  draw(key: RngKey, size: Size, progress: Progress): P;
  /**
   * The scene changed as the parameters say: bytes give bytes, floats give floats, unless to change that is what it is for. The values of
   * the image may be written to `into`, where that is given and of their type and number; or not: the caller looks at what comes back.
   */
  apply(scene: Scene, params: P, into?: Pixels['data']): Scene;
  /** The same change on a device, for transforms that need no more than a few tensor operations: floats [N, C, H, W] and the parameters of each of N images. */
  applyToTensor?(images: Tensor, params: readonly P[]): Tensor;
  /** `{ name, ...options }`: what `JSON.stringify` writes and `parseTransform` reads. */
  toJSON(): TransformJson;
  /** In one line: `RandomCrop(size=[32, 32], padding=4)`. */
  toString(): string;
}
