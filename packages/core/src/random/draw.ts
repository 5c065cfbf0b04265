/** Draws on the host: typed arrays, the same bits everywhere. Upload them with `tensor`. */
import { checkNumber, checkOptions } from '../options';
import { checkKey, type RngKey } from './key';
import { normalPair } from './normal-pair';
import { philox } from './philox';

/** Calls `use(word, i)` with `count` 32-bit words of the key's stream. */
function words(key: RngKey, count: number, use: (word: number, i: number) => void): void {
  const block = new Uint32Array(4);
  for (let i = 0; i < count; i++) {
    if ((i & 3) === 0) philox(key[0], key[1], i >>> 2, key[2], key[3], key[4], block);
    use(block[i & 3] as number, i);
  }
}

/**
 * `count` whole numbers, uniform in [0, 2^32).
 *
 * @throws option: a key that is none, or a count that is not a whole number.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * random.bits(random.key(0), 2).length; // => 2
 * ```
 */
export function bits(key: RngKey, count: number): Uint32Array {
  checkKey('random.bits', key);
  const out = new Uint32Array(checkNumber('random.bits', 'count', count, { min: 0, integer: true }));
  words(key, count, (word, i) => { out[i] = word; });
  return out;
}

export interface UniformOptions {
  /** Default 0. */
  readonly low?: number;
  /** Excluded. Default 1. */
  readonly high?: number;
}

/**
 * `count` float32 numbers, uniform in [low, high) with 24 random bits each. Defaults 0 and 1.
 *
 * @throws option: `low` is not below `high`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * random.uniform(random.key(0), 3).length; // => 3
 * ```
 */
export function uniform(key: RngKey, count: number, options: UniformOptions = {}): Float32Array {
  checkKey('random.uniform', key);
  checkOptions('random.uniform', options, ['low', 'high']);
  const { low = 0, high = 1 } = options;
  checkNumber('random.uniform', 'low', low);
  checkNumber('random.uniform', 'high', high, { min: low, minExclusive: true });
  const out = new Float32Array(checkNumber('random.uniform', 'count', count, { min: 0, integer: true }));
  const top = Math.fround(high);
  words(key, count, (word, i) => {
    const value = Math.fround(low + (high - low) * ((word >>> 8) / 0x1000000));
    // Rounding to float32 may reach `high` itself; the interval is half open.
    out[i] = value < top ? value : Math.fround(low);
  });
  return out;
}

export interface NormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** 0 or more. Default 1. */
  readonly std?: number;
}

/**
 * `count` float32 numbers, N(mean, std^2), by Box and Muller's transform on 32-bit uniforms: words 2i and 2i + 1 of the key's stream
 * make numbers 2i and 2i + 1. It is arithmetic alone, so the bits are the same on every engine; `ops.addNormal` draws them on the device.
 *
 * @throws option: a key that is none, or a count that is not a whole number, or `std` below 0.
 * @see Box and Muller, "A note on the generation of random normal deviates" (1958).
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * random.normal(random.key(0), 3, { mean: 5, std: 0 }); // => [5, 5, 5]
 * ```
 */
export function normal(key: RngKey, count: number, options: NormalOptions = {}): Float32Array {
  checkKey('random.normal', key);
  checkOptions('random.normal', options, ['mean', 'std']);
  const { mean = 0, std = 1 } = options;
  checkNumber('random.normal', 'mean', mean);
  checkNumber('random.normal', 'std', std, { min: 0 });
  const out = new Float32Array(checkNumber('random.normal', 'count', count, { min: 0, integer: true }));
  const pairs = bits(key, count + (count & 1));
  for (let i = 0; i < count; i += 2) normalPair(pairs[i] as number, pairs[i + 1] as number, mean, std, out, i);
  return out;
}

/**
 * `count` zeros and ones; one with probability `p`, in [0, 1], decided on 32 bits.
 *
 * @throws option: a key that is none, or a count that is not a whole number, or `p` outside [0, 1].
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * random.bernoulli(random.key(0), 3, 1); // => [1, 1, 1]
 * ```
 */
export function bernoulli(key: RngKey, count: number, p: number): Uint8Array {
  checkKey('random.bernoulli', key);
  checkNumber('random.bernoulli', 'p', p, { min: 0, max: 1 });
  const out = new Uint8Array(checkNumber('random.bernoulli', 'count', count, { min: 0, integer: true }));
  words(key, count, (word, i) => { out[i] = word / 0x100000000 < p ? 1 : 0; });
  return out;
}

/**
 * 0 … n - 1 in a uniformly random order, by Fisher and Yates's shuffle with unbiased draws.
 *
 * @throws option: a key that is none, or `n` is not a whole number.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * Array.from(random.permutation(random.key(0), 4)).sort(); // => [0, 1, 2, 3]
 * ```
 */
export function permutation(key: RngKey, n: number): Int32Array {
  checkKey('random.permutation', key);
  const out = Int32Array.from({ length: checkNumber('random.permutation', 'n', n, { min: 0, integer: true }) }, (_, i) => i);
  const draw = integers(key);
  for (let i = n - 1; i > 0; i--) {
    const j = draw(i + 1);
    [out[i], out[j]] = [out[j] as number, out[i] as number];
  }
  return out;
}

/**
 * An endless source of unbiased whole numbers below a bound, by rejection. The bound is a whole number in [1, 2^32].
 *
 * @throws option: a key that is none; from the source, another bound.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * const draw = random.integers(random.key(0));
 * draw(1); // => 0
 * ```
 */
export function integers(key: RngKey): (bound: number) => number {
  const next = stream(checkKey('random.integers', key));
  return (bound) => {
    checkNumber('random.integers', 'bound', bound, { min: 1, max: 0x100000000, integer: true });
    const limit = 0x100000000 - (0x100000000 % bound);
    for (;;) {
      const word = next();
      if (word < limit) return word % bound;
    }
  };
}

/** An endless source of 32-bit words of the key's stream. */
export function stream(key: RngKey): () => number {
  const block = new Uint32Array(4);
  let i = 0;
  return () => {
    if ((i & 3) === 0) philox(key[0], key[1], i >>> 2, key[2], key[3], key[4], block);
    return block[i++ & 3] as number;
  };
}
