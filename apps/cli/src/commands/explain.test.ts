import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nn, useBackend, zeros } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkConfig } from '../train/config';
import { configJson, configRows } from '../train/describe';
import { explainConfig, explainTraining } from './explain';

beforeAll(() => useBackend('wasm', { threads: 1 }));

const explained = async (given: object): Promise<string> => {
  const config = checkConfig('test', { trainSize: 200, validationSize: 100, ...given });
  return explainConfig(config, configRows(config, [{ name: 'command line', given }]));
};

describe('parsimony explain', () => {
  test('prints configuration, hooks in their order, findings and the rates of every parameter', async () => {
    const text = await explained({ models: ['mlp'], lr: 0.01, batchSize: 64 });
    const places = [
      'Configuration', 'lr               0.01', 'command line', 'patience         15', 'default',
      'Run: mlp plain', '50 epochs of 4 steps, 200 steps at most', 'Plugins', '@parsimony/cli/gradient-norm', 'Hooks, in the order of a fit', 'transformGrads  @parsimony/cli/gradient-norm [pre]', '0.weight  [512, 784]  lr 0.01  no decay',
      'Run: mlp regularized', '@parsimony/weight-decay', 'Hooks, in the order of a fit', 'transformBatch', '@parsimony/augment/augment [pre]', '@parsimony/augment/mixup',
      'Findings', 'dropout-before-batch-norm', 'Parameters, with their rates at step 0', '0.weight  [512, 784]  lr 0.01  decay 0.01 (decoupled)', '0.bias    [512]       lr 0.01  no decay',
    ];
    let at = 0;
    for (const place of places) {
      const found = text.indexOf(place, at);
      expect(found, `'${place}' after ${at}:\n${text}`).toBeGreaterThanOrEqual(0);
      at = found;
    }
  });

  test('builds networks and trains none', async () => {
    const built: nn.Linear[] = [];
    const text = await explained({ runs: ['plain'], models: [{ name: 'own', layout: 'flat', build: ({ classes }: { classes: number }) => built[built.push(new nn.Linear(784, classes)) - 1] }] });
    expect(text).toContain('Run: own plain');
    expect(text).toContain('weight  [10, 784]');
    expect(() => built[0]?.forward(zeros([1, 784]))).toThrow('init');
  });

  test('a small batch shows before the fit what it does to a batch norm', async () => {
    expect(await explained({ models: ['cnn'], runs: ['regularized'], batchSize: 2 })).toContain('With a batch size of 2');
  });

  test('a step in microbatches says what becomes of batch norms', async () => {
    const given = { models: ['mlp'], runs: ['regularized'], batchSize: 64, accumulate: 4 };
    expect(await explained(given)).toMatch(/4 microbatches a step[^]*batch-norm-accumulation/);
    const unsplit = await explained({ ...given, batchStatistics: 'unsplit' });
    expect(unsplit).toMatch(/batchStatistics +unsplit +command line[^]*not split into 4/);
    expect(unsplit).not.toContain('batch-norm-accumulation');
  });

  test('prints advice on the configuration', async () => {
    expect(await explained({ models: ['mlp'], runs: ['plain'] })).toContain('Advice\n  none');
    const text = await explained({ models: ['mlp'], runs: ['plain'], optimizer: { name: 'adam', weightDecay: 0.01 } });
    for (const part of ['warning coupled decay: ', 'figures  weightDecay 0.01', 'change   set `optimizer.name` to adamw', 'source   Loshchilov']) expect(text).toContain(part);
  });

  test('prints advice on a training that is done', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parsimony-explain-'));
    const config = checkConfig('test', { plugins: [] });
    const outcome = { model: 'mlp', run: 'regularized', seed: 0, train: 0.998, validation: 0.721, test: 0.7, epochs: 1, seconds: 1, reason: 'completed' };
    const record = { outcome, history: [], kept: null, explained: '', findings: [], predictions: null };
    const write = (records: readonly object[]): void => { writeFileSync(join(folder, 'training.json'), JSON.stringify({ version: 1, records, ended: true, config: configJson(config), runs: 1, at: '', file: null, flags: {}, json: null, report: null })); };
    try {
      write([record]);
      expect(await explainTraining(folder, undefined)).toMatch(/Run: mlp regularized, seed 0: training 99.80 %, validation 72.10 %\nAdvice\n {2}warning severe overfitting/);
      expect(await explainTraining(folder, checkConfig('test', { plugins: [], lr: 0.1, epochs: 3 }))).toMatch(/From it to the configuration of now\nAdvice\n {2}info several changes at once: 2 things/);
      expect(await explainTraining(folder, checkConfig('test', { plugins: [], lr: 0.1 }))).not.toContain('From it');
      write([]);
      await expect(explainTraining(folder, undefined)).rejects.toThrow('parsimony explain: no run of');
      await expect(explainTraining(join(folder, 'none'), undefined)).rejects.toThrow('parsimony explain: there is no training in');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a network that is none is named', async () => {
    await expect(explained({ models: [{ name: 'own', build: () => 3 }] })).rejects.toThrow("models: `build` of 'own' must return a module, such as new nn.Sequential(…), received 3.");
  });

  test('data that are none are named', async () => {
    await expect(explained({ data: () => ({ train: 3 }) })).rejects.toThrow('data: the function must return { train, validation, test }, three data sets that are not empty; `train` is 3.');
  });
});
