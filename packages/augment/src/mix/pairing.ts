/** Who is mixed with whom, and how many draws a batch takes. */
import { checkChoice, checkNumber, fail, random, type RngKey, show, type Tensor, tensor, ops } from '@parsimony/core';

/**
 * For whom something is drawn: once for the whole batch; for each pair, whose two are each other's partners; or for each sample
 * (`'element'`), as timm's `Mixup` has its modes.
 */
export type MixMode = 'batch' | 'pair' | 'element';
export const mixModes: readonly MixMode[] = ['batch', 'pair', 'element'];

export interface Pairing {
  /** Sample i is mixed with sample permutation[i]. */
  readonly permutation: readonly number[];
  /** How many draws there are. */
  readonly draws: number;
  /** From one value a draw: the value itself for the batch, else one a sample. */
  spread<T>(values: readonly T[]): readonly T[];
}

/** A random pairing of `size` samples. Of an odd number in pairs, one is left alone: its own partner. */
export function drawPairing(where: string, key: RngKey, size: number, given: MixMode | undefined): Pairing {
  const mode = checkChoice(where, 'mode', given ?? 'batch', mixModes);
  const order = Array.from(random.permutation(random.foldIn(key, 'permutation'), size));
  if (mode !== 'pair') return { permutation: order, draws: mode === 'batch' ? 1 : size, spread: (values) => values };
  const permutation = new Array<number>(size).fill(0);
  const pairOf = new Array<number>(size).fill(0);
  order.forEach((sample, i) => {
    permutation[sample] = order[size - 1 - i] ?? sample;
    pairOf[sample] = Math.min(i, size - 1 - i);
  });
  return { permutation, draws: Math.ceil(size / 2), spread: (values) => pairOf.map((pair) => values[pair] as (typeof values)[number]) };
}

/** For each of `count` draws, whether it mixes at all: each with probability `prob`. */
export function drawMixes(where: string, key: RngKey, count: number, prob: number | undefined): readonly boolean[] {
  const p = checkNumber(where, 'prob', prob ?? 1, { min: 0, max: 1 });
  return Array.from(random.bernoulli(random.foldIn(key, 'prob'), count, p), (yes) => yes === 1);
}

/** `count` draws of Beta(alpha, alpha), and 1 where nothing is to be mixed. */
export function drawLambdas(where: string, key: RngKey, mixes: readonly boolean[], alpha: number): number[] {
  checkNumber(where, 'alpha', alpha, { min: 0, minExclusive: true });
  return Array.from(random.beta(random.foldIn(key, 'lambda'), mixes.length, alpha), (lambda, i) => (mixes[i] === true ? lambda : 1));
}

/** Refuses anything but partners for each sample of a batch; gives what takes each sample's partner. */
export function partners(where: string, permutation: unknown): { readonly size: number; readonly of: readonly number[]; take(x: Tensor): Tensor } {
  const ok = Array.isArray(permutation) && permutation.every((i) => Number.isInteger(i) && i >= 0 && i < permutation.length);
  if (!ok) return fail('option', `${where}: \`permutation\` must be the number of a sample for each sample, received ${show(permutation)}.`);
  const of = permutation as readonly number[];
  const index = tensor(Int32Array.from(of), [of.length]);
  return { size: of.length, of, take: (x) => ops.indexSelect(x, 0, index) };
}
