/** Synonyms from WordNet's files, as Debian's package wordnet-base installs them. */
import { checkBoolean, checkChoice, checkNumber, checkOptions, fail, nodeModule, show } from '@parsimony/core';
import { baseForms, offsetsOf, type PartOfSpeech, partsOfSpeech, SortedLines, suffixes, wordsOf } from './wordnet-files';

export type { PartOfSpeech } from './wordnet-files';

export interface WordNetOptions {
  /** Of which synonyms are taken. Default: all four. */
  readonly partsOfSpeech?: readonly PartOfSpeech[];
  /** Senses of a word that count in each part of speech, the most frequent first; 1 or more. Default: all, as the paper of EDA does. */
  readonly senses?: number;
  /** Whether inflected words are looked up by their base forms (dogs: dog), which are what comes back. Default true. */
  readonly morphology?: boolean;
}

/** WordNet's files by name, such as `index.noun`, `data.noun` and `noun.exc`: what `wordNet` reads from a folder, for pages that fetch them. */
export type WordNetFiles = Readonly<Record<string, Uint8Array>>;

/** A source of synonyms on WordNet: the words of all synsets of a word, each once, without the word itself. */
export type WordNet = (word: string) => readonly string[];

const known = ['partsOfSpeech', 'senses', 'morphology'];

/**
 * Synonyms from a folder with WordNet's files, in Node: `index.noun`, `data.noun` and so on, and `noun.exc` and so on where they are there.
 * Memory holds the files as they are (29 MB for WordNet 3.0); a word is looked up once. The words of a synset come with spaces for
 * underscores, in WordNet's order: parts of speech, then senses by frequency.
 *
 * @param folder - Default: where Debian's wordnet-base puts them, /usr/share/wordnet.
 * @throws file: a file is missing or unreadable. data: a file that is not WordNet's. option: a bad option.
 * @see wndb(5WN) for the format, morphy(7WN) for base forms; Fellbaum (ed.), "WordNet: An Electronic Lexical Database" (1998).
 * @example
 * ```ts no-run
 * import { random } from '@parsimony/core';
 * import { eda, wordNet } from '@parsimony/augment/text';
 * const synonyms = await wordNet('/usr/share/wordnet');
 * synonyms('quickly').includes('rapidly'); // true
 * eda('a quick brown fox', random.key(1), { synonyms });
 * ```
 */
export async function wordNet(folder = '/usr/share/wordnet', options: WordNetOptions = {}): Promise<WordNet> {
  const where = 'wordNet';
  checkOptions(where, options, known);
  if (typeof folder !== 'string' || folder === '') fail('option', `${where}: expected a folder, received ${show(folder)}.`);
  const { readFile } = await nodeModule<typeof import('node:fs/promises')>('node:fs/promises');
  const files: Record<string, Uint8Array> = {};
  for (const part of checkParts(where, options.partsOfSpeech)) {
    for (const name of [`index.${suffixes[part]}`, `data.${suffixes[part]}`, `${suffixes[part]}.exc`]) {
      try {
        files[name] = await readFile(`${folder}/${name}`);
      } catch (error) {
        if (name.endsWith('.exc')) continue;
        fail('file', `${where}: ${folder}/${name}: could not be read (${(error as Error).message}). On Debian, \`apt-get install wordnet-base\` puts it into /usr/share/wordnet.`, { cause: error });
      }
    }
  }
  return wordNetOf(files, options);
}

/**
 * Synonyms from the bytes of WordNet's files.
 *
 * @throws file: a file is missing. data: a file that is not WordNet's. option: a bad option.
 * @see wndb(5WN).
 * @example
 * ```ts
 * import { wordNetOf } from '@parsimony/augment/text';
 * const bytes = (text: string) => new TextEncoder().encode(text);
 * const synonyms = wordNetOf({
 *   'index.adv': bytes('fast r 1 0 1 0 00000000\n'), 'data.adv': bytes('00000000 02 r 02 fast 0 at_speed 0 000 | quickly\n'),
 * }, { partsOfSpeech: ['adverb'] });
 * synonyms('Fast'); // => ['at speed']
 * ```
 */
export function wordNetOf(files: WordNetFiles, options: WordNetOptions = {}): WordNet {
  const where = 'wordNetOf';
  checkOptions(where, options, known);
  const senses = options.senses === undefined ? Number.POSITIVE_INFINITY : checkNumber(where, 'senses', options.senses, { min: 1, integer: true });
  const morphology = checkBoolean(where, 'morphology', options.morphology ?? true);
  const open = (name: string): SortedLines => new SortedLines(name, files[name] ?? fail('file', `${where}: the file ${name} is missing; received ${Object.keys(files).join(', ') || 'none'}.`));
  const parts = checkParts(where, options.partsOfSpeech).map((part) => {
    const suffix = suffixes[part];
    const exceptions = `${suffix}.exc`;
    return { part, index: open(`index.${suffix}`), data: open(`data.${suffix}`), exceptions: files[exceptions] && open(exceptions) };
  });

  const lookUp = (lemma: string): readonly string[] => parts.flatMap(({ part, index, data, exceptions }) => {
    const forms = morphology ? baseForms(lemma, part, index, exceptions) : [lemma];
    return forms.flatMap((form) => {
      const line = index.find(form);
      return line === undefined ? [] : offsetsOf(line, index.name).slice(0, senses).flatMap((offset) => wordsOf(data, offset));
    });
  });
  const cache = new Map<string, readonly string[]>();
  return (word) => {
    const lemma = word.toLowerCase().replaceAll(' ', '_');
    let found = cache.get(lemma);
    if (!found) {
      const own = lemma.replaceAll('_', ' ');
      const seen = new Set<string>();
      found = lookUp(lemma).filter((other) => {
        const small = other.toLowerCase();
        return small !== own && !seen.has(small) && seen.add(small);
      });
      cache.set(lemma, found);
    }
    return found;
  };
}

function checkParts(where: string, parts: readonly PartOfSpeech[] = partsOfSpeech): readonly PartOfSpeech[] {
  if (!Array.isArray(parts) || parts.length === 0) fail('option', `${where}: \`partsOfSpeech\` must be a list of one or more, received ${show(parts)}.`);
  return parts.map((part, i) => checkChoice(where, `partsOfSpeech[${i}]`, part, partsOfSpeech));
}
