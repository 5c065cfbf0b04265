/** The operations of each policy and their magnitudes: torchvision's `_augmentation_space`. */
import type { Size } from '../transform/transform';
import type { PolicyOpName } from './policy-op';

/** What an operation is given: `magnitudes[bin]`, or none; either sign where it is signed. */
export interface Magnitudes {
  readonly magnitudes: readonly number[] | null;
  readonly signed: boolean;
}

export type Space = Readonly<Partial<Record<PolicyOpName, Magnitudes>>>;
type Extent = Pick<Size, 'height' | 'width'>;

const { fround } = Math;

/** `count` numbers from start to end, in float32 from both ends as PyTorch's linspace. */
function linspace(start: number, end: number, count: number): number[] {
  const step = fround((end - start) / (count - 1));
  return Array.from({ length: count }, (_, i) => (i < Math.floor(count / 2) ? fround(start + fround(step * i)) : fround(end - fround(step * (count - i - 1)))));
}

/** most - round(i / ((count - 1) / levels)), half to even. */
function bits(most: number, levels: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const x = fround(i / ((count - 1) / levels));
    const whole = Math.floor(x);
    return most - (x - whole === 0.5 ? whole + (whole & 1) : Math.round(x));
  });
}

const signed = (end: number, count: number): Magnitudes => ({ magnitudes: linspace(0, end, count), signed: true });
const unsigned = (magnitudes: readonly number[]): Magnitudes => ({ magnitudes, signed: false });
const none: Magnitudes = { magnitudes: null, signed: false };

/** Shears, shifts, rotation. */
const moves = (shear: number, x: number, y: number, degrees: number, bins: number): Space =>
  ({ ShearX: signed(shear, bins), ShearY: signed(shear, bins), TranslateX: signed(x, bins), TranslateY: signed(y, bins), Rotate: signed(degrees, bins) });
const enhancements = (most: number, bins: number): Space => ({ Brightness: signed(most, bins), Color: signed(most, bins), Contrast: signed(most, bins), Sharpness: signed(most, bins) });
const tones = (most: number, levels: number, bins: number): Space =>
  ({ Posterize: unsigned(bits(most, levels, bins)), Solarize: unsigned(linspace(255, 0, bins)), AutoContrast: none, Equalize: none });
const published = ({ height, width }: Extent, bins: number): Space =>
  ({ ...moves(0.3, 150 / 331 * width, 150 / 331 * height, 30, bins), ...enhancements(0.9, bins), ...tones(8, 4, bins) });

/** RandAugment's 14 operations. */
export const randAugmentSpace = (size: Extent, bins: number): Space => ({ Identity: none, ...published(size, bins) });
/** AutoAugment's 14 operations, with 10 bins. */
export const autoAugmentSpace = (size: Extent): Space => ({ ...published(size, 10), Invert: none });
/** TrivialAugment's 14 operations in the wide space. */
export const trivialAugmentWideSpace = (bins: number): Space => ({ Identity: none, ...moves(0.99, 32, 32, 135, bins), ...enhancements(0.99, bins), ...tones(8, 6, bins) });
/** AugMix's 9 operations, or 13, with 10 bins. */
export const augMixSpace = ({ height, width }: Extent, allOps: boolean): Space =>
  ({ ...moves(0.3, width / 3, height / 3, 30, 10), ...tones(4, 4, 10), ...(allOps ? enhancements(0.9, 10) : {}) });

/** A space as a list, made once for each size of image that comes. */
export function spaceOf(make: (size: Extent) => Space): (size: Extent) => readonly (readonly [PolicyOpName, Magnitudes])[] {
  const made = new Map<string, readonly (readonly [PolicyOpName, Magnitudes])[]>();
  return ({ height, width }) => {
    const key = `${height} ${width}`;
    const known = made.get(key) ?? Object.entries(make({ height, width })) as [PolicyOpName, Magnitudes][];
    made.set(key, known);
    return known;
  };
}
