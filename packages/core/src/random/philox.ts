/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3"
 * (SC 2011). A block of four 32-bit words is a pure function of a 64-bit key and a 128-bit counter.
 */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/**
 * The upper 32 bits of m a, for m in two halves of 16 bits. Products of halves fit 32 bits, so int32 arithmetic holds them and
 * unsigned shifts read them: ten times as fast as numbers past 2^31, which engines keep as doubles.
 */
function mulHigh(high: number, low: number, a: number): number {
  const [ah, al] = [a >>> 16, a & 0xffff];
  const mid = (Math.imul(ah, low) + (Math.imul(al, low) >>> 16)) | 0;
  const cross = (Math.imul(al, high) + (mid & 0xffff)) | 0;
  return (Math.imul(ah, high) + (mid >>> 16) + (cross >>> 16)) | 0;
}

/** Writes the block of counter (c0, c1, c2, c3) under key (k0, k1) into `out`. */
export function philox(k0: number, k1: number, c0: number, c1: number, c2: number, c3: number, out: Uint32Array): void {
  let [a, b, c, d, x, y] = [c0 | 0, c1 | 0, c2 | 0, c3 | 0, k0 | 0, k1 | 0];
  for (let round = 0; round < 10; round++) {
    const h0 = mulHigh(M0 >>> 16, M0 & 0xffff, a);
    const h1 = mulHigh(M1 >>> 16, M1 & 0xffff, c);
    const l1 = Math.imul(M1, c);
    c = h0 ^ d ^ y;
    d = Math.imul(M0, a);
    a = h1 ^ b ^ x;
    b = l1;
    x = (x + W0) | 0;
    y = (y + W1) | 0;
  }
  out[0] = a; out[1] = b; out[2] = c; out[3] = d;
}
