/** A text as its words and what stands between them, so that words can be changed and punctuation and spaces stay. */
import { fail, show } from '@parsimony/core';

export interface Words {
  /** The words, in order. */
  readonly words: readonly string[];
  /** What stands before each word, and after the last: one more than words. */
  readonly gaps: readonly string[];
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenter(where: string, locale: unknown): Intl.Segmenter {
  const known = segmenters.get(locale as string);
  if (known) return known;
  try {
    if (typeof locale !== 'string') throw new RangeError('not a string');
    const made = new Intl.Segmenter(locale, { granularity: 'word' });
    segmenters.set(locale, made);
    return made;
  } catch (error) {
    return fail('option', `${where}: \`locale\` must be a language tag such as 'en' or 'ja', received ${show(locale)}.`, { cause: error });
  }
}

/**
 * Splits a text by Unicode's rules for words (UAX 29, and dictionaries for languages without spaces), as `Intl.Segmenter` has them;
 * words joined by a hyphen are one. `gaps[0] + words[0] + gaps[1] + …` is the text again.
 *
 * @param locale - A BCP 47 language tag. Default 'en'.
 * @throws option: no text, or no language tag.
 * @see Unicode Standard Annex 29, "Unicode Text Segmentation", section 4.
 * @example
 * ```ts
 * import { splitWords } from '@parsimony/augment/text';
 * const { words, gaps } = splitWords("Don't stop: well-known, 3.14!");
 * words; // => ["Don't", 'stop', 'well-known', '3.14']
 * gaps; // => ['', ' ', ': ', ', ', '!']
 * ```
 */
export function splitWords(text: string, locale = 'en'): Words {
  const where = 'splitWords';
  const words: string[] = [];
  const gaps = [''];
  for (const { segment, isWordLike } of segmenter(where, locale).segment(checkText(where, text))) {
    const last = gaps.length - 1;
    if (!isWordLike) gaps[last] += segment;
    else if (gaps[last] === '-' && words.length > 0) {
      words[last - 1] += `-${segment}`;
      gaps[last] = '';
    } else {
      words.push(segment);
      gaps.push('');
    }
  }
  return { words, gaps };
}

/** The text of words and gaps. */
export const joinWords = ({ words, gaps }: Words): string => gaps.reduce((text, gap, i) => `${text}${gap}${words[i] ?? ''}`, '');

/** Refuses anything but a string; returns it. */
export function checkText(where: string, text: unknown, name = 'text'): string {
  return typeof text === 'string' ? text : fail('data', `${where}: \`${name}\` must be a string, received ${show(text)}.`);
}

/**
 * A word cased as another one: all capitals as all capitals, one with a capital in front likewise, else as it is.
 *
 * @example
 * ```ts
 * import { matchCase } from '@parsimony/augment/text';
 * [matchCase('quick', 'Fast'), matchCase('quick', 'FAST'), matchCase('Paris', 'town')]; // => ['Quick', 'QUICK', 'Paris']
 * ```
 */
export function matchCase(word: string, as: string): string {
  const [first = '', ...rest] = as;
  const isCapital = (letter: string): boolean => letter !== letter.toLowerCase();
  if (!isCapital(first)) return word;
  const letters = rest.filter((letter) => letter.toLowerCase() !== letter.toUpperCase());
  if (letters.length > 0 && letters.every(isCapital)) return word.toUpperCase();
  const [initial = '', ...tail] = word;
  return initial.toUpperCase() + tail.join('');
}
