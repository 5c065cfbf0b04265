/** Boxes as cutmix cuts them, and as masks. */
import { checkNumber, checkOptions, fail, random, type RngKey, type Tensor, tensor } from '@parsimony/core';

/** Pixels top, …, top + height - 1 and left, …, left + width - 1 of an image. Height or width 0: none. */
export interface Box { readonly top: number; readonly left: number; readonly height: number; readonly width: number }

interface Size { readonly height: number; readonly width: number }

/** How many pixels it has. */
export const pixelsOf = ({ height, width }: Box): number => height * width;

const noBox: Box = { top: 0, left: 0, height: 0, width: 0 };

/**
 * A box of share 1 - lambda of the image around a uniformly drawn pixel, cut off at the edges: r = sqrt(1 - lambda), height
 * 2 floor(r H / 2), so its area is (1 - lambda) H W or less.
 */
export function boxOf(lambda: number, { height, width }: Size, below: (bound: number) => number): Box {
  const ratio = Math.sqrt(1 - lambda);
  const side = (n: number): readonly [from: number, count: number] => {
    const half = Math.floor((ratio * n) / 2);
    const middle = below(n);
    const from = Math.max(0, middle - half);
    return [from, Math.min(n, middle + half) - from];
  };
  const [top, boxHeight] = side(height);
  const [left, boxWidth] = side(width);
  return { top, left, height: boxHeight, width: boxWidth };
}

/** A box whose sides are uniform between these shares of the image's, whole and anywhere within it. */
function boxBetween([least, most]: readonly [number, number], { height, width }: Size, below: (bound: number) => number): Box {
  const side = (n: number): readonly [from: number, count: number] => {
    const low = Math.floor(least * n);
    const count = low + below(Math.floor(most * n) - low + 1);
    return [below(n - count + 1), count];
  };
  const [top, boxHeight] = side(height);
  const [left, boxWidth] = side(width);
  return { top, left, height: boxHeight, width: boxWidth };
}

/** How boxes are drawn: by shares from Beta(alpha, alpha), or, with `minmax`, by sides. */
export function drawBoxes(key: RngKey, lambdas: readonly number[], size: Size, minmax: readonly [number, number] | undefined): Box[] {
  const below = random.integers(random.foldIn(key, 'box'));
  return lambdas.map((lambda) => {
    const box = minmax === undefined ? boxOf(lambda, size, below) : boxBetween(minmax, size, below);
    return lambda === 1 ? noBox : box;
  });
}

/** Refuses a box that is none, or not inside an image. */
export function checkBox(where: string, name: string, box: unknown, { height, width }: Size): Box {
  checkOptions(`${where}: \`${name}\``, box, ['top', 'left', 'height', 'width'], 'field');
  const given = box as Box;
  const whole = (key: keyof Box, max: number): number => checkNumber(where, `${name}.${key}`, given[key], { min: 0, max, integer: true });
  return { top: whole('top', height), left: whole('left', width), height: whole('height', height - given.top), width: whole('width', width - given.left) };
}

/** [1 or N, 1, H, W], bool: true inside the box of each sample. */
export function boxMask(boxes: readonly Box[], { height, width }: Size): Tensor {
  const mask = new Uint8Array(boxes.length * height * width);
  boxes.forEach((box, i) => {
    for (let y = box.top; y < box.top + box.height; y++) {
      const row = (i * height + y) * width + box.left;
      mask.fill(1, row, row + box.width);
    }
  });
  return tensor(mask, [boxes.length, 1, height, width], { dtype: 'bool' });
}

/** Refuses anything but two shares in order. */
export function checkMinmax(where: string, minmax: unknown): readonly [number, number] | undefined {
  if (minmax === undefined) return undefined;
  if (!Array.isArray(minmax) || minmax.length !== 2) return fail('option', `${where}: \`minmax\` must be [least, most], shares of the image's sides, received ${JSON.stringify(minmax)}.`);
  const least = checkNumber(where, 'minmax[0]', minmax[0], { min: 0, max: 1 });
  return [least, checkNumber(where, 'minmax[1]', minmax[1], { min: least, max: 1 })];
}
