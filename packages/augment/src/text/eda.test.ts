import { random } from '@parsimony/core';
import { expectDropRate, expectMoments } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { applyText, augmentTexts, chooseText, composeText, drawEda, drawText, eda, edaTexts, englishStopWords, parseTextTransform, randomDeletion, randomInsertion, randomSwap, splitWords, synonymReplacement, type TextTransform, textWordDropout } from './index';

const key = random.key(5);
const step = (i: number) => random.at(key, { step: i });
/** Ten words without stop words, w0 to w9, each with two synonyms, a and b of its number. */
const text = Array.from({ length: 10 }, (_, i) => `w${i}`).join(' ');
const synonyms = (word: string): string[] => (/^w\d$/.test(word) ? [`a${word.slice(1)}`, `b${word.slice(1)}`] : []);
const wordsOf = (s: string) => splitWords(s).words;
const many = (transform: TextTransform, n = 2000): string[] => Array.from({ length: n }, (_, i) => applyText(text, drawText(step(i), text, transform)));

/** Chi-squared against equal shares, below what a right generator exceeds once in 300,000 seeds (4.5 standard deviations, by Wilson and Hilferty's cube root). */
function expectEqualShares(counts: readonly number[]): void {
  const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
  const df = counts.length - 1;
  expect(counts.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0)).toBeLessThan(df * (1 - 2 / (9 * df) + 4.5 * Math.sqrt(2 / (9 * df))) ** 3);
}

describe('how many words change: max(1, floor(alpha L))', () => {
  test.each([[0.1, 10, 1], [0.1, 19, 1], [0.1, 20, 2], [0.3, 10, 3], [0.05, 10, 1], [0.1, 1, 1], [1, 4, 4], [0, 10, 0]])('alpha %d of %d words: %d', (alpha, length, n) => {
    const words = Array.from({ length }, (_, i) => `w${i % 10}`);
    expect(synonymReplacement({ synonyms, alpha }).draw(key, words).length).toBe(n);
    expect(randomInsertion({ synonyms, alpha }).draw(key, words).length).toBe(n);
    expect(randomSwap({ alpha }).draw(key, words).length).toBe(length < 2 ? 0 : n);
  });
});

describe('synonym replacement', () => {
  test('changes n different words into synonyms, all places and synonyms alike', () => {
    const places = new Array<number>(10).fill(0);
    const chosen = { a: 0, b: 0 };
    for (const result of many(synonymReplacement({ synonyms, alpha: 0.3 }))) {
      const changed = wordsOf(result).flatMap((word, i) => (word === `w${i}` ? [] : [{ word, i }]));
      expect(changed).toHaveLength(3);
      for (const { word, i } of changed) {
        expect(synonyms(`w${i}`)).toContain(word);
        places[i] = (places[i] ?? 0) + 1;
        chosen[word[0] as 'a' | 'b']++;
      }
    }
    expectEqualShares(places);
    expectEqualShares([chosen.a, chosen.b]);
  });

  test('passes over stop words and words without synonyms, takes the case of the word', () => {
    const made = synonymReplacement({ synonyms: new Map([['the', ['x']], ['dog', ['hound']], ['cat', ['Cat', 'CAT']]]), alpha: 1 });
    expect(augmentTexts(['The DOG, the Dog; a cat!'], made, key)).toEqual(['The HOUND, the Hound; a cat!']);
    const none = synonymReplacement({ synonyms: { the: ['this'] }, alpha: 1, stopWords: [] });
    expect(augmentTexts(['The the'], none, key)).toEqual(['This this']);
    expect(augmentTexts(['Ne dog'], synonymReplacement({ synonyms: { ne: ['x'], dog: ['y'] }, stopWords: ['NE'], alpha: 1 }), key)).toEqual(['Ne y']);
    expect(augmentTexts(['Don’t'], synonymReplacement({ synonyms: { 'don’t': ['x'] } }), key)).toEqual(['Don’t']);
  });

  test('words that objects have of themselves are not synonyms', () => expect(augmentTexts(['constructor toString'], synonymReplacement({ synonyms: {}, alpha: 1 }), key)).toEqual(['constructor toString']));
});

test('random insertion: a synonym of a word of the text, at any of its 11 places alike', () => {
  const places = new Array<number>(11).fill(0);
  const sources = new Array<number>(10).fill(0);
  for (const result of many(randomInsertion({ synonyms }), 4000)) {
    const words = wordsOf(result);
    const at = words.findIndex((word) => !word.startsWith('w'));
    expect([...words.slice(0, at), ...words.slice(at + 1)].join(' ')).toBe(text);
    places[at] = (places[at] ?? 0) + 1;
    const source = Number(words[at]?.slice(1));
    sources[source] = (sources[source] ?? 0) + 1;
  }
  expectEqualShares(places);
  expectEqualShares(sources);
});

test('random swap: two different places, all 45 pairs alike', () => {
  const pairs = new Map<string, number>();
  for (const result of many(randomSwap(), 4500)) {
    const moved = wordsOf(result).flatMap((word, i) => (word === `w${i}` ? [] : [i]));
    expect(moved).toHaveLength(2);
    pairs.set(moved.join(), (pairs.get(moved.join()) ?? 0) + 1);
  }
  expect(pairs.size).toBe(45);
  expectEqualShares([...pairs.values()]);
});

test('random deletion: each word with probability p, and never all', () => {
  const gone = many(randomDeletion({ p: 0.3 })).flatMap((result) => { const left = new Set(wordsOf(result)); return Array.from({ length: 10 }, (_, i) => (left.has(`w${i}`) ? 1 : 0)); });
  // All ten of a text go with probability 6e-6, where one comes back.
  expectDropRate(gone, 0.3);
  const last = new Array<number>(10).fill(0);
  for (const result of many(randomDeletion({ p: 1 }))) {
    expect(wordsOf(result)).toHaveLength(1);
    const i = Number(result.slice(1));
    last[i] = (last[i] ?? 0) + 1;
  }
  expectEqualShares(last);
});

test('word dropout: each word with probability p', () => {
  const unknown = many(textWordDropout({ p: 0.2, unknown: 'UNK' }), 1000).flatMap((result) => wordsOf(result).map((word) => (word === 'UNK' ? 0 : 1)));
  expectDropRate(unknown, 0.2);
  expect(augmentTexts(['A b, c.'], textWordDropout({ p: 1 }), key)).toEqual(['[UNK] [UNK], [UNK].']);
});

describe('edge cases: nothing to change', () => {
  const all = [synonymReplacement({ synonyms: {} }), randomInsertion({ synonyms: {} }), randomSwap(), randomDeletion({ p: 0.9 })];
  for (const transform of all) test(`${transform.technique} leaves the empty text, a word alone and no words`, () => {
    expect(augmentTexts(['', 'Word!', ' … '], transform, key)).toEqual(['', 'Word!', ' … ']);
  });
  for (const transform of [synonymReplacement({ synonyms, alpha: 0 }), randomInsertion({ synonyms, alpha: 0 }), randomSwap({ alpha: 0 }), randomDeletion({ p: 0 }), textWordDropout({ p: 0 })]) {
    test(`${transform.technique} does nothing at zero strength`, () => expect(new Set(many(transform, 20))).toEqual(new Set([text])));
  }
});

describe('plans', () => {
  const transform = composeText([synonymReplacement({ synonyms, alpha: 0.2 }), randomDeletion({ p: 0.5 }), randomInsertion({ synonyms, alpha: 0.2 }), chooseText([randomSwap({ alpha: 0.5 }), textWordDropout()])]);

  test('survive JSON and replay a text', () => {
    for (let i = 0; i < 50; i++) {
      const plan = drawText(step(i), text, transform);
      expect(applyText(text, JSON.parse(JSON.stringify(plan)) as typeof plan)).toBe(applyText(text, plan));
      expect(drawText(step(i), text, transform)).toEqual(plan);
    }
    const kept = JSON.stringify(transform);
    const again = parseTextTransform(JSON.parse(kept), { synonyms });
    expect(JSON.stringify(again)).toBe(kept);
    expect(drawText(key, text, again)).toEqual(drawText(key, text, transform));
    expect(() => parseTextTransform(JSON.parse(kept))).toThrow('parseTextTransform: synonymReplacement needs a source of synonyms: give `synonyms`.');
    expect(() => parseTextTransform({ technique: 'randomSwap', options: { alfa: 1 } })).toThrow('randomSwap: unknown option `alfa`.');
    expect(() => parseTextTransform({ technique: 'composeText', options: {} })).toThrow('must hold a list of `transforms`, received {}.');
    expect(() => parseTextTransform({ technique: 'toString', options: {} })).toThrow('no technique is called "toString". Known: synonymReplacement');
    expect(() => parseTextTransform({ technique: 'randomSwap' })).toThrow('expected an object of options, received undefined.');
    expect(() => parseTextTransform(3)).toThrow('expected an object of fields, received 3.');
  });

  test('a text has draws of its own, whatever stands beside it', () => {
    const twice = augmentTexts([text, text], transform, key);
    expect(twice[0]).not.toBe(twice[1]);
    expect(augmentTexts(['other words here', text], transform, key)[1]).toBe(twice[1]);
    expect(augmentTexts([text], transform, random.key(6))).not.toEqual(twice.slice(0, 1));
  });

  test('p: which texts are changed', () => {
    const texts = Array.from({ length: 2000 }, () => 'a b');
    const changed = augmentTexts(texts, randomSwap(), key, { p: 0.25 }).map((result) => (result === 'a b' ? 1 : 0));
    expectDropRate(changed, 0.25);
    expect(augmentTexts(texts, randomSwap(), key, { p: 0 })).toEqual(texts);
  });
});

describe('eda', () => {
  test('each technique as often as the others, one a variant', () => {
    const plans = Array.from({ length: 500 }, (_, i) => drawEda(step(i), text, { synonyms, nAug: 4, alpha: 0.1 })).flat();
    const kinds = { replace: 0, insert: 0, swap: 0, delete: 0 };
    for (const { edits } of plans) {
      const kind = edits[0]?.kind ?? 'delete';
      expect(edits.every((edit) => edit.kind === kind)).toBe(true);
      kinds[kind]++;
    }
    expectEqualShares(Object.values(kinds));
    // Of eight to choose from, two of each technique, in four draws without replacement: variance of a count 4 (1/4) (3/4) (4/7).
    const replaced = Array.from({ length: 500 }, (_, i) => plans.slice(4 * i, 4 * i + 4).filter(({ edits }) => edits[0]?.kind === 'replace').length);
    expectMoments(replaced, { mean: 1, variance: 3 / 7 });
  });

  test('nAug variants, the same for the same key; a whole set with its sources', () => {
    for (const nAug of [1, 4, 9]) expect(eda(text, key, { synonyms, nAug })).toHaveLength(nAug);
    expect(eda(text, key, { synonyms })).toEqual(eda(text, key, { synonyms }));
    expect(eda('', key, { synonyms, nAug: 3 })).toEqual(['', '', '']);
    expect(eda(text, key, { synonyms, alpha: 0 })).toEqual([text, text, text, text]);
    const { texts, sources } = edaTexts([text, 'x'], key, { synonyms, nAug: 2 });
    expect(sources).toEqual([0, 0, 0, 1, 1, 1]);
    expect([texts[0], texts.slice(3)]).toEqual([text, ['x', 'x', 'x']]);
    expect(edaTexts([], key, { synonyms })).toEqual({ texts: [], sources: [] });
  });
});

test('errors', () => {
  expect(englishStopWords.length).toBe(new Set(englishStopWords).size);
  expect(() => eda('a', key, {} as never)).toThrow('synonymReplacement: `synonyms` must be a map, a record or a function from a word to other words, received undefined. `await wordNet(folder)` gives one.');
  expect(() => eda('a', key, { synonyms, alpha: 1.5 })).toThrow('drawEda: `alpha` must be in [0, 1], received 1.5.');
  expect(() => eda('a', key, { synonyms, nAug: 0 })).toThrow('`nAug` must be a whole number in [1, inf), received 0.');
  expect(() => eda('a', key, { synonyms, naug: 1 } as never)).toThrow('unknown option `naug`. Did you mean `nAug`?');
  expect(() => eda('dog', key, { synonyms: () => 'fast' as never })).toThrow('the source of synonyms must give a list of words for "dog", received "fast".');
  expect(() => augmentTexts(['dog'], synonymReplacement({ synonyms: () => { throw new Error('offline'); } }), key)).toThrow('synonymReplacement: the source of synonyms threw for "dog": offline');
  expect(() => augmentTexts(['dog'], synonymReplacement({ synonyms: { dog: [''] } }), key)).toThrow('must give a list of words for "dog", received [""]');
  expect(() => augmentTexts(['a', 3 as never], randomSwap(), key)).toThrow('augmentTexts: `texts[1]` must be a string, received 3.');
  expect(() => augmentTexts('a b' as never, randomSwap(), key)).toThrow('`texts` must be an array of strings, received "a b".');
  expect(() => augmentTexts(['a'], {} as never, key)).toThrow('`transform` must be a text transform, such as randomSwap(), received {}.');
  expect(() => augmentTexts(['a'], randomSwap(), key, { p: 2 })).toThrow('`p` must be in [0, 1], received 2.');
  expect(() => augmentTexts(['a b'], randomSwap(), 3 as never)).toThrow('`key` must be a random key');
  expect(() => synonymReplacement({ synonyms, stopWords: 'the' })).toThrow('synonymReplacement: `stopWords` must be a list of words, received "the". [] for none.');
  expect(() => randomDeletion({ p: -1 })).toThrow('randomDeletion: `p` must be in [0, 1], received -1.');
  expect(() => textWordDropout({ unknown: 3 as never })).toThrow('textWordDropout: `unknown` must be a string, received 3.');
  expect(() => chooseText([])).toThrow('chooseText: expected at least one transform, received none.');
  expect(() => composeText([3 as never])).toThrow('composeText: `transform` must be a text transform');
});
