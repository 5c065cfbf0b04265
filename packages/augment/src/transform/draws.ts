/** What transforms draw with: an endless source of numbers for one key, and keys under a key. */
import { fail, random, type RngKey, show } from '@parsimony/core';

const block = new Uint32Array(4);
const tag = 0x73706c74;

/**
 * The i-th of endlessly many independent keys under a key, i a whole number in [0, 2^32): one for each image, or each part of a transform.
 * Words 0 and 1 of the Philox block with counter (i, c1, c2, c3 xor 0x73706c74) under the key; the counter of the new key is 0.
 *
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { childKey } from '@parsimony/augment';
 * const key = random.key(1);
 * childKey(key, 0).join() === childKey(key, 1).join(); // => false
 * ```
 */
export function childKey(key: RngKey, i: number): RngKey {
  random.philox(key[0], key[1], i, key[2], key[3], key[4] ^ tag, block);
  return [block[0], block[1], 0, 0, 0] as unknown as RngKey;
}

/**
 * Numbers of one key, one after the other: the same bits everywhere. For a few numbers an image, without an array for each.
 *
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { Draws } from '@parsimony/augment';
 * const draws = new Draws(random.key(1));
 * const angle = draws.uniform(-10, 10);
 * angle >= -10 && angle < 10; // => true
 * draws.below(1); // => 0
 * draws.coin(0); // => false
 * ```
 */
export class Draws {
  private readonly words = [0, 0, 0, 0];
  private i = 0;

  constructor(private readonly key: RngKey) {}

  /** Uniform in {0, …, 2^32 - 1}. */
  word(): number {
    const at = this.i++ & 3;
    if (at === 0) {
      const { key, words } = this;
      random.philox(key[0], key[1], (this.i - 1) >>> 2, key[2], key[3], key[4], block);
      for (let k = 0; k < 4; k++) words[k] = block[k] as number;
    }
    return this.words[at] as number;
  }

  /** Uniform in [low, high), of 32 random bits. */
  uniform(low = 0, high = 1): number { return low + (high - low) * (this.word() / 0x100000000); }

  /** A whole number, uniform in {0, …, bound - 1}, without bias; bound a whole number in [1, 2^32]. */
  below(bound: number): number {
    if (!(bound >= 1 && bound <= 0x100000000)) fail('range', `Draws.below: \`bound\` must be a whole number in [1, 2^32], received ${show(bound)}.`);
    const limit = 0x100000000 - (0x100000000 % bound);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % bound;
    }
  }

  /** A whole number, uniform in {low, …, high}. */
  between(low: number, high: number): number { return low + this.below(high - low + 1); }

  /** True with probability p, in [0, 1]. */
  coin(p: number): boolean { return this.word() < p * 0x100000000; }

  /** 0 … n - 1 in a uniformly random order. */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }

  /** i with probability weights[i] / sum(weights). */
  pick(weights: readonly number[]): number {
    let left = this.uniform(0, weights.reduce((a, b) => a + b, 0));
    let last = 0;
    for (const [i, weight] of weights.entries()) {
      if (weight <= 0) continue;
      if (left < weight) return i;
      left -= weight;
      last = i;
    }
    return last;
  }
}
