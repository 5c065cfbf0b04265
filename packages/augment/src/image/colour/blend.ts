/** ratio image + (1 - ratio) other, clamped: what brightness, contrast, saturation and sharpness have in common. */

/** In float32, step by step, so that fractions are dropped where PyTorch drops them. */
const { fround } = Math;

/** ratio v of each byte v. */
export function ownShare(ratio: number): Float32Array {
  return table(fround(ratio));
}

/** (1 - ratio) v of each byte v. */
export function otherShare(ratio: number): Float32Array {
  return table(fround(1 - ratio));
}

function table(factor: number): Float32Array {
  const out = new Float32Array(256);
  for (let v = 0; v < 256; v++) out[v] = factor * v;
  return out;
}

/** Of one byte, the other image's share given. */
export const blendByte = (ratio: number, v: number, share: number): number => fround(fround(fround(ratio) * v) + share);
