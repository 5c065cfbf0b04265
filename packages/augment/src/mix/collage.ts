/** Images put together of pieces of several, as mosaic and RICAP do; targets in shares of the pixels. */
import { checkNumber, checkOptions, fail, ops, showShape, type Target, type Tensor, tensor } from '@parsimony/core';
import { checkOneEach, mixTargets, type MixTargetOptions, type Part } from './mix-targets';

/** A rectangle of an image, and where it comes to lie. */
export interface Piece {
  /** Which of the batch. */
  readonly sample: number;
  /** Where it comes to lie. */
  readonly top: number;
  /** Where it comes to lie. */
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** Where it lies in its image. */
  readonly fromTop: number;
  /** Where it lies in its image. */
  readonly fromLeft: number;
}

/** JSON, so that a batch can be replayed. */
export interface Collage {
  /** Of the images made. */
  readonly height: number;
  /** Of the images made. */
  readonly width: number;
  /** For each image made as many; they do not overlap. */
  readonly pieces: readonly (readonly Piece[])[];
}

/**
 * The images that the pieces make.
 *
 * @param images - [N, C, h, w], any type.
 * @param fill - For pixels that no piece covers.
 * @returns [M, C, height, width] for the pieces of M images.
 * @throws shape: images of another rank. option: a piece that reaches beyond its image or the one that is made.
 */
export function assemble(where: string, images: Tensor, collage: Collage, fill: number): Tensor {
  checkOptions(where, collage, ['height', 'width', 'pieces'], 'field');
  if (images.rank !== 4) return fail('shape', `${where}: \`images\` must be [N, C, H, W], received ${showShape(images.shape)}.`);
  const [n = 0, channels = 0, h = 0, w = 0] = images.shape;
  const { height, width, pieces } = collage;
  const made = pieces.length;
  const behind = n * h * w;
  const index = new Int32Array(made * height * width).fill(behind);
  pieces.forEach((of, m) => of.forEach((piece, k) => {
    checkPiece(where, `pieces[${m}][${k}]`, piece, { n, h, w }, collage);
    for (let y = 0; y < piece.height; y++) {
      const to = (m * height + piece.top + y) * width + piece.left;
      const from = (piece.sample * h + piece.fromTop + y) * w + piece.fromLeft;
      for (let x = 0; x < piece.width; x++) index[to + x] = from + x;
    }
  }));
  const planes = ops.reshape(ops.permute(images, [1, 0, 2, 3]), [channels, behind]);
  // The fill is one pixel more, behind all others.
  const filled = ops.pad(planes, [[0, 1]], { value: fill });
  const taken = ops.indexSelect(filled, 1, tensor(index, [index.length]));
  return ops.permute(ops.reshape(taken, [channels, made, height, width]), [1, 0, 2, 3]);
}

/** The target in shares of the pixels: of those that pieces cover. */
export function collageTarget(where: string, also: string, target: Target, { pieces }: Collage, options: MixTargetOptions): Target {
  checkOneEach(where, target, also);
  pieces.forEach((of, m) => { if (!of.some((piece) => area(piece) > 0)) fail('option', `${where}: image ${m} of the draw has no piece, so it has no target.`); });
  return mixTargets(where, target, pieces.length, collageParts(pieces), options);
}

/** The k-th pieces of all images are the k-th part of the targets. */
function collageParts(pieces: readonly (readonly Piece[])[]): readonly Part[] {
  const most = Math.max(...pieces.map((of) => of.length));
  const total = pieces.map((of) => of.reduce((sum, piece) => sum + area(piece), 0));
  return Array.from({ length: most }, (_, k) => ({
    of: pieces.map((of, m) => of[k]?.sample ?? m),
    share: pieces.map((of, m) => (of[k] === undefined ? 0 : area(of[k]) / (total[m] as number))),
  }));
}

const area = ({ height, width }: Piece): number => height * width;

function checkPiece(where: string, name: string, piece: Piece, { n, h, w }: { readonly n: number; readonly h: number; readonly w: number }, { height, width }: Collage): void {
  checkOptions(`${where}: \`${name}\``, piece, ['sample', 'top', 'left', 'height', 'width', 'fromTop', 'fromLeft'], 'field');
  const whole = (key: keyof Piece, max: number): void => { checkNumber(where, `${name}.${key}`, piece[key], { min: 0, max, integer: true }); };
  whole('sample', n - 1);
  whole('height', Math.min(height, h));
  whole('width', Math.min(width, w));
  whole('top', height - piece.height);
  whole('left', width - piece.width);
  whole('fromTop', h - piece.height);
  whole('fromLeft', w - piece.width);
}
