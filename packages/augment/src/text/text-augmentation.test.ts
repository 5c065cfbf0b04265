import { type AnyPlugin, arrayDataset, losses, nn, optim, type Tensor, tensor, Trainer, useBackend } from '@parsimony/core';
import { pluginContract } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { onDevices } from '../../../../tooling/reference/check/backends';
import { randomDeletion, textAugmentation, type TextAugmentationOptions } from './index';

const vocabulary = ['good', 'bad', 'film', 'plot'];
const texts = Array.from({ length: 40 }, (_, i) => `${['good good film', 'bad plot film', 'good bad plot plot'][i % 3]} ${vocabulary[i % 4]}.`);
const counts = (text: string): number[] => vocabulary.map((word) => text.split(/\W+/).filter((other) => other === word).length / 2);
const encode = (some: readonly string[]): Tensor => tensor(some.map(counts));
const data = (of: readonly string[]) => arrayDataset({ inputs: Float32Array.from(of.flatMap(counts)), shape: [4], labels: of.map((_, i) => i % 3), numClasses: 3 });
const make = (options: Partial<TextAugmentationOptions> = {}): AnyPlugin => textAugmentation({ texts, encode, transform: randomDeletion({ p: 0.4 }), ...options });

onDevices(() => {
  describe('textAugmentation', () => {
    // What stands as `{ external }` in the recorded options is given again by whoever resumes.
    const plugin = (options: { p?: number }): AnyPlugin => make({ ...options, texts, encode, transform: randomDeletion({ p: 0.4 }) });
    for (const { name, run } of pluginContract({ plugin, options: { p: 1 }, zero: { p: 0 }, train: data(texts) })) test(name, () => run());
  });
});

describe('in a fit', () => {
  beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });
  const fit = (plugin: AnyPlugin, epochs = 1) => new Trainer({ model: new nn.Linear(4, 3), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins: [plugin] }).fit({ train: data(texts), epochs, batchSize: 8 });

  test('each sample by its own text, changed anew in each step', async () => {
    const seen: string[][] = [];
    await fit(make({ encode: (some) => { seen.push([...some]); return encode(some); } }), 2);
    expect(seen).toHaveLength(10);
    const bases = new Set(texts.map((text) => text.replace(/\W/g, '')));
    expect(bases.size).toBe(12);
    // Deletion keeps the order of the words, so each is a part of one of the texts.
    const parts = (text: string): boolean => texts.some((whole) => { let rest = whole.split(/\W+/); return text.split(/\W+/).every((word) => { const at = rest.indexOf(word); rest = rest.slice(at + 1); return at >= 0; }); });
    expect(seen.flat().every(parts)).toBe(true);
    expect(seen.slice(0, 5).flat().sort()).not.toEqual(seen.slice(5).flat().sort());
  });

  test('errors', async () => {
    await expect(fit(make({ texts: texts.slice(0, 39) }))).rejects.toThrow('textAugmentation: sample 39 of the data set has no text: `texts` holds 39.');
    await expect(fit(make({ encode: () => 3 as never }))).rejects.toThrow('textAugmentation: `encode` must return a tensor, or tensors by name, received 3.');
    await expect(fit(make({ encode: (some) => encode(some.slice(1)) }))).rejects.toThrow('must have one row for each of 8 samples');
    expect(() => make({ texts: 'a' as never })).toThrow('textAugmentation: `texts` must be an array of strings, received "a".');
    expect(() => make({ encode: undefined as never })).toThrow('textAugmentation: `encode` must be a function, received undefined.');
    expect(() => make({ transform: {} as never })).toThrow('must be a text transform');
    expect(() => make({ p: 1.5 })).toThrow('textAugmentation: `p` must be in [0, 1], received 1.5.');
    expect(() => make({ locale: '!' })).toThrow('`locale` must be a language tag');
    expect(() => make({ text: texts } as never)).toThrow('unknown option `text`. Did you mean `texts`?');
  });
});
