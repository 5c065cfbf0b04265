import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyText, type TextEdit } from './edits';
import { joinWords, matchCase, splitWords } from './words';

const change = (text: string, edits: readonly TextEdit[], locale = 'en'): string => applyText(text, { locale, words: splitWords(text, locale).words.length, edits });

describe('splitWords', () => {
  test.each([
    ['', [], ['']],
    ['  ', [], ['  ']],
    ['word', ['word'], ['', '']],
    ['¿Qué tal, señor?', ['Qué', 'tal', 'señor'], ['¿', ' ', ', ', '?']],
    ["It's e-mail – 3.5 kg.", ["It's", 'e-mail', '3.5', 'kg'], ['', ' ', ' – ', ' ', '.']],
    ['-5 - a--b-', ['5', 'a', 'b'], ['-', ' - ', '--', '-']],
    ['👩‍👩‍👧 cafe\u0301 🙂!', ['cafe\u0301'], ['👩‍👩‍👧 ', ' 🙂!']],
    ['\ud800 lone', ['lone'], ['\ud800 ', '']],
  ])('%j', (text, words, gaps) => expect(splitWords(text)).toEqual({ words, gaps }));

  test('a language without spaces', () => {
    expect(splitWords('私は本を読む。', 'ja').words.length).toBeGreaterThan(3);
    expect(new Set(splitWords('我喜欢读书', 'zh').gaps)).toEqual(new Set(['']));
  });

  test('joined again it is the text, to the last code unit', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', 'B', '-', "'", ' ', '.', '\n', 'é', '私', '🙂') })), (text) => {
      const split = splitWords(text);
      expect(split.gaps.length).toBe(split.words.length + 1);
      expect(joinWords(split)).toBe(text);
      expect(change(text, [])).toBe(text);
    }));
  });

  test('errors', () => {
    expect(() => splitWords(3 as never)).toThrow('splitWords: `text` must be a string, received 3.');
    expect(() => splitWords('a', 'no language')).toThrow("splitWords: `locale` must be a language tag such as 'en' or 'ja', received \"no language\".");
  });
});

test('matchCase', () => {
  for (const [word, as, expected] of [
    ['quick', 'FAST', 'QUICK'], ['quick', 'Fast', 'Quick'], ['quick', 'fast', 'quick'], ['hot dog', 'Sausage', 'Hot dog'], ['one', 'A', 'One'], ['über', 'ÄRGER', 'ÜBER'],
    ['élan', 'Vim', 'Élan'], ['', 'Fast', ''], ['word', '3rd', 'word'], ['𐐨𐐩', 'Big', '𐐀𐐩'],
  ] as const) expect(matchCase(word, as)).toBe(expected);
});

describe('applyText', () => {
  const drop = (text: string, at: number) => change(text, [{ kind: 'delete', at }]);
  test.each([
    ['a big dog', 1, 'a dog'], ['a big, dog', 1, 'a, dog'], ['"Big dogs" bark', 0, '"dogs" bark'], ['the end.', 1, 'the.'], ['the end', 1, 'the'], ['the end', 0, 'end'],
    ['a (big) dog', 1, 'a () dog'], ['one, big dog', 1, 'one, dog'], ['only', 0, ''], ['line\nbig dog', 1, 'line\ndog'],
  ])('without a word of %j', (text, at, expected) => expect(drop(text, at)).toBe(expected));

  const put = (text: string, at: number, locale?: string) => change(text, [{ kind: 'insert', at, word: 'X' }], locale);
  test.each([
    ['a dog.', 0, 'X a dog.'], ['a dog.', 1, 'a X dog.'], ['a dog.', 2, 'a dog X.'], ['(a dog)', 0, '(X a dog)'], ['a, dog', 1, 'a, X dog'], ['one', 1, 'one X'], ['one', 0, 'X one'], ['', 0, 'X '],
  ])('with a word more: %j at %d', (text, at, expected) => expect(put(text, at)).toBe(expected));

  test('where words are written without spaces, none comes in', () => {
    const { words } = splitWords('我喜欢读书', 'zh');
    expect(put('我喜欢读书', 1, 'zh')).toBe(`${words[0]}X${words.slice(1).join('')}`);
    expect(put('我喜欢读书', words.length, 'zh')).toBe('我喜欢读书X');
    expect(change('我喜欢读书', [{ kind: 'delete', at: 0 }], 'zh')).toBe(words.slice(1).join(''));
  });

  test('edits go one after the other', () => {
    expect(change('One two, three!', [{ kind: 'swap', at: 0, with: 2 }, { kind: 'delete', at: 1 }, { kind: 'insert', at: 2, word: 'four' }, { kind: 'replace', at: 0, by: 'Five' }])).toBe('Five, One four!');
  });

  test('errors', () => {
    expect(() => applyText('a b', { locale: 'en', words: 3, edits: [] })).toThrow('applyText: the plan was drawn for a text of 3 words, received one of 2: "a b".');
    expect(() => change('a b', [{ kind: 'delete', at: 2 }])).toThrow('reaches beyond the 2 words of the text');
    expect(() => change('a b', [{ kind: 'swap', at: 0, with: -1 }])).toThrow('reaches beyond');
    expect(() => change('a b', [{ kind: 'insert', at: 3, word: 'c' }])).toThrow('reaches beyond');
    expect(() => change('a b', [{ kind: 'turn', at: 0 } as never])).toThrow("an edit must be of kind 'replace', 'insert', 'swap' or 'delete'");
  });
});
