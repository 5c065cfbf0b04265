/** Philox4x32-10, written from its definition in 64-bit integers and apart from core's, which it checks. */

const WORD = 0xffffffffn;
const MULTIPLIERS = [0xd2511f53n, 0xcd9e8d57n] as const;
const WEYL = [0x9e3779b9n, 0xbb67ae85n] as const;

/**
 * Four random words from a counter of four words and a key of two: ten rounds of
 * (c0, c1, c2, c3) -> (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0)), the key advancing by the Weyl constants.
 * Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011).
 *
 * @example
 * ```ts
 * import { philoxReference } from '@parsimony/testkit';
 * philoxReference([0, 0, 0, 0], [0, 0]); // => [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]
 * ```
 */
export function philoxReference(counter: readonly [number, number, number, number], key: readonly [number, number]): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter.map(word) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(word) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const p0 = MULTIPLIERS[0] * c0;
    const p1 = MULTIPLIERS[1] * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & WORD, (p0 >> 32n) ^ c3 ^ k1, p0 & WORD];
    k0 = (k0 + WEYL[0]) & WORD;
    k1 = (k1 + WEYL[1]) & WORD;
  }
  return [Number(c0), Number(c1), Number(c2), Number(c3)];
}

const word = (x: number): bigint => BigInt.asUintN(32, BigInt(x));
