/** The options of techniques that take synonyms. */
import { checkOptions, type Json } from '@parsimony/core';
import { stopWordTest } from './stop-words';
import { checkAlpha } from './strength';
import { externalSynonyms, type SynonymSource, synonymsOf } from './synonyms';

export interface SynonymOptions {
  /** Other words for a word: a map, a record, a function, or `await wordNet(folder)`. */
  readonly synonyms: SynonymSource;
  /** n = max(1, floor(alpha L)) words in a text of L, in [0, 1]; 0 does nothing. Default 0.1. */
  readonly alpha?: number;
  /** Words that stay as they are, in any case. Default `englishStopWords`. */
  readonly stopWords?: Iterable<string>;
}

interface CheckedSynonymOptions {
  readonly alpha: number;
  /** As they stand in JSON. */
  readonly json: Readonly<Record<string, Json>>;
  /** What may stand for a word: none for a stop word. */
  readonly othersOf: (word: string) => readonly string[];
}

export function checkSynonymOptions(where: string, options: SynonymOptions): CheckedSynonymOptions {
  checkOptions(where, options, ['synonyms', 'alpha', 'stopWords']);
  const alpha = checkAlpha(where, options.alpha);
  const others = synonymsOf(where, options.synonyms);
  const isStopWord = stopWordTest(where, options.stopWords);
  return {
    alpha,
    json: { synonyms: externalSynonyms, alpha, ...(options.stopWords && { stopWords: [...options.stopWords] }) },
    othersOf: (word) => (isStopWord(word) ? [] : others(word)),
  };
}
