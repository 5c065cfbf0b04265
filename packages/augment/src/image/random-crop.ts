/** Random crop of a padded image: for a crop of the image's own size, a random shift. Where is drawn apart from the cropping. */
import { checkChoice, checkNumber, checkOptions, fail, ops, random, type RngKey, showShape, type Tensor, tensor } from '@parsimony/core';

/** Top left corners in the image, from 0; negative and too large ones reach into the padding. JSON, so that a batch can be replayed. */
export interface CropPlaces {
  /** Of the crop. */
  readonly height: number;
  /** Of the crop. */
  readonly width: number;
  /** One a sample. */
  readonly top: readonly number[];
  /** One a sample. */
  readonly left: readonly number[];
}

export interface DrawRandomCropOptions {
  /** Of the images. */
  readonly height: number;
  /** Of the images. */
  readonly width: number;
  /** Of the crop, [height, width], at most the padded image. Default: the image's. */
  readonly size?: readonly [height: number, width: number];
  /** Pixels added on each side, 0 or more. Default 0. */
  readonly padding?: number;
}

/**
 * Places drawn for `count` images: top uniform in {-padding, …, height + padding - crop height}, left likewise.
 *
 * @throws option: one out of range, or a crop larger than the padded image.
 * @see torchvision's `RandomCrop.get_params`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawRandomCrop } from '@parsimony/augment';
 * const places = drawRandomCrop(random.key(1), 2, { height: 28, width: 28, padding: 2 });
 * places.top.every((y) => y >= -2 && y <= 2); // => true
 * ```
 */
export function drawRandomCrop(key: RngKey, count: number, options: DrawRandomCropOptions): CropPlaces {
  const where = 'drawRandomCrop';
  checkOptions(where, options, ['height', 'width', 'size', 'padding']);
  const whole = { min: 1, integer: true };
  const [height, width] = [checkNumber(where, 'height', options.height, whole), checkNumber(where, 'width', options.width, whole)];
  const padding = checkNumber(where, 'padding', options.padding ?? 0, { min: 0, integer: true });
  const [h, w] = options.size ?? [height, width];
  const [rows, columns] = [height + 2 * padding - h + 1, width + 2 * padding - w + 1];
  if (rows < 1 || columns < 1) {
    fail('option', `${where}: a crop of ${h} x ${w} does not fit an image of ${height} x ${width} with a padding of ${padding}. Give more padding or a smaller size.`);
  }
  const below = random.integers(key);
  const top: number[] = [];
  const left: number[] = [];
  for (let i = 0; i < checkNumber(where, 'count', count, { min: 0, integer: true }); i++) {
    top.push(below(rows) - padding);
    left.push(below(columns) - padding);
  }
  return { height: h, width: w, top, left };
}

/** What lies outside an image: `fill`, the edge, or the image mirrored without (reflect) or with (symmetric) its edge. */
export type PaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric';
export const paddingModes: readonly PaddingMode[] = ['constant', 'edge', 'reflect', 'symmetric'];

export interface ApplyRandomCropOptions {
  /** Default `'constant'`. */
  readonly paddingMode?: PaddingMode;
  /** For `'constant'`. Default 0. */
  readonly fill?: number;
}

/**
 * The crop of each image at its place.
 *
 * @param images - [N, C, H, W], any type.
 * @param places - From `drawRandomCrop`, for N images.
 * @returns [N, C, height, width].
 * @throws shape: images of another rank, or places of another number. option: an unknown mode, or a fill that is no number.
 * @see torchvision's `RandomCrop`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { applyRandomCrop } from '@parsimony/augment';
 * await ready();
 * const image = tensor([[[[1, 2], [3, 4]]]]);
 * const places = { height: 2, width: 2, top: [1], left: [-1] };
 * await applyRandomCrop(image, places).array(); // => [[[[0, 3], [0, 0]]]]
 * await applyRandomCrop(image, places, { paddingMode: 'edge' }).array(); // => [[[[3, 3], [3, 3]]]]
 * ```
 */
export function applyRandomCrop(images: Tensor, places: CropPlaces, options: ApplyRandomCropOptions = {}): Tensor {
  const where = 'applyRandomCrop';
  checkOptions(where, options, ['paddingMode', 'fill']);
  const mode = checkChoice(where, 'paddingMode', options.paddingMode ?? 'constant', paddingModes);
  const fill = checkNumber(where, 'fill', options.fill ?? 0);
  const [n = 0, channels = 0, height = 0, width = 0] = images.shape;
  if (images.rank !== 4) fail('shape', `${where}: \`images\` must be [N, C, H, W], received ${showShape(images.shape)}.`);
  if (places.top.length !== n || places.left.length !== n) {
    fail('shape', `${where}: expected a place for each of ${n} images, received ${places.top.length} tops and ${places.left.length} lefts.`);
  }
  const pixels = height * width;
  const cropped = places.height * places.width;
  const index = new Int32Array(n * cropped);
  const columns = new Int32Array(places.width);
  for (let i = 0; i < n; i++) {
    const [top = 0, left = 0] = [places.top[i], places.left[i]];
    for (let x = 0; x < columns.length; x++) columns[x] = source(left + x, width, mode);
    for (let y = 0, at = i * cropped; y < places.height; y++) {
      const row = source(top + y, height, mode);
      for (let x = 0; x < columns.length; x++, at++) {
        const column = columns[x] as number;
        // Outside a constant border is one element more behind the pixels.
        index[at] = row < 0 || column < 0 ? pixels : row * width + column;
      }
    }
  }
  const flat = ops.reshape(images, [n, channels, pixels]);
  const filled = mode === 'constant' ? ops.pad(flat, [[0, 1]], { value: fill }) : flat;
  const shared = ops.broadcastTo(tensor(index, [n, 1, cropped]), [n, channels, cropped]);
  return ops.reshape(ops.gather(filled, 2, shared), [n, channels, places.height, places.width]);
}

/** The place along an axis of n pixels that stands for place i; -1 where the fill does. */
function source(i: number, n: number, mode: PaddingMode): number {
  if (i >= 0 && i < n) return i;
  switch (mode) {
    case 'constant': return -1;
    case 'edge': return i < 0 ? 0 : n - 1;
    // The image and its mirror image repeat; with `reflect` they share their edges.
    case 'reflect': return mirrored(i, 2 * n - 2);
    case 'symmetric': return mirrored(i, 2 * n, 1);
  }
}

function mirrored(i: number, period: number, shift = 0): number {
  const within = period === 0 ? 0 : ((i % period) + period) % period;
  return Math.min(within, period - shift - within);
}
