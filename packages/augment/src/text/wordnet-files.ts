/** WordNet's own files, read where they lie: index lines found by binary search, synsets at their byte offsets. */
import { fail } from '@parsimony/core';

export type PartOfSpeech = 'noun' | 'verb' | 'adjective' | 'adverb';
export const partsOfSpeech: readonly PartOfSpeech[] = ['noun', 'verb', 'adjective', 'adverb'];
/** In the names of the files. */
export const suffixes: Readonly<Record<PartOfSpeech, string>> = { noun: 'noun', verb: 'verb', adjective: 'adj', adverb: 'adv' };

const latin1 = new TextDecoder('latin1');
const newline = 0x0a;

/** A file of lines sorted by their bytes, the first field ended by a space. */
export class SortedLines {
  constructor(readonly name: string, readonly bytes: Uint8Array) {}

  /** The line whose first field is `key`, without its end. */
  find(key: string): string | undefined {
    if (key === '') return undefined;
    let [low, high] = [0, this.bytes.length];
    while (low < high) {
      const start = this.#startOf(low + Math.floor((high - low) / 2), low);
      const line = this.lineAt(start);
      // The licence at the top begins with spaces, which come before every letter, as the space that ends a field does.
      const field = line.startsWith(' ') ? '' : line.slice(0, Math.max(0, line.indexOf(' ')));
      if (field === key) return line;
      if (field < key) low = start + line.length + 1;
      else high = start;
    }
    return undefined;
  }

  /** The line that begins at a byte. */
  lineAt(start: number): string {
    const end = this.bytes.indexOf(newline, start);
    return latin1.decode(this.bytes.subarray(start, end < 0 ? this.bytes.length : end));
  }

  #startOf(at: number, least: number): number {
    let start = at;
    while (start > least && this.bytes[start - 1] !== newline) start--;
    return start;
  }
}

/** Synset offsets of an index line, most frequent sense first. `lemma pos synset_cnt p_cnt [ptr…] sense_cnt tagsense_cnt offset…` */
export function offsetsOf(line: string, name: string): number[] {
  const fields = line.trim().split(' ');
  const count = Number(fields[2]);
  const offsets = fields.slice(6 + Number(fields[3])).map(Number);
  if (!Number.isInteger(count) || count < 1 || offsets.length !== count || !offsets.every(Number.isInteger)) {
    fail('data', `${name}: this line is not one of a WordNet index: ${JSON.stringify(line.slice(0, 60))}. Is the file damaged, or from another program?`);
  }
  return offsets;
}

/** The words of the synset at an offset. `offset lex_filenum ss_type w_cnt(hex) word lex_id [word lex_id…] …` */
export function wordsOf(data: SortedLines, offset: number): string[] {
  const fields = data.lineAt(offset).split(' ');
  const count = Number.parseInt(fields[3] ?? '', 16);
  const words = Array.from({ length: count > 0 ? count : 0 }, (_, i) => fields[4 + 2 * i] ?? '');
  if (Number(fields[0]) !== offset || fields[0]?.length !== 8 || words.length === 0 || words.includes('')) {
    fail('data', `${data.name}: expected a synset at byte ${offset}, found ${JSON.stringify(data.lineAt(offset).slice(0, 40))}. Do index and data files belong together?`);
  }
  // Adjectives may say where they stand: "galore(ip)".
  return words.map((word) => word.replace(/\((a|p|ip)\)$/, '').replaceAll('_', ' '));
}

type Ending = readonly [ending: string, base: string];
/** Morphy's rules of detachment, morphy(7WN). */
const endings: Readonly<Record<PartOfSpeech, readonly Ending[]>> = {
  noun: [['s', ''], ['ses', 's'], ['xes', 'x'], ['zes', 'z'], ['ches', 'ch'], ['shes', 'sh'], ['men', 'man'], ['ies', 'y']],
  verb: [['s', ''], ['ies', 'y'], ['es', 'e'], ['es', ''], ['ed', 'e'], ['ed', ''], ['ing', 'e'], ['ing', '']],
  adjective: [['er', ''], ['est', ''], ['er', 'e'], ['est', 'e']],
  adverb: [],
};

/** Base forms of a word as morphy(7WN) finds them: itself where it is one, those of the exceptions, else by its ending. */
export function baseForms(word: string, part: PartOfSpeech, index: SortedLines, exceptions: SortedLines | undefined): string[] {
  const listed = exceptions?.find(word)?.trim().split(' ').slice(1) ?? [];
  const forms = listed.length > 0 ? [word, ...listed] : [word, ...endings[part].flatMap(([ending, base]) => (word.length > ending.length && word.endsWith(ending) ? [word.slice(0, -ending.length) + base] : []))];
  return [...new Set(forms)].filter((form) => index.find(form) !== undefined);
}
