/** Synonym replacement of EDA: words become other words of the same meaning. */
import { random } from '@parsimony/core';
import type { TextEdit } from './edits';
import { editsOf } from './strength';
import { checkSynonymOptions, type SynonymOptions } from './synonym-options';
import type { TextTransform } from './text-transform';
import { matchCase } from './words';

/**
 * Replaces n = max(1, floor(alpha L)) different words of the text, each by one of its synonyms, chosen uniformly and written in the
 * case of the word. Stop words and words without synonyms are passed over; where fewer are left, all of these are replaced.
 *
 * @throws option: `alpha` outside [0, 1], no source, or an unknown option. data: a source that gives no words.
 * @see Wei and Zou, arXiv:1901.11196. The authors' program replaces every occurrence of a chosen word; here each place is chosen for itself, as the paper says.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augmentTexts, synonymReplacement } from '@parsimony/augment/text';
 * const synonyms = { quick: ['fast'], dog: ['hound'] };
 * augmentTexts(['The Quick dog.'], synonymReplacement({ synonyms, alpha: 1 }), random.key(1)); // => ['The Fast hound.']
 * augmentTexts(['So be it.', ''], synonymReplacement({ synonyms }), random.key(1)); // => ['So be it.', '']
 * ```
 */
export function synonymReplacement(options: SynonymOptions): TextTransform {
  const where = 'synonymReplacement';
  const { alpha, json, othersOf } = checkSynonymOptions(where, options);
  return {
    technique: where,
    options: json,
    draw(key, words): TextEdit[] {
      const n = editsOf(alpha, words.length);
      const below = random.integers(random.foldIn(key, 'synonym'));
      const edits: TextEdit[] = [];
      for (const at of random.permutation(random.foldIn(key, 'place'), words.length)) {
        if (edits.length >= n) break;
        const word = words[at] as string;
        const choices = othersOf(word);
        if (choices.length > 0) edits.push({ kind: 'replace', at, by: matchCase(choices[below(choices.length)] as string, word) });
      }
      return edits;
    },
  };
}
