import { describe, expect, test } from 'vitest';
import { configOfFlags } from '../commands/flags';
import { checkConfig, defaults, parseConfig } from './config';

describe('a configuration', () => {
  test('defaults fill what is not given', () => {
    expect(checkConfig('train', {})).toEqual(defaults);
    expect(checkConfig('train', { epochs: 3, runs: ['plain'] })).toEqual({ ...defaults, epochs: 3, runs: ['plain'] });
  });

  test.each([
    [{ epoch: 3 }, 'train: unknown option `epoch`. Did you mean `epochs`?'],
    [{ epochs: 0 }, '`epochs` must be a whole number in [1, inf), received 0.'],
    [{ epochs: '3' }, '`epochs` must be a whole number in [1, inf), received "3".'],
    [{ batchSize: 1 }, '`batchSize` must be'],
    [{ lr: 0 }, '`lr` must be in (0, inf), received 0.'],
    [{ seed: -1 }, '`seed`'],
    [{ threads: 1.5 }, '`threads`'],
    [{ data: '' }, "`data` must be 'mnist' or a folder"],
    [{ models: 'mlp' }, "`models` must be a list of 'mlp', 'cnn'"],
    [{ models: ['rnn'] }, "`models` must be one of 'mlp', 'cnn', received \"rnn\"."],
    [{ runs: ['plain', 'plain'] }, '`runs` names one of its entries twice'],
    [{ runs: [] }, '`runs` must be a list'],
    [[], 'expected an object of options'],
  ])('%o is refused', (given, message) => expect(() => checkConfig('train', given)).toThrow(message));

  test('a file that is not JSON, or has other keys, is named', () => {
    expect(() => parseConfig('a.json', '{')).toThrow('a.json: not JSON');
    expect(() => parseConfig('a.json', '{ "epoch": 1 }')).toThrow('a.json: unknown option `epoch`');
    expect(() => parseConfig('a.json', '[1]')).toThrow('a.json: expected an object of options');
  });
});

describe('flags', () => {
  test('become a configuration', () => {
    expect(configOfFlags({ _: [], 'train-size': '100', trainSize: '100', models: 'mlp, cnn', data: 'x', lr: '1e-2', json: 'o.json' }))
      .toEqual({ trainSize: 100, models: ['mlp', 'cnn'], data: 'x', lr: 0.01 });
  });
  test.each([
    [{ _: [], epoch: '1' }, 'unknown option `epoch`. Did you mean `epochs`?'],
    [{ _: ['mnist'] }, 'expected options only, received "mnist"'],
    [{ _: [], epochs: 'many' }, '--epochs must be a number, received "many"'],
    [{ _: [], epochs: '' }, '--epochs needs a value'],
    [{ _: [], epochs: true }, '--epochs needs a value'],
  ])('%o is refused', (given, message) => expect(() => configOfFlags(given)).toThrow(message));
});
