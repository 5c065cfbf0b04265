import { describe, expect, test } from 'vitest';
import { backTranslate, type Languages } from './index';

const mark = (texts: readonly string[], { to }: Languages): string[] => texts.map((text) => `${text}>${to}`);
const texts = ['a', 'b', '', 'c', '  ', 'd', 'e'];
const expected = ['a>fr>en', 'b>fr>en', '', 'c>fr>en', '  ', 'd>fr>en', 'e>fr>en'];

describe('backTranslate', () => {
  test('there and back, in batches, in order, without empty texts', async () => {
    const calls: [readonly string[], Languages][] = [];
    const translate = (some: readonly string[], languages: Languages) => { calls.push([some, languages]); return mark(some, languages); };
    expect(await backTranslate(texts, translate, { via: 'fr', batchSize: 2 })).toEqual(expected);
    expect(calls.slice(0, 3)).toEqual([[['a', 'b'], { from: 'en', to: 'fr' }], [['a>fr', 'b>fr'], { from: 'fr', to: 'en' }], [['c', 'd'], { from: 'en', to: 'fr' }]]);
    expect(calls).toHaveLength(6);
    expect(await backTranslate([], translate)).toEqual([]);
  });

  test('the order is kept where the later answer comes first; at most so many at once', async () => {
    let [now, most] = [0, 0];
    const slow = async (some: readonly string[], languages: Languages) => {
      most = Math.max(most, ++now);
      await new Promise((done) => { setTimeout(done, some[0]?.startsWith('a') ? 20 : 1); });
      now--;
      return mark(some, languages);
    };
    expect(await backTranslate(texts, slow, { via: 'fr', batchSize: 1, concurrency: 3 })).toEqual(expected);
    expect(most).toBe(3);
  });

  test('errors name the texts', async () => {
    const failing = (some: readonly string[], languages: Languages) => { if (some.includes('d')) throw new Error('quota'); return mark(some, languages); };
    await expect(backTranslate(texts, failing, { via: 'fr', batchSize: 2 })).rejects.toThrow("backTranslate: from 'en' to 'fr', texts 3 to 5: the translator threw: quota");
    await expect(backTranslate(texts, failing, { via: 'fr', batchSize: 1 })).rejects.toThrow("backTranslate: from 'en' to 'fr', text 5: the translator threw: quota");
    await expect(backTranslate(['a', 'b'], () => ['x'])).rejects.toThrow("texts 0 to 1: the translator must give one text for each of 2, received 1.");
    await expect(backTranslate(['a'], () => 'x' as never)).rejects.toThrow('must give one text for each of 1, received "x".');
    await expect(backTranslate(['a', 'b'], () => ['x', undefined as never])).rejects.toThrow("backTranslate: from 'en' to 'de', text 1: the translator must give a string, received undefined.");
  });

  test('nothing more is sent after an error', async () => {
    let calls = 0;
    await expect(backTranslate(['a', 'b', 'c'], () => { calls++; throw new Error('no'); }, { batchSize: 1 })).rejects.toThrow('text 0');
    await new Promise((done) => { setTimeout(done, 5); });
    expect(calls).toBe(1);
  });

  test('no more callers than batches, however many are allowed', async () => {
    expect(await backTranslate(['a', 'b'], (given) => given, { batchSize: 1, concurrency: 1e9 })).toEqual(['a', 'b']);
  });

  test('options', async () => {
    await expect(backTranslate(['a'], 3 as never)).rejects.toThrow('backTranslate: `translate` must be a function, received 3.');
    await expect(backTranslate([3 as never], mark)).rejects.toThrow('`texts[0]` must be a string, received 3.');
    await expect(backTranslate(['a'], mark, { batchSize: 0 })).rejects.toThrow('`batchSize` must be a whole number in [1, inf), received 0.');
    await expect(backTranslate(['a'], mark, { via: '' })).rejects.toThrow('`via` must be the name of a language, received "".');
    await expect(backTranslate(['a'], mark, { to: 'de' } as never)).rejects.toThrow('unknown option `to`.');
  });
});
