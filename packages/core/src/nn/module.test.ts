/** What modules own, and the contexts they run in. */
import { describe, expect, test } from 'vitest';
import { inference, nn, random, training, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

onBackends(() => {
  const layer = (seed: number) => new nn.Linear(2, 2).init(random.key(seed));
  const values = async (module: nn.Linear) => Promise.all(Object.values(module.stateDict()).map(async (x) => Array.from(await x.data())));

  test('a model copied from another lives on when the other changes', async () => {
    const a = layer(1);
    const before = await values(a);
    const copy = new nn.Linear(2, 2).loadStateDict(a.stateDict());
    a.loadStateDict(layer(2).stateDict());
    expect(await values(copy)).toEqual(before);
    expect(await values(a)).toEqual(await values(layer(2)));
    expect(copy.forward(zeros([1, 2])).shape).toEqual([1, 2]);
  });

  test('a model takes its own tensors under other names', async () => {
    const model = new nn.Sequential(layer(1), layer(2)).init(random.key(0));
    const own = model.stateDict();
    const names = Object.keys(own);
    const before = await Promise.all(names.map((name) => own[name]?.array()));
    model.loadStateDict(Object.fromEntries(names.map((name, i) => [name, own[names[(i + 2) % 4] as string]])) as typeof own);
    const after = await Promise.all(names.map((name) => model.stateDict()[name]?.array()));
    expect(after).toEqual([before[2], before[3], before[0], before[1]]);
  });

  test('what is loaded is owned: its memory goes with the next load', () => {
    const model = layer(1);
    const given = zeros([2, 2]);
    model.loadStateDict({ weight: given }, { strict: false });
    expect(model.stateDict()['weight']).toBe(given);
    model.loadStateDict({ weight: zeros([2, 2]) }, { strict: false });
    expect(given.disposed).toBe(true);
  });
});

describe('errors', () => {
  onBackends(() => {
    const layer = () => new nn.Linear(2, 2).init(random.key(0));
    const key = random.key(0);
    test.each([
      ['a context that is none', () => layer().forward(zeros([1, 2]), { mode: 'train' } as never), 'forward: the context must be one that `training` or `inference` made, received {"mode":"train"}.'],
      ['a word for a context', () => layer().forward(zeros([1, 2]), 'train' as never), 'received "train". For training:'],
      ['no key', () => training({} as never), 'training: `key` must be a random key, received undefined. Make one with `random.key(seed)`.'],
      ['a key that is none', () => inference({ key: 3 as never }), 'inference: `key` must be a random key, received 3.'],
      ['a step below 0', () => inference({ step: -1 }), 'inference: `step` must be a whole number in [0, inf), received -1.'],
      ['weights by path', () => training({ key, weights: { weight: zeros([2, 2]) } as never }), 'training: weights: unknown option `weight`. Known options: params, buffers.'],
      ['no state', () => layer().loadStateDict(undefined as never), 'loadStateDict: expected tensors by path, received undefined.'],
      ['a misspelt option', () => layer().loadStateDict({}, { stric: false } as never), 'loadStateDict: unknown option `stric`. Did you mean `strict`?'],
      ['no path to parametrize', () => nn.parametrize(layer(), undefined as never, (raw) => raw), "parametrize: `path` must be a string such as 'layers.0.weight', received undefined."],
      ['no parametrization', () => nn.parametrize(layer(), 'weight', undefined as never), 'parametrize: `fn` must be a function, received undefined.'],
      ['an unknown path', () => layer().loadStateDict({ wieght: zeros([2, 2]) }, { strict: false }), 'unknown: wieght'],
    ])('%s', (_, run, message) => { expect(run).toThrow(message); });
  });
});
