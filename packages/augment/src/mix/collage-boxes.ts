/** Boxes of objects in images that are put together of pieces. */
import { checkNumber, checkOptions, fail, show } from '@parsimony/core';
import type { Collage, Piece } from './collage';

/** The boxes of one image. */
export interface BoxesOfImage {
  /** x0, y0, x1, y1 of each in turn, in pixels from the top left corner of the image. */
  readonly boxes: Float32Array;
  /** One a box. */
  readonly boxLabels?: Int32Array;
}

export interface CollageBoxesOptions {
  /** A box of which no more than this share of its area is left is dropped, in [0, 1). Default 0: those of which nothing is left. */
  readonly minVisible?: number;
}

/**
 * The boxes of images as `applyMosaic` makes them of the same draw: moved with their images, cut off where these are, halved.
 *
 * @param images - The boxes of each image of the batch.
 * @throws option: boxes that are none or lie outside their image. shape: not as many images or labels.
 * @example
 * ```ts
 * import { mosaicBoxes } from '@parsimony/augment';
 * const piece = { sample: 0, top: 0, left: 2, height: 4, width: 4, fromTop: 0, fromLeft: 0 };
 * const [first] = mosaicBoxes([{ boxes: Float32Array.of(1, 1, 3, 2), boxLabels: Int32Array.of(7) }], { height: 8, width: 8, pieces: [[piece, { ...piece, left: 6, width: 2 }]] });
 * Array.from(first?.boxes ?? []); // => [1.5, 0.5, 2.5, 1, 3.5, 0.5, 4, 1]
 * Array.from(first?.boxLabels ?? []); // => [7, 7]
 * ```
 */
export function mosaicBoxes(images: readonly BoxesOfImage[], draw: Collage, options: CollageBoxesOptions = {}): BoxesOfImage[] {
  // An image that is no mosaic stays as it is.
  return collageBoxes('mosaicBoxes', images, draw, options, (of) => (of.length === 1 ? 1 : 0.5), { height: draw.height / 2, width: draw.width / 2 });
}

/**
 * The boxes of images as `applyRicap` makes them of the same draw: moved with their patches, cut off where these are.
 *
 * @param images - The boxes of each image of the batch.
 * @throws option: boxes that are none or lie outside their image. shape: not as many images or labels.
 */
export function ricapBoxes(images: readonly BoxesOfImage[], draw: Collage, options: CollageBoxesOptions = {}): BoxesOfImage[] {
  return collageBoxes('ricapBoxes', images, draw, options, () => 1, draw);
}

interface Size { readonly height: number; readonly width: number }

function collageBoxes(where: string, images: readonly BoxesOfImage[], { pieces }: Collage, options: CollageBoxesOptions, scaleOf: (of: readonly Piece[]) => number, size: Size): BoxesOfImage[] {
  checkOptions(where, options, ['minVisible']);
  const minVisible = checkNumber(where, 'minVisible', options.minVisible ?? 0, { min: 0, max: 1, maxExclusive: true });
  images.forEach((image, i) => { checkBoxes(where, `images[${i}]`, image, size); });
  const labelled = images.length > 0 && images.every(({ boxLabels }) => boxLabels !== undefined);
  return pieces.map((of): BoxesOfImage => {
    const boxes: number[] = [];
    const labels: number[] = [];
    for (const piece of of) {
      const image = images[piece.sample] ?? fail('shape', `${where}: the draw has a piece of image ${piece.sample}; there are boxes of ${images.length} images.`);
      for (let k = 0; k < image.boxes.length / 4; k++) {
        const moved = move(image.boxes.subarray(4 * k, 4 * k + 4), piece, minVisible);
        if (moved === undefined) continue;
        boxes.push(...moved.map((v) => v * scaleOf(of)));
        labels.push(image.boxLabels?.[k] ?? 0);
      }
    }
    return { boxes: Float32Array.from(boxes), ...(labelled && { boxLabels: Int32Array.from(labels) }) };
  });
}

/** What of a box a piece shows, where it comes to lie. */
function move(box: Float32Array, piece: Piece, minVisible: number): number[] | undefined {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = box;
  const left = Math.max(x0, piece.fromLeft);
  const top = Math.max(y0, piece.fromTop);
  const width = Math.min(x1, piece.fromLeft + piece.width) - left;
  const height = Math.min(y1, piece.fromTop + piece.height) - top;
  const visible = width > 0 && height > 0 ? (width * height) / ((x1 - x0) * (y1 - y0)) : 0;
  if (visible <= minVisible) return undefined;
  const [x, y] = [left - piece.fromLeft + piece.left, top - piece.fromTop + piece.top];
  return [x, y, x + width, y + height];
}

function checkBoxes(where: string, name: string, { boxes, boxLabels }: BoxesOfImage, { height, width }: Size): void {
  if (!(boxes instanceof Float32Array) || boxes.length % 4 !== 0) fail('option', `${where}: \`${name}.boxes\` must be a Float32Array of x0, y0, x1, y1 for each box, received ${show(boxes)}.`);
  if (boxLabels !== undefined && boxLabels.length * 4 !== boxes.length) fail('shape', `${where}: \`${name}.boxLabels\` must be one for each of ${boxes.length / 4} boxes, received ${boxLabels.length}.`);
  for (let k = 0; k < boxes.length; k += 4) {
    const [x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] = boxes.subarray(k, k + 4);
    if (!(x0 >= 0 && x0 < x1 && x1 <= width && y0 >= 0 && y0 < y1 && y1 <= height)) {
      fail('option', `${where}: box ${k / 4} of \`${name}\` must lie inside its image, ${width} wide and ${height} high, received x ${x0} to ${x1}, y ${y0} to ${y1}. Cut it off at the edges, or leave it out.`);
    }
  }
}
