/** Changes of a text as data: what every technique draws, and the one function that applies them. */
import { fail, show } from '@parsimony/core';
import { checkText, joinWords, splitWords } from './words';

/** Places count words from 0 in the text as the edits before it have left it. */
export type TextEdit =
  | { readonly kind: 'replace'; readonly at: number; readonly by: string }
  | { readonly kind: 'insert'; readonly at: number; readonly word: string }
  | { readonly kind: 'swap'; readonly at: number; readonly with: number }
  | { readonly kind: 'delete'; readonly at: number };

/** What was drawn for one text: JSON, so that it can be replayed. */
export type TextPlan = {
  /** Language by whose rules the words were found. */
  readonly locale: string;
  /** Words of the text it was drawn for; another number is another text. */
  readonly words: number;
  readonly edits: readonly TextEdit[];
};

interface Draft { words: string[]; gaps: string[] }

/**
 * The text changed as the plan says. Punctuation and spaces stay where they are; a word that goes takes one run of spaces along, one
 * that comes brings one, unless its neighbours are written without (as in Chinese). Without edits the text is as it was, to the last character.
 *
 * @throws data: a text of another number of words than the plan's, or an edit that reaches beyond them.
 * @example
 * ```ts
 * import { applyText } from '@parsimony/augment/text';
 * const edits = [{ kind: 'replace', at: 0, by: 'Fast' }, { kind: 'delete', at: 1 }] as const;
 * applyText('Quick, brown fox!', { locale: 'en', words: 3, edits }); // => 'Fast, fox!'
 * ```
 */
export function applyText(text: string, plan: TextPlan): string {
  const where = 'applyText';
  const { words, gaps } = splitWords(checkText(where, text), plan.locale);
  if (words.length !== plan.words) {
    fail('data', `${where}: the plan was drawn for a text of ${plan.words} words, received one of ${words.length}: ${show(text)}. Plans go with the texts they were drawn for, in the same order.`);
  }
  return joinWords(edited({ words: [...words], gaps: [...gaps] }, plan.edits, where));
}

/** The words that are left after edits. */
export function editWords(words: readonly string[], edits: readonly TextEdit[]): readonly string[] {
  return edited({ words: [...words], gaps: Array.from({ length: words.length + 1 }, () => ' ') }, edits, 'editWords').words;
}

function edited(draft: Draft, edits: readonly TextEdit[], where: string): Draft {
  for (const edit of edits) {
    const { words } = draft;
    const place = (i: number, end = words.length): number => {
      if (Number.isInteger(i) && i >= 0 && i < end) return i;
      return fail('data', `${where}: the edit ${show(edit)} reaches beyond the ${words.length} words of the text.`);
    };
    switch (edit.kind) {
      case 'replace': words[place(edit.at)] = edit.by; break;
      case 'swap': {
        const [i, j] = [place(edit.at), place(edit.with)];
        [words[i], words[j]] = [words[j] as string, words[i] as string];
        break;
      }
      case 'insert': insert(draft, place(edit.at, words.length + 1), edit.word); break;
      case 'delete': remove(draft, place(edit.at)); break;
      default: fail('data', `${where}: an edit must be of kind 'replace', 'insert', 'swap' or 'delete', received ${show(edit)}.`);
    }
  }
  return draft;
}

function insert({ words, gaps }: Draft, at: number, word: string): void {
  const last = at === words.length;
  // The gap between this place and its neighbour says how words are set apart here.
  const near = last ? gaps[at - 1] : gaps[at];
  const space = words.length > 1 && near === '' && at > 0 ? '' : ' ';
  words.splice(at, 0, word);
  gaps.splice(last && at > 0 ? at : at + 1, 0, space);
}

function remove({ words, gaps }: Draft, at: number): void {
  const [before = '', after = ''] = [gaps[at], gaps[at + 1]];
  words.splice(at, 1);
  gaps.splice(at, 2, /^\s/.test(after) ? before + after.trimStart() : before.trimEnd() + after);
}
