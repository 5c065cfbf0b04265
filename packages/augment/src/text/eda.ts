/** EDA: several variants of a text by its four techniques. */
import { checkNumber, checkOptions, random, type RngKey } from '@parsimony/core';
import { applyText, type TextPlan } from './edits';
import { randomDeletion } from './random-deletion';
import { randomInsertion } from './random-insertion';
import { randomSwap } from './random-swap';
import { checkAlpha } from './strength';
import { synonymReplacement } from './synonym-replacement';
import type { SynonymSource } from './synonyms';
import { checkTexts, drawText, type TextTransform } from './text-transform';

export interface EdaOptions {
  /** For replacement and insertion: a map, a record, a function, or `await wordNet(folder)`. */
  readonly synonyms: SynonymSource;
  /** Share of the words that changes, in [0, 1]: n = max(1, floor(alpha L)) of L, and the probability to delete. Default 0.1. */
  readonly alpha?: number;
  /** Variants a text. Default 4. */
  readonly nAug?: number;
  /** Words that are neither replaced nor a source of insertions. Default `englishStopWords`. */
  readonly stopWords?: Iterable<string>;
  /** Language of the texts. Default 'en'. */
  readonly locale?: string;
}

const known = ['synonyms', 'alpha', 'nAug', 'stopWords', 'locale'];

/**
 * What makes nAug variants of a text: each one technique, every technique as often as the others (floor(nAug / 4) + 1 of each, of which
 * nAug are taken at random, as in the authors' program).
 *
 * @throws as `eda`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { drawEda } from '@parsimony/augment/text';
 * drawEda(random.key(1), 'a quick dog', { synonyms: { dog: ['hound'] }, nAug: 9 }).length; // => 9
 * ```
 */
export function drawEda(key: RngKey, text: string, options: EdaOptions): TextPlan[] {
  const { techniques, nAug, locale } = checkEda('drawEda', options);
  const each = Math.floor(nAug / techniques.length) + 1;
  const order = random.permutation(random.foldIn(key, 'order'), each * techniques.length).subarray(0, nAug);
  return Array.from(order, (i, variant) => drawText(random.foldIn(key, `variant ${variant}`), text, techniques[i % techniques.length] as TextTransform, { locale }));
}

/**
 * nAug variants of a text by synonym replacement, random insertion, random swap and random deletion. The text itself is not among
 * them, save where nothing in it could change. The paper's table 3: alpha 0.05 and 16 variants for 500 texts, 0.05 and 8 for 2,000, 0.1
 * and 4 from 5,000 on.
 *
 * @throws option: `alpha` outside [0, 1], `nAug` no whole number, no source, or an unknown option. data: no text, a source that gives no words.
 * @see Wei and Zou, arXiv:1901.11196.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { eda } from '@parsimony/augment/text';
 * eda('a quick dog', random.key(1), { synonyms: { quick: ['fast'], dog: ['hound'] } }).length; // => 4
 * eda('', random.key(1), { synonyms: {}, nAug: 1 }); // => ['']
 * ```
 */
export function eda(text: string, key: RngKey, options: EdaOptions): string[] {
  return drawEda(key, text, options).map((plan) => applyText(text, plan));
}

export interface EdaTexts {
  /** Each text, then its variants. */
  readonly texts: readonly string[];
  /** Which of the texts given each comes from: `sources.map((i) => labels[i])` are the labels. */
  readonly sources: readonly number[];
}

/**
 * A whole training set enlarged as in the paper: every text, followed by its variants.
 *
 * @throws as `eda`.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { edaTexts } from '@parsimony/augment/text';
 * const { texts, sources } = edaTexts(['a good film', 'a bad film'], random.key(1), { synonyms: { film: ['movie'] }, nAug: 2 });
 * [texts.length, texts[0], sources]; // => [6, 'a good film', [0, 0, 0, 1, 1, 1]]
 * ```
 */
export function edaTexts(texts: readonly string[], key: RngKey, options: EdaOptions): EdaTexts {
  checkEda('edaTexts', options);
  const all = checkTexts('edaTexts', texts).map((text, i) => [text, ...eda(text, random.foldIn(key, `text ${i}`), options)]);
  return { texts: all.flat(), sources: all.flatMap((group, i) => group.map(() => i)) };
}

function checkEda(where: string, options: EdaOptions): { readonly techniques: readonly TextTransform[]; readonly nAug: number; readonly locale: string } {
  checkOptions(where, options, known);
  const alpha = checkAlpha(where, options.alpha);
  const nAug = checkNumber(where, 'nAug', options.nAug ?? 4, { min: 1, integer: true });
  const { synonyms, stopWords, locale = 'en' } = options;
  const words = { synonyms, alpha, ...(stopWords && { stopWords }) };
  return { techniques: [synonymReplacement(words), randomInsertion(words), randomSwap({ alpha }), randomDeletion({ p: alpha })], nAug, locale };
}
