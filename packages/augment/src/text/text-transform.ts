/** A technique on texts as a value: what it is called, its options, and how it draws. */
import { checkNumber, checkOptions, fail, type Json, random, type RngKey, show } from '@parsimony/core';
import { applyText, type TextEdit, type TextPlan } from './edits';
import { checkText, splitWords } from './words';

/** A description of a random change of texts. `technique` and `options` are its JSON form; sources of synonyms stand there as `{ external }`. */
export interface TextTransform {
  readonly technique: string;
  readonly options: Readonly<Record<string, Json>>;
  /** The edits of one text of these words. */
  draw(key: RngKey, words: readonly string[]): readonly TextEdit[];
}

export interface DrawTextOptions {
  /** Language of the texts, by whose rules words are found. Default 'en'. */
  readonly locale?: string;
}

export interface AugmentTextsOptions extends DrawTextOptions {
  /** Probability that a text is changed at all, in [0, 1]. Default 1. */
  readonly p?: number;
}

/**
 * What a transform does to one text, drawn from the key, as JSON. `applyText` applies it.
 *
 * @throws data: no text. option: no transform, or no language tag.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { applyText, drawText, randomSwap } from '@parsimony/augment/text';
 * const plan = drawText(random.key(1), 'one two', randomSwap({ alpha: 0.1 }));
 * applyText('one two', JSON.parse(JSON.stringify(plan))); // => 'two one'
 * ```
 */
export function drawText(key: RngKey, text: string, transform: TextTransform, options: DrawTextOptions = {}): TextPlan {
  checkOptions('drawText', options, ['locale']);
  const { locale = 'en' } = options;
  const { words } = splitWords(checkText('drawText', text), locale);
  return { locale, words: words.length, edits: checkTransform('drawText', transform).draw(key, words) };
}

/**
 * Each text changed by a transform with a key of its own: text i by that of `foldIn(key, 'text i')`, whatever the others are. Give the
 * texts of a batch, ahead of what makes numbers of them, with the key of the step; as a plugin: `textAugmentation`.
 *
 * @throws data: a text that is no string. option: no transform, `p` outside [0, 1], no language tag.
 * @example
 * ```ts
 * import { random } from '@parsimony/core';
 * import { augmentTexts, randomDeletion } from '@parsimony/augment/text';
 * const texts = ['A good film, really.', ''];
 * augmentTexts(texts, randomDeletion({ p: 0 }), random.key(1)); // => ['A good film, really.', '']
 * augmentTexts(texts, randomDeletion({ p: 1 }), random.key(1)).length; // => 2
 * ```
 */
export function augmentTexts(texts: readonly string[], transform: TextTransform, key: RngKey, options: AugmentTextsOptions = {}): string[] {
  const where = 'augmentTexts';
  checkOptions(where, options, ['p', 'locale']);
  const p = checkNumber(where, 'p', options.p ?? 1, { min: 0, max: 1 });
  checkTransform(where, transform);
  return checkTexts(where, texts).map((text, i) => {
    const own = random.foldIn(key, `text ${i}`);
    if (p < 1 && random.bernoulli(random.foldIn(own, 'apply'), 1, p)[0] !== 1) return text;
    return applyText(text, drawText(own, text, transform, options.locale === undefined ? {} : { locale: options.locale }));
  });
}

/** Refuses anything but a list of strings; returns it. */
export function checkTexts(where: string, texts: unknown): readonly string[] {
  if (!Array.isArray(texts)) return fail('data', `${where}: \`texts\` must be an array of strings, received ${show(texts)}.`);
  texts.forEach((text, i) => checkText(where, text, `texts[${i}]`));
  return texts as string[];
}

/** Refuses anything but a transform; returns it. */
export function checkTransform(where: string, transform: unknown): TextTransform {
  if (typeof (transform as TextTransform | null)?.draw === 'function' && typeof (transform as TextTransform).technique === 'string') return transform as TextTransform;
  return fail('option', `${where}: \`transform\` must be a text transform, such as randomSwap(), received ${show(transform)}.`);
}
