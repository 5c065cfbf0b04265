/** How bright a colour looks: .2989 r + .587 g + .114 b, which torchvision takes for the grey of an image. */
import type { Pixels } from '../../transform/transform';
import { changePlanes, nothing } from '../wasm/in-place';

export const lumaWeights = [0.2989, 0.587, 0.114] as const;

export const floatLuma = (r: number, g: number, b: number): number => lumaWeights[0] * r + lumaWeights[1] * g + lumaWeights[2] * b;

/** Writes the grey of an image of three channels, [H, W], in its own kind of values. Bytes drop fractions, of float32 sums. */
export function luma({ data, height, width }: Pixels, out: Pixels['data']): void {
  const n = height * width;
  if (data instanceof Uint8Array) changePlanes(data, 3, out.subarray(0, n) as Uint8Array, (kernels, at, plane, count) => kernels.grey(at, plane, count));
  else for (let i = 0; i < n; i++) out[i] = floatLuma(data[i] as number, data[i + n] as number, data[i + 2 * n] as number);
}

/** The mean of the grey of an image of three channels, or of one. */
export function meanLuma({ data, channels, height, width }: Pixels): number {
  const n = height * width;
  let sum = 0;
  if (data instanceof Uint8Array) {
    changePlanes(data, channels, nothing, (kernels, at, plane, count) => {
      if (channels === 3) kernels.grey(at, plane, count);
      sum += kernels.sum(at, count);
    });
  } else if (channels === 1) {
    for (let i = 0; i < n; i++) sum += data[i] as number;
  } else {
    for (let i = 0; i < n; i++) sum += floatLuma(data[i] as number, data[i + n] as number, data[i + 2 * n] as number);
  }
  return sum / n;
}
