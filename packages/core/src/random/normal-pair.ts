/**
 * Box and Muller's transform of two 32-bit words, by arithmetic alone: what `Math.log`, `Math.cos` and `Math.sin` give is left to the
 * engine, while sums, products, quotients and roots of doubles are the same bits everywhere. So the kernel in assembly/normal.ts, which
 * does the same in the same order, draws the same numbers. The polynomials are those of fdlibm (e_log.c, k_sin.c, k_cos.c), good to about
 * the last bit of a double.
 */
/** 2 pi / 2^32. */
const TURN = 1.4629180792671596e-9;
/** 2^-e. */
const inversePowers = Float64Array.from({ length: 33 }, (_, e) => 2 ** -e);

/** ln((word + 1) / 2^32), for a word of 32 bits. */
function logOf(word: number): number {
  const m = word + 1;
  // m = 2^e x with x in [1, 2), then in [sqrt(1/2), sqrt(2)], where the series is short.
  let e = m > 0xffffffff ? 32 : 31 - Math.clz32(m);
  let x = m * (inversePowers[e] as number);
  if (x > Math.SQRT2) {
    x *= 0.5;
    e++;
  }
  const f = x - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const odd = z * (0.6666666666666735130 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const half = 0.5 * f * f;
  return (e - 32) * Math.LN2 - (half - s * (half + (even + odd)) - f);
}

/** Writes the two draws of a pair of words to `out` at `at`; of the last pair of an odd count, one. */
export function normalPair(first: number, second: number, mean: number, std: number, out: Float32Array, at: number): void {
  const radius = std * Math.sqrt(-2 * logOf(first));
  // The quarter turn that is nearest, and what is left of the angle, exactly: at most an eighth of a turn.
  const quarter = Math.floor((second + 0x20000000) / 0x40000000);
  const t = (second - quarter * 0x40000000) * TURN;
  const z = t * t;
  const sin = t + t * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04
    + z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))));
  const cos = 1 - 0.5 * z + z * z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05
    + z * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  const odd = (quarter & 1) === 1;
  const turned = (quarter & 2) === 2 ? -radius : radius;
  out[at] = mean + turned * (odd ? -sin : cos);
  if (at + 1 < out.length) out[at + 1] = mean + turned * (odd ? cos : sin);
}
