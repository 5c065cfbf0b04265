/** How bright a colour looks: .2989 r + .587 g + .114 b, which torchvision takes for the grey of an image. */
import type { Pixels } from '../../transform/transform';

export const lumaWeights = [0.2989, 0.587, 0.114] as const;

/** In whole numbers of 2^-22: of all colours twenty give another byte than PyTorch's float32, and those one less or more. */
const [red, green, blue] = lumaWeights.map((weight) => Math.round(Math.fround(weight) * 2 ** 22)) as [number, number, number];

export const byteLuma = (r: number, g: number, b: number): number => (Math.imul(red, r) + Math.imul(green, g) + Math.imul(blue, b)) >> 22;
export const floatLuma = (r: number, g: number, b: number): number => lumaWeights[0] * r + lumaWeights[1] * g + lumaWeights[2] * b;

/** Writes the grey of an image of three channels, [H, W], in its own kind of values. */
export function luma({ data, height, width }: Pixels, out: Pixels['data']): void {
  const n = height * width;
  if (data instanceof Uint8Array) for (let i = 0; i < n; i++) out[i] = byteLuma(data[i] as number, data[i + n] as number, data[i + 2 * n] as number);
  else for (let i = 0; i < n; i++) out[i] = floatLuma(data[i] as number, data[i + n] as number, data[i + 2 * n] as number);
}

/** The mean of the grey of an image of three channels, or of one. */
export function meanLuma(image: Pixels): number {
  const { data, channels, height, width } = image;
  const n = height * width;
  let sum = 0;
  if (channels === 1) {
    for (let i = 0; i < n; i++) sum += data[i] as number;
  } else if (data instanceof Uint8Array) {
    for (let i = 0; i < n; i++) sum += byteLuma(data[i] as number, data[i + n] as number, data[i + 2 * n] as number);
  } else {
    for (let i = 0; i < n; i++) sum += floatLuma(data[i] as number, data[i + n] as number, data[i + 2 * n] as number);
  }
  return sum / n;
}
