import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { random } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { eda, wordNet, wordNetOf } from './index';
import { SortedLines } from './wordnet-files';

const folder = fileURLToPath(new URL('../../fixtures/wordnet', import.meta.url));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('on a small folder in its format', () => {
  test('the words of all synsets of a word, by part of speech and sense, each once', async () => {
    const synonyms = await wordNet(folder);
    expect(synonyms('dog')).toEqual(['domestic dog', 'Canis familiaris', 'cad', 'bounder', 'chase', 'tail']);
    expect(synonyms('quickly')).toEqual(['rapidly', 'speedily']);
    expect(synonyms('animal')).toEqual(['beast']);
    expect(synonyms('abounding')).toEqual(['galore']);
    expect(synonyms('nothing')).toEqual([]);
    expect(synonyms('')).toEqual([]);
    expect(synonyms('1')).toEqual([]);
    expect(synonyms('domestic dog')).toEqual(['dog', 'Canis familiaris']);
  });

  test('parts of speech, senses, base forms', async () => {
    expect((await wordNet(folder, { partsOfSpeech: ['verb'] }))('dog')).toEqual(['chase', 'tail']);
    expect((await wordNet(folder, { senses: 1 }))('dog')).toEqual(['domestic dog', 'Canis familiaris', 'chase', 'tail']);
    const synonyms = await wordNet(folder);
    for (const [word, expected] of [
      ['Houses', ['house', 'home']], ['boxes', ['box', 'carton']], ['children', ['child', 'kid']], ['ran', ['run', 'race']], ['making', ['make', 'create']], ['races', ['run', 'race']],
      ['bigger', ['big', 'large']], ['quickest', ['quick', 'fast']], ['s', []], ['ing', []],
    ] as const) expect(synonyms(word), word).toEqual(expected);
    expect((await wordNet(folder, { morphology: false }))('houses')).toEqual([]);
  });

  test('feeds eda', async () => {
    expect(eda('Dogs chase animals.', random.key(1), { synonyms: await wordNet(folder), nAug: 8 })).toHaveLength(8);
  });
});

describe('bad files', () => {
  const files = Object.fromEntries(['index.noun', 'data.noun', 'noun.exc'].map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))])) as Record<'index.noun' | 'data.noun', Uint8Array>;
  const nouns = { partsOfSpeech: ['noun'] } as const;
  const cut = (name: 'index.noun' | 'data.noun', by: number) => wordNetOf({ ...files, [name]: files[name].subarray(0, -by) }, nouns);

  test('missing', async () => {
    await expect(wordNet('/nowhere')).rejects.toMatchObject({ code: 'file', message: expect.stringMatching(/^wordNet: \/nowhere\/index\.noun: could not be read \(.*\)\. On Debian, `apt-get install wordnet-base`/) as string });
    expect(() => wordNetOf({ 'index.noun': bytes('') }, nouns)).toThrow('wordNetOf: the file data.noun is missing; received index.noun.');
    const half = await mkdtemp(join(tmpdir(), 'wordnet-'));
    await writeFile(join(half, 'index.noun'), files['index.noun']);
    await expect(wordNet(half, nouns)).rejects.toThrow('data.noun: could not be read');
  });

  test('truncated, of another edition, or no WordNet at all', () => {
    expect(wordNetOf(files, nouns)('box')).toEqual(['carton']);
    // The last synset is cut; the one asked for first is whole.
    expect(() => cut('data.noun', 60)('box')).toThrow('data.noun: expected a synset at byte 537');
    expect(() => wordNetOf({ ...files, 'data.noun': bytes(`x${new TextDecoder().decode(files['data.noun'])}`) }, nouns)('box')).toThrow('Do index and data files belong together?');
    expect(() => wordNetOf({ ...files, 'index.noun': bytes('box is a noun\n') }, nouns)('box')).toThrow('index.noun: this line is not one of a WordNet index: "box is a noun".');
    expect(() => cut('index.noun', 12)('kid')).toThrow('is not one of a WordNet index');
    expect(wordNetOf({ 'index.noun': bytes(''), 'data.noun': bytes('') }, nouns)('box')).toEqual([]);
  });

  test('options', async () => {
    await expect(wordNet(3 as never)).rejects.toThrow('wordNet: expected a folder, received 3.');
    await expect(wordNet(folder, { partsOfSpeech: ['nouns' as never] })).rejects.toThrow("`partsOfSpeech[0]` must be one of 'noun', 'verb', 'adjective', 'adverb', received \"nouns\". Did you mean 'noun'?");
    await expect(wordNet(folder, { partsOfSpeech: [] })).rejects.toThrow('must be a list of one or more');
    await expect(wordNet(folder, { senses: 0 })).rejects.toThrow('`senses` must be a whole number in [1, inf), received 0.');
    await expect(wordNet(folder, { sense: 1 } as never)).rejects.toThrow('unknown option `sense`. Did you mean `senses`?');
  });
});

describe('on the whole of WordNet', () => {
  const whole = process.env['PARSIMONY_WORDNET'] ?? '/usr/share/wordnet';

  test('finds every lemma, its synsets, and synonyms that are known', async ({ skip }) => {
    if (!existsSync(join(whole, 'index.noun'))) skip(`WordNet's files are not in ${whole}: apt-get install wordnet-base, or set PARSIMONY_WORDNET`);
    const synonyms = await wordNet(whole);
    expect(synonyms('quickly')).toEqual(expect.arrayContaining(['rapidly', 'speedily', 'promptly']) as string[]);
    expect(synonyms('cars').slice(0, 5)).toEqual(['car', 'auto', 'automobile', 'machine', 'motorcar']);
    expect(synonyms('children')).toContain('kid');
    expect(synonyms('constructor')).toEqual(['builder']);
    for (const [suffix, part] of [['noun', 'noun'], ['verb', 'verb'], ['adj', 'adjective'], ['adv', 'adverb']] as const) {
      const index = new SortedLines(`index.${suffix}`, new Uint8Array(readFileSync(join(whole, `index.${suffix}`))));
      const lines = new TextDecoder('latin1').decode(index.bytes).split('\n').filter((line) => line !== '' && !line.startsWith(' '));
      expect(lines.length).toBeGreaterThan(4000);
      for (const line of lines) expect(index.find(line.slice(0, line.indexOf(' ')))).toBe(line);
      // Every synset of some thousand words: none throws.
      const all = await wordNet(whole, { partsOfSpeech: [part], morphology: false });
      lines.filter((_, i) => i % 10 === 0).forEach((line) => all(line.slice(0, line.indexOf(' '))));
    }
  });
});
