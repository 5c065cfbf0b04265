/** Floating-point numbers of 16 bits, as files of other programs hold them. */

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** bfloat16: the upper half of a float32. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return value[0] as number;
}

/** IEEE 754 binary16. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
