/** Back-translation: into another language and back, by a translator that the caller gives. */
import { checkFunction, checkNumber, checkOptions, fail, show } from '@parsimony/core';
import { checkTexts } from './text-transform';

export interface Languages { readonly from: string; readonly to: string }

/** Translates texts; one for each, in the same order. */
export type Translate = (texts: readonly string[], languages: Languages) => readonly string[] | Promise<readonly string[]>;

export interface BackTranslateOptions {
  /** Language of the texts, by whatever name the translator knows it. Default 'en'. */
  readonly from?: string;
  /** The language they go through. Default 'de'. */
  readonly via?: string;
  /** Texts a call, 1 or more. Default 16. */
  readonly batchSize?: number;
  /** Batches under way at once, 1 or more. Default 1. */
  readonly concurrency?: number;
}

/**
 * Each text translated into another language and back. The order is kept; texts of nothing but white space are not sent. How much the result
 * differs from the text is the translator's: sampling gives more variety than its best guess.
 *
 * @throws data: a text that is no string; what the translator throws, or gives that is not one text for each, with the texts' indices.
 * option: an unknown option or one out of range.
 * @see Sennrich, Haddow and Birch, arXiv:1511.06709; as augmentation: Yu et al., arXiv:1804.09541.
 * @example
 * ```ts
 * import { backTranslate } from '@parsimony/augment/text';
 * const words = { en: ['big', 'house'], de: ['gross', 'Haus'] };
 * const translate = async (texts: readonly string[], { from, to }: { from: string; to: string }) =>
 *   texts.map((text) => (words as Record<string, string[]>)[to]?.[(words as Record<string, string[]>)[from]?.indexOf(text) ?? 0] ?? '');
 * await backTranslate(['house', '', 'big'], translate); // => ['house', '', 'big']
 * ```
 */
export async function backTranslate(texts: readonly string[], translate: Translate, options: BackTranslateOptions = {}): Promise<string[]> {
  const where = 'backTranslate';
  checkOptions(where, options, ['from', 'via', 'batchSize', 'concurrency']);
  checkFunction(where, 'translate', translate);
  const from = checkLanguage(where, 'from', options.from ?? 'en');
  const via = checkLanguage(where, 'via', options.via ?? 'de');
  const batchSize = checkNumber(where, 'batchSize', options.batchSize ?? 16, { min: 1, integer: true });
  const concurrency = checkNumber(where, 'concurrency', options.concurrency ?? 1, { min: 1, integer: true });
  const out = [...checkTexts(where, texts)];
  const sent = out.flatMap((text, i) => (text.trim() === '' ? [] : [i]));
  const batches = Array.from({ length: Math.ceil(sent.length / batchSize) }, (_, i) => sent.slice(i * batchSize, (i + 1) * batchSize));

  const run = async (): Promise<void> => {
    for (let ids = batches.shift(); ids; ids = batches.shift()) {
      const there = await translated(translate, ids.map((i) => out[i] as string), ids, { from, to: via });
      const back = await translated(translate, there, ids, { from: via, to: from });
      ids.forEach((id, i) => { out[id] = back[i] as string; });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, batches.length) }, run));
  } catch (error) {
    // What is under way ends; nothing more is sent.
    batches.length = 0;
    throw error;
  }
  return out;
}

async function translated(translate: Translate, texts: readonly string[], ids: readonly number[], languages: Languages): Promise<readonly string[]> {
  const what = `backTranslate: from '${languages.from}' to '${languages.to}', ${ids.length === 1 ? `text ${ids[0]}` : `texts ${ids[0]} to ${ids.at(-1)}`}`;
  let received: unknown;
  try {
    received = await translate(texts, languages);
  } catch (error) {
    return fail('data', `${what}: the translator threw: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (!Array.isArray(received) || received.length !== texts.length) {
    return fail('data', `${what}: the translator must give one text for each of ${texts.length}, received ${Array.isArray(received) ? `${received.length}` : show(received)}.`);
  }
  received.forEach((text: unknown, i) => {
    if (typeof text !== 'string') fail('data', `backTranslate: from '${languages.from}' to '${languages.to}', text ${ids[i]}: the translator must give a string, received ${show(text)}.`);
  });
  return received as string[];
}

function checkLanguage(where: string, name: string, value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : fail('option', `${where}: \`${name}\` must be the name of a language, received ${show(value)}.`);
}
