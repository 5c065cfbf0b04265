/** Random insertion of EDA: synonyms of words of the text, put anywhere in it. */
import { random } from '@parsimony/core';
import type { TextEdit } from './edits';
import { editsOf } from './strength';
import { checkSynonymOptions, type SynonymOptions } from './synonym-options';
import type { TextTransform } from './text-transform';

/**
 * Inserts n = max(1, floor(alpha L)) times a synonym of a word of the text at a place of it: word, synonym and place (before any word
 * or after the last) are chosen uniformly, the word among those that are no stop words and have synonyms. Where there is none, the text stays as it is.
 *
 * @throws option: `alpha` outside [0, 1], no source, or an unknown option. data: a source that gives no words.
 * @see Wei and Zou, arXiv:1901.11196.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augmentTexts, randomInsertion, splitWords } from '@parsimony/augment/text';
 * const [text = ''] = augmentTexts(['The dog barks.'], randomInsertion({ synonyms: { dog: ['hound'] } }), random.key(1));
 * splitWords(text).words.toSorted(); // => ['The', 'barks', 'dog', 'hound']
 * ```
 */
export function randomInsertion(options: SynonymOptions): TextTransform {
  const where = 'randomInsertion';
  const { alpha, json, othersOf } = checkSynonymOptions(where, options);
  return {
    technique: where,
    options: json,
    draw(key, words): TextEdit[] {
      const n = editsOf(alpha, words.length);
      const choices = n === 0 ? [] : words.map(othersOf).filter(({ length }) => length > 0);
      if (choices.length === 0) return [];
      const below = random.integers(key);
      return Array.from({ length: n }, (_, done) => {
        const of = choices[below(choices.length)] as readonly string[];
        return { kind: 'insert', word: of[below(of.length)] as string, at: below(words.length + done + 1) };
      });
    },
  };
}
