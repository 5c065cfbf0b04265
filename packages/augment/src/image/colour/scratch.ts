/** Memory that steps within one call write to, kept from call to call: fresh memory of an image's size can cost more than a change of it. */
import type { Pixels } from '../../transform/transform';
import { withData } from './images';

const bytes: Uint8Array[] = [];
const floats: Float32Array[] = [];

/** As many values of the type of an image as it has, in the i-th such memory. */
export function scratch({ data }: Pixels, i: number): Pixels['data'] {
  if (data instanceof Uint8Array) {
    if ((bytes[i]?.length ?? 0) < data.length) bytes[i] = new Uint8Array(data.length);
    return (bytes[i] as Uint8Array).subarray(0, data.length);
  }
  if ((floats[i]?.length ?? 0) < data.length) floats[i] = new Float32Array(data.length);
  return (floats[i] as Float32Array).subarray(0, data.length);
}

const isScratch = ({ buffer }: Pixels['data']): boolean => bytes.some((kept) => kept.buffer === buffer) || floats.some((kept) => kept.buffer === buffer);

/** A change of an image, which may write to `into` and may give the image itself. */
export type Step<S> = (image: Pixels, step: S, into?: Pixels['data']) => Pixels;

/** The image after all steps: between them in scratch memory, at the end in `into`, where that fits, or in memory of its own. */
export function chain<S>(image: Pixels, steps: readonly S[], change: Step<S>, into?: Pixels['data']): Pixels {
  let current = image;
  let next = 0;
  for (const [i, step] of steps.entries()) {
    const room = i === steps.length - 1 ? into : scratch(current, next);
    const changed = change(current, step, room);
    // The one that was written to is read by the next step, which writes to the other.
    if (changed !== current && changed.data === room) next = 1 - next;
    current = changed;
  }
  return current !== image && current.data !== into && isScratch(current.data) ? withData(current, current.data.slice()) : current;
}
