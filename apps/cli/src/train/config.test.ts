import { nn } from '@parsimony/core';
import { ema } from '@parsimony/ema';
import { describe, expect, test } from 'vitest';
import { configOfFlags } from '../commands/flags';
import { checkConfig, defaults } from './config';
import { loadData } from './experiment';
import { parseConfig } from './load-config';
import { buildModel } from './models';

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
    [{ accumulate: 0 }, '`accumulate` must be a whole number in [1, 64], received 0.'],
    [{ accumulate: 3, batchSize: 4 }, '`accumulate` must be a whole number in [1, 2], received 3.'],
    [{ batchStatistics: 'unsplt' }, "`batchStatistics` must be one of 'microbatch', 'unsplit', received \"unsplt\". Did you mean 'unsplit'?"],
    [{ lr: 0 }, '`lr` must be in (0, inf), received 0.'],
    [{ seed: -1 }, '`seed`'],
    [{ seed: 1e17 }, 'train: `seed` must be a whole number in [0, 9007199254740990], received 100000000000000000.'],
    [{ seed: Number.MAX_SAFE_INTEGER - 1, seeds: 2 }, 'train: `seed` must be a whole number in [0, 9007199254740989]'],
    [{ threads: 1.5 }, '`threads`'],
    [{ optimizer: 'adam' }, "train: `optimizer` must be an object with a `name`, such as { name: 'adam' }, received \"adam\"."],
    [{ optimizer: { name: 'adan' } }, "train: `optimizer.name` must be one of 'adam', 'adamw', 'sgd', 'rmsprop', 'adagrad', 'lion', 'muon', received \"adan\". Did you mean 'adam'?"],
    [{ optimizer: { name: 'muon', adamw: { beta: 1 } } }, 'train: `optimizer`: optim.muon: adamw: unknown option `beta`. Did you mean `betas`?'],
    [{ optimizer: { name: 'adam', beta: 1 } }, 'train: `optimizer`: optim.adam: unknown option `beta`. Did you mean `betas`?'],
    [{ optimizer: { name: 'sgd', momentum: -1 } }, 'train: `optimizer`: optim.sgd: `momentum` must be in'],
    [{ optimizer: { name: 'adam', lr: 1 } }, 'train: `optimizer.lr` is not known. Give `lr` beside `optimizer`'],
    [{ schedule: 'cosine' }, 'train: `schedule`: schedule: `factor` must be a number or a schedule, received "cosine".'],
    [{ schedule: { schedule: 'cosin' } }, 'train: `schedule`: schedule: `factor`: unknown schedule "cosin"; known:'],
    [{ schedule: { schedule: 'cosine', from: 1 } }, 'train: `schedule`: schedules.cosine: unknown option `from`.'],
    [{ schedule: { schedule: 'warmup', steps: 10, value: { schedule: 'cosine' } } }, 'schedules.cosine: `value` must be a number, received undefined.'],
    [{ schedule: -1 }, 'train: `schedule`: it must be 0 or more, a factor of `lr`, received -1 at step 0.'],
    [{ schedule: { schedule: 'linear', start: 1, end: -1 } }, 'train: `schedule`: it must be 0 or more, a factor of `lr`, received -0.00'],
    [{ plugins: 'ema' }, 'train: `plugins` must be a list of plugins or of { name, …options }, received "ema".'],
    [{ plugins: ['ema'] }, 'train: `plugins[0]` must be a plugin or an object with a `name`, received "ema".'],
    [{ plugins: [{ name: 'mixup' }, { name: 'emma' }] }, /^train: `plugins\[1\]\.name` must be one of 'weightDecay', 'l1', .*'advisor', received "emma"\. Did you mean 'ema'\? Plugins of other packages are given as themselves/],
    [{ plugins: [{ alpha: 1 }] }, '`plugins[0].name` must be one of'],
    [{ plugins: [{ name: 'toString' }] }, 'received "toString". Plugins of other packages'],
    [{ plugins: [{ name: 'sam', rho: { schedule: 'linaer' } }] }, 'train: `plugins[0]`: sam: `rho`: unknown schedule "linaer"; known:'],
    [{ plugins: [{ name: 'sam', rho: { schedule: 'linear', end: 1, begin: 0 } }] }, 'train: `plugins[0]`: schedules.linear: unknown option `begin`.'],
    [{ plugins: [{ name: 'rDrop', alpha: '1' }] }, 'train: `plugins[0]`: rDrop: `alpha` must be a number or a schedule, received "1".'],
    [{ plugins: [{ name: 'mixup', alhpa: 1 }] }, 'train: `plugins[0]`: mixup: unknown option `alhpa`. Did you mean `alpha`?'],
    [{ plugins: [{ name: 'ema', decay: 2 }] }, 'train: `plugins[0]`: ema: `decay` must be'],
    [{ plugins: [ema] }, 'Call the factory: `ema()`.'],
    [{ models: [{ name: 'own', build: 3 }] }, 'train: `models[0].build` must be a function ({ regularized, classes }) => module, received 3.'],
    [{ models: [{ name: 'a b', build: () => 3 }] }, 'train: `models[0].name` must be a short name'],
    [{ models: ['mlp', { name: 'mlp', build: () => 3 }] }, '`models` names one of its entries twice'],
    [{ data: 3 }, "`data` must be 'mnist' or a folder, or a function that returns { train, validation, test }, received 3."],
    [{ data: '' }, "`data` must be 'mnist' or a folder"],
    [{ models: 'mlp' }, "`models` must be a list of 'mlp', 'cnn'"],
    [{ models: ['rnn'] }, "`models[0]` must be one of 'mlp', 'cnn', received \"rnn\"."],
    [{ runs: ['plain', 'plain'] }, '`runs` names one of its entries twice'],
    [{ runs: [] }, '`runs` must be a list'],
    [[], 'expected an object of options'],
  ])('%o is refused', (given, message) => expect(() => checkConfig('train', given)).toThrow(message));

  test('a function of it that throws is named, with the place', async () => {
    const boom = (): never => { throw new TypeError('no such column'); };
    const own = { name: 'own', build: boom };
    expect(() => buildModel(own, true, 10)).toThrow(/^models: `build` of 'own': the function threw: no such column \(at .*config\.test\.ts:\d+/);
    await expect(loadData({ ...defaults, data: boom }, 'mlp')).rejects.toThrow(/^data: the function threw: no such column \(at .*config\.test\.ts:\d+/);
    await expect(loadData({ ...defaults, data: async () => Promise.reject(new Error('no answer')) }, 'mlp')).rejects.toThrow('data: the function threw: no answer');
    await expect(loadData({ ...defaults, data: () => { throw 'a text'; } }, 'mlp')).rejects.toThrow('data: the function threw "a text".');
    expect(() => buildModel({ name: 'own', build: () => new nn.Linear(0, 1) }, true, 10)).toThrow("models: `build` of 'own': Linear: `inFeatures`");
  });

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
