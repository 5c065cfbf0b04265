/** Random swap of EDA: two words change places. */
import { checkOptions, random } from '@parsimony/core';
import type { TextEdit } from './edits';
import { checkAlpha, editsOf } from './strength';
import type { TextTransform } from './text-transform';

export interface RandomSwapOptions {
  /** n = max(1, floor(alpha L)) swaps in a text of L words, in [0, 1]; 0 does nothing. Default 0.1. */
  readonly alpha?: number;
}

/**
 * Swaps two different places of the text, chosen uniformly, n = max(1, floor(alpha L)) times. Words keep their case, punctuation its
 * place. A text of fewer than two words stays as it is.
 *
 * @throws option: `alpha` outside [0, 1], or an unknown option.
 * @see Wei and Zou, "EDA: Easy Data Augmentation Techniques for Boosting Performance on Text Classification Tasks", arXiv:1901.11196.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augmentTexts, randomSwap } from '@parsimony/augment/text';
 * augmentTexts(['Hello, world!', 'Hello!'], randomSwap(), random.key(1)); // => ['world, Hello!', 'Hello!']
 * ```
 */
export function randomSwap(options: RandomSwapOptions = {}): TextTransform {
  const where = 'randomSwap';
  checkOptions(where, options, ['alpha']);
  const alpha = checkAlpha(where, options.alpha);
  return {
    technique: where,
    options: { alpha },
    draw(key, { length }): TextEdit[] {
      if (length < 2) return [];
      const below = random.integers(key);
      return Array.from({ length: editsOf(alpha, length) }, () => {
        const at = below(length);
        // Uniform over the other places.
        return { kind: 'swap', at, with: (at + 1 + below(length - 1)) % length };
      });
    },
  };
}
