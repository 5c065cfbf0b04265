/** The operations that policies are made of, by the names and with the magnitudes of torchvision. */
import { checkChoice, checkNumber, checkOptions, fail, show } from '@parsimony/core';
import { adjustBrightness } from '../image/colour/adjust-brightness';
import { adjustContrast } from '../image/colour/adjust-contrast';
import { adjustSaturation } from '../image/colour/adjust-saturation';
import { adjustSharpness } from '../image/colour/adjust-sharpness';
import { autocontrast } from '../image/colour/autocontrast';
import { equalize } from '../image/colour/equalize';
import { invert } from '../image/colour/invert';
import { posterize } from '../image/colour/posterize';
import { chain } from '../image/colour/scratch';
import { solarize } from '../image/colour/solarize';
import { affinePoints, affineRows, fromMiddle, inverseAffineMatrix, isIdentity, type Matrix, rotation } from '../image/geometry/affine';
import { warp } from '../image/geometry/warp';
import { type CheckedWarp, checkWarpScene, warpScene, type WarpSceneOptions } from '../image/geometry/warp-scene';
import type { Pixels, Scene } from '../transform/transform';

const degrees = (slope: number): number => Math.atan(slope) * 180 / Math.PI;
const shear = (image: Pixels, x: number, y: number): Matrix =>
  inverseAffineMatrix({ angle: 0, translate: [0, 0], scale: 1, shear: [degrees(x), degrees(y)] }, fromMiddle([0, 0], image));
const shift = (x: number, y: number): Matrix => inverseAffineMatrix({ angle: 0, translate: [Math.trunc(x), Math.trunc(y)], scale: 1, shear: [0, 0] });

/** Those that move pixels, and all that lies on them: the matrix of a magnitude. */
const moves = {
  ShearX: (image: Pixels, slope: number) => shear(image, slope, 0),
  ShearY: (image: Pixels, slope: number) => shear(image, 0, slope),
  TranslateX: (_: Pixels, pixels: number) => shift(pixels, 0),
  TranslateY: (_: Pixels, pixels: number) => shift(0, pixels),
  Rotate: (_: Pixels, angle: number) => rotation(angle),
} as const;

const colours = {
  Identity: (image: Pixels) => image,
  Brightness: (image: Pixels, more: number, into?: Pixels['data']) => adjustBrightness(image, 1 + more, into),
  Color: (image: Pixels, more: number, into?: Pixels['data']) => adjustSaturation(image, 1 + more, into),
  Contrast: (image: Pixels, more: number, into?: Pixels['data']) => adjustContrast(image, 1 + more, into),
  Sharpness: (image: Pixels, more: number, into?: Pixels['data']) => adjustSharpness(image, 1 + more, into),
  Posterize: (image: Pixels, bits: number, into?: Pixels['data']) => posterize(image, Math.trunc(bits), into),
  // Magnitudes are thresholds of bytes.
  Solarize: (image: Pixels, threshold: number, into?: Pixels['data']) => solarize(image, image.data instanceof Uint8Array ? threshold : threshold / 255, into),
  AutoContrast: (image: Pixels, _: number, into?: Pixels['data']) => autocontrast(image, into),
  Equalize: (image: Pixels, _: number, into?: Pixels['data']) => equalize(image, into),
  Invert: (image: Pixels, _: number, into?: Pixels['data']) => invert(image, into),
} as const;

export type PolicyOpName = keyof typeof moves | keyof typeof colours;
/** An operation and its magnitude, sign included: `['Rotate', -9]`. What has no magnitude has 0. */
export type PolicyStep = readonly [name: PolicyOpName, magnitude: number];

export const policyOps = [...Object.keys(moves), ...Object.keys(colours)] as readonly PolicyOpName[];
const isMove = (name: PolicyOpName): name is keyof typeof moves => name in moves;

/** Options of every policy: what its shears, shifts and rotations do between pixels, outside of the image, and with what lies on it. */
export type PolicyMoveOptions = WarpSceneOptions;
const moveOptions = ['interpolation', 'fill', 'maskFill', 'boxes'] as const;
export const checkMoves = (where: string, options: PolicyMoveOptions, own: readonly string[], interpolation: 'nearest' | 'bilinear'): CheckedWarp => {
  checkOptions(where, options, [...own, ...moveOptions]);
  return checkWarpScene(where, options, own, interpolation);
};

/** The steps one after the other. */
export function applyPolicy(where: string, scene: Scene, steps: readonly PolicyStep[], checked: CheckedWarp, into?: Pixels['data']): Scene {
  const { mask, boxes, keypoints } = scene;
  if (!mask && !boxes && !keypoints) return { ...scene, image: applyToImage(where, scene.image, steps, checked, into) };
  return steps.reduce((before, [name, magnitude]) => {
    const { image } = before;
    if (!isMove(name)) {
      const changed = colours[name](image, magnitude);
      return changed === image ? before : { ...before, image: changed };
    }
    const matrix = moves[name](image, magnitude);
    return isIdentity(matrix) ? before : warpScene(where, before, image, affineRows(matrix, image, image), affinePoints(matrix, image, image), checked);
  }, scene);
}

/** The image after the steps. */
export function applyToImage(where: string, given: Pixels, all: readonly PolicyStep[], checked: CheckedWarp, into?: Pixels['data']): Pixels {
  return chain(given, all, (image, [name, magnitude], room) => {
    if (!isMove(name)) return colours[name](image, magnitude, room);
    const matrix = moves[name](image, magnitude);
    return isIdentity(matrix) ? image : warp(where, image, image, affineRows(matrix, image, image), checked, room);
  }, into);
}

/**
 * One operation of a policy: what `randAugment` and its kin do with a magnitude. ShearX and ShearY take a slope, TranslateX and TranslateY
 * pixels (fractions dropped), Rotate degrees counter-clockwise, Brightness, Color, Contrast and Sharpness what is added to a factor of 1, Posterize
 * bits, Solarize a threshold of bytes; the others nothing.
 *
 * @param magnitude - With its sign. Default 0.
 * @throws option: another name, or a magnitude that the operation cannot take. data: images that have not 1 or 3 channels.
 * @see torchvision's `_apply_op`; floats are posterized and equalized as from 0.15 on.
 * @example
 * ```ts
 * import { functional as F, pixels } from '@parsimony/augment';
 * const image = pixels(Uint8Array.of(1, 2, 3, 200), { channels: 1, height: 2, width: 2 });
 * F.policyOp(image, 'Solarize', 128).data; // => [1, 2, 3, 55]
 * F.policyOp(image, 'TranslateX', 1, { fill: 9 }).data; // => [9, 1, 9, 3]
 * F.policyOp(image, 'Wobble' as never); // throws policyOp: `name` must be one of 'ShearX'
 * ```
 */
export function policyOp(image: Pixels, name: PolicyOpName, magnitude = 0, options: Pick<PolicyMoveOptions, 'interpolation' | 'fill'> = {}): Pixels {
  const where = 'policyOp';
  return applyToImage(where, image, [[checkChoice(where, 'name', name, policyOps), checkNumber(where, 'magnitude', magnitude)]], checkMoves(where, options, [], 'nearest'));
}

/** Refuses what is no name of an operation. */
export function checkOpName(where: string, name: unknown): PolicyOpName {
  if ((policyOps as readonly unknown[]).includes(name)) return name as PolicyOpName;
  return fail('option', `${where} must be one of ${policyOps.join(', ')}, received ${show(name)}.`);
}
