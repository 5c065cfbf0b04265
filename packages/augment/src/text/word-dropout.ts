/** Word dropout on texts: words become a word that says nothing. */
import { checkNumber, checkOptions, random } from '@parsimony/core';
import type { TextEdit } from './edits';
import type { TextTransform } from './text-transform';
import { checkText } from './words';

export interface TextWordDropoutOptions {
  /** Probability to drop each word, in [0, 1]. Default 0.1. */
  readonly p?: number;
  /** What stands in place of a dropped word: the unknown word of the vocabulary that will read the text. Default '[UNK]'. */
  readonly unknown?: string;
}

/**
 * Replaces each word by the unknown word with probability p, independently. Every word may go. `WordDropout` of
 * `@parsimony/dropout` does the same to tokens, inside a network.
 *
 * @throws option: `p` outside [0, 1], or an unknown option. data: `unknown` is no string.
 * @see Bowman et al., "Generating Sentences from a Continuous Space", arXiv:1511.06349, section 3.1.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augmentTexts, textWordDropout } from '@parsimony/augment/text';
 * augmentTexts(['So it goes.'], textWordDropout({ p: 1, unknown: '_' }), random.key(1)); // => ['_ _ _.']
 * ```
 */
export function textWordDropout(options: TextWordDropoutOptions = {}): TextTransform {
  const where = 'textWordDropout';
  checkOptions(where, options, ['p', 'unknown']);
  const p = checkNumber(where, 'p', options.p ?? 0.1, { min: 0, max: 1 });
  const by = checkText(where, options.unknown ?? '[UNK]', 'unknown');
  return {
    technique: where,
    options: { p, unknown: by },
    draw(key, { length }): TextEdit[] {
      return Array.from(random.bernoulli(key, length, p), (drop, at) => ({ drop, at })).filter(({ drop }) => drop === 1).map(({ at }) => ({ kind: 'replace', at, by }));
    },
  };
}
