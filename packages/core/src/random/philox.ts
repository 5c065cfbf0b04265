/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
 * (SC 2011). A block of four 32-bit words is a pure function of a 64-bit key and a 128-bit counter.
 */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function mulHigh(a: number, b: number): number {
  const [ah, al, bh, bl] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const low = al * bl;
  const mid = ah * bl + (low >>> 16);
  const cross = al * bh + (mid & 0xffff);
  // ah * bl and al * bh may pass 2^32 but stay exact; division, not shifts, carries their upper bits.
  return (ah * bh + Math.floor(mid / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/** Writes the block of counter (c0, c1, c2, c3) under key (k0, k1) into `out`. */
export function philox(k0: number, k1: number, c0: number, c1: number, c2: number, c3: number, out: Uint32Array): void {
  let [a, b, c, d, x, y] = [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0, k0 >>> 0, k1 >>> 0];
  for (let round = 0; round < 10; round++) {
    const [h0, l0] = [mulHigh(M0, a), Math.imul(M0, a) >>> 0];
    const [h1, l1] = [mulHigh(M1, c), Math.imul(M1, c) >>> 0];
    [a, b, c, d] = [(h1 ^ b ^ x) >>> 0, l1, (h0 ^ d ^ y) >>> 0, l0];
    x = (x + W0) >>> 0;
    y = (y + W1) >>> 0;
  }
  out[0] = a; out[1] = b; out[2] = c; out[3] = d;
}
