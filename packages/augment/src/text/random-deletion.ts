/** Random deletion of EDA: words are left out. */
import { checkNumber, checkOptions, random } from '@parsimony/core';
import type { TextEdit } from './edits';
import type { TextTransform } from './text-transform';

export interface RandomDeletionOptions {
  /** Probability to drop each word, in [0, 1]. Default 0.1. */
  readonly p?: number;
}

/**
 * Leaves out each word with probability p, independently; where all would go, one of them stays, chosen uniformly. A text of one word
 * or none stays as it is. Punctuation stays.
 *
 * @throws option: `p` outside [0, 1], or an unknown option.
 * @see Wei and Zou, arXiv:1901.11196: p = alpha.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augmentTexts, randomDeletion } from '@parsimony/augment/text';
 * augmentTexts(['Alone.', 'all of it'], randomDeletion({ p: 1 }), random.key(3)); // => ['Alone.', 'it']
 * ```
 */
export function randomDeletion(options: RandomDeletionOptions = {}): TextTransform {
  const where = 'randomDeletion';
  checkOptions(where, options, ['p']);
  const p = checkNumber(where, 'p', options.p ?? 0.1, { min: 0, max: 1 });
  return {
    technique: where,
    options: { p },
    draw(key, { length }): TextEdit[] {
      if (length < 2) return [];
      const dropped = random.bernoulli(random.foldIn(key, 'drop'), length, p);
      if (dropped.every((drop) => drop === 1)) dropped[random.integers(random.foldIn(key, 'stay'))(length)] = 0;
      // From the end, so that the places ahead stay what they are.
      return Array.from(dropped, (drop, at) => ({ drop, at })).filter(({ drop }) => drop === 1).reverse().map(({ at }) => ({ kind: 'delete', at }));
    },
  };
}
