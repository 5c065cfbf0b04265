/** Synonym replacement of EDA: words become other words of the same meaning. */
import { checkOptions, random } from '@parsimony/core';
import type { TextEdit } from './edits';
import { stopWordTest } from './stop-words';
import { checkAlpha, editsOf } from './strength';
import { externalSynonyms, type SynonymSource, synonymsOf } from './synonyms';
import type { TextTransform } from './text-transform';
import { matchCase } from './words';

export interface SynonymOptions {
  /** Other words for a word: a map, a record, a function, or `await wordNet(folder)`. */
  readonly synonyms: SynonymSource;
  /** n = max(1, floor(alpha L)) words in a text of L, in [0, 1]; 0 does nothing. Default 0.1. */
  readonly alpha?: number;
  /** Words that stay as they are, in any case. Default `englishStopWords`. */
  readonly stopWords?: Iterable<string>;
}

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
  checkOptions(where, options, ['synonyms', 'alpha', 'stopWords']);
  const alpha = checkAlpha(where, options.alpha);
  const others = synonymsOf(where, options.synonyms);
  const isStopWord = stopWordTest(where, options.stopWords);
  return {
    technique: where,
    options: { synonyms: externalSynonyms, alpha, ...(options.stopWords && { stopWords: [...options.stopWords] }) },
    draw(key, words): TextEdit[] {
      const n = editsOf(alpha, words.length);
      const below = random.integers(random.foldIn(key, 'synonym'));
      const edits: TextEdit[] = [];
      for (const at of random.permutation(random.foldIn(key, 'place'), words.length)) {
        if (edits.length >= n) break;
        const word = words[at] as string;
        const choices = isStopWord(word) ? [] : others(word);
        if (choices.length > 0) edits.push({ kind: 'replace', at, by: matchCase(choices[below(choices.length)] as string, word) });
      }
      return edits;
    },
  };
}
