/**
 * Keys: what stands between a seed and a draw. Nothing is global; the same key gives the same numbers on every backend,
 * and adding a plugin or a module does not change another's draws, since each has a key of its own path.
 */
import { fail, show } from '../errors';
import { checkOptions } from '../options';
import { philox } from './philox';

declare const keyBrand: unique symbol;

/** Words k0 and k1 of the Philox key, and words c1, c2, c3 of its counter; c0 counts blocks within a draw. */
export type RngKey = readonly [k0: number, k1: number, c1: number, c2: number, c3: number] & { readonly [keyBrand]: true };

const make = (k0: number, k1: number, c1 = 0, c2 = 0, c3 = 0): RngKey => [k0 >>> 0, k1 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0] as unknown as RngKey;

/** Refuses anything but a key; returns it. */
export function checkKey(where: string, value: unknown): RngKey {
  if (Array.isArray(value) && value.length === 5) return value as unknown as RngKey;
  return fail('option', `${where}: \`key\` must be a random key, received ${show(value)}. Make one with \`random.key(seed)\`.`);
}

/** FNV-1a over the UTF-8 bytes of a path, 64 bits, as two words [low, high]. */
function hash(path: string): [number, number] {
  let h = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(path)) h = BigInt.asUintN(64, (h ^ BigInt(byte)) * 0x100000001b3n);
  return [Number(h & 0xffffffffn), Number(h >> 32n)];
}

/**
 * A key from a seed: a whole number in [0, 2^53).
 *
 * @throws option: the seed is not such a number.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * const key = random.foldIn(random.key(7), 'dropout');
 * key.length; // => 5
 * ```
 */
export function key(seed: number): RngKey {
  if (!Number.isSafeInteger(seed) || seed < 0) fail('option', `random.key: \`seed\` must be a whole number in [0, 2^53), received ${show(seed)}.`);
  return make(seed % 0x100000000, Math.floor(seed / 0x100000000));
}

/**
 * The key of a path under a key: words 0 and 1 of the Philox block with counter (FNV-1a-64 of the path in UTF-8, low word
 * then high, the path's length in bytes, 0x70617273) under the key. The counter words stay.
 *
 * @throws option: a key that is none, or a path that is no string.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * random.foldIn(random.key(0), 'a')[0] === random.foldIn(random.key(0), 'b')[0]; // => false
 * ```
 */
export function foldIn(parent: RngKey, path: string): RngKey {
  checkKey('random.foldIn', parent);
  if (typeof path !== 'string') fail('option', `random.foldIn: \`path\` must be a string, received ${show(path)}.`);
  const [low, high] = hash(path);
  const out = new Uint32Array(4);
  philox(parent[0], parent[1], low, high, new TextEncoder().encode(path).length, 0x70617273, out);
  return make(out[0] ?? 0, out[1] ?? 0, parent[2], parent[3], parent[4]);
}

/** Where in a run a draw happens: step, microbatch and pass, and how often the path was used in that pass. */
export interface DrawPosition { readonly step?: number; readonly micro?: number; readonly pass?: number; readonly call?: number }

/**
 * The key with its counter words set: c1 = step, c2 = micro * 65536 + pass, c3 = call. Omitted parts are 0.
 *
 * @throws option: a key that is none, or an unknown part.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * random.at(random.key(7), { step: 3, call: 1 }); // => [7, 0, 3, 0, 1]
 * ```
 */
export function at(base: RngKey, position: DrawPosition): RngKey {
  checkOptions('random.at', position, ['step', 'micro', 'pass', 'call']);
  const { step = 0, micro = 0, pass = 0, call = 0 } = position;
  const [k0, k1] = checkKey('random.at', base);
  return make(k0, k1, step, micro * 0x10000 + pass, call);
}
