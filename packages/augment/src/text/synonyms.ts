/** Where synonyms come from: anything that gives other words for a word. */
import { fail, show } from '@parsimony/core';

/** A map, a record or a function from a word to other words for it; `wordNet` gives one. None: an empty list, or undefined. */
export type SynonymSource =
  | ReadonlyMap<string, readonly string[]>
  | Readonly<Record<string, readonly string[]>>
  | ((word: string) => readonly string[] | undefined);

/** Asks a source for a word as it is written, then in small letters; what comes back is checked, and the word itself left out. */
export function synonymsOf(where: string, source: SynonymSource): (word: string) => readonly string[] {
  const ask = asker(where, source);
  return (word) => {
    const small = word.toLowerCase();
    let found: unknown;
    try {
      found = ask(word) ?? (small === word ? undefined : ask(small)) ?? [];
    } catch (error) {
      return fail('data', `${where}: the source of synonyms threw for ${show(word)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    if (!Array.isArray(found) || !found.every((other) => typeof other === 'string' && other !== '')) {
      return fail('data', `${where}: the source of synonyms must give a list of words for ${show(word)}, received ${show(found)}.`);
    }
    return (found as string[]).filter((other) => other.toLowerCase() !== small);
  };
}

function asker(where: string, source: SynonymSource): (word: string) => unknown {
  if (typeof source === 'function') return source;
  if (source instanceof Map) return (word) => source.get(word) as unknown;
  if (source !== null && typeof source === 'object' && !Array.isArray(source)) {
    const record = source as Readonly<Record<string, readonly string[]>>;
    // A text may well hold the word "constructor".
    return (word) => (Object.hasOwn(record, word) ? record[word] : undefined);
  }
  return fail('option', `${where}: \`synonyms\` must be a map, a record or a function from a word to other words, received ${show(source)}. \`await wordNet(folder)\` gives one.`);
}

/** How a source stands in options that are written down. */
export const externalSynonyms = { external: 'synonyms' } as const;
