import { type AnyPlugin, arrayDataset, losses, nn, optim, Trainer, useBackend } from '@parsimony/core';
import { pluginContract, sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { onDevices } from '../../../../tooling/reference/check/backends';
import { mixup } from '../mix';
import { type ColumnKind, featureSwap, gaussianJitter, tabularMixup } from './index';

const columns: ColumnKind[] = ['numeric', 'ordinal', 'nominal', 'numeric'];
const table = (rows: number, seed: number) => arrayDataset({
  inputs: Float32Array.from(sample(rows * 4, { seed }), (v, i) => (columns[i % 4] === 'numeric' ? v : Math.floor((v + 1) * 2))), shape: [4],
  labels: Array.from({ length: rows }, (_, i) => i % 3), numClasses: 3,
});
const data = { train: table(40, 1), validation: table(24, 2) };

onDevices(() => {
  const suite = (name: string, checks: readonly { readonly name: string; readonly run: () => void | Promise<void> }[]): void => {
    describe(name, () => { for (const { name: check, run } of checks) test(check, () => run()); });
  };
  suite('gaussianJitter', pluginContract({ plugin: gaussianJitter, options: { std: 0.3 }, zero: { std: 0 } }));
  suite('gaussianJitter of some columns', pluginContract({ plugin: gaussianJitter, options: { std: 0.3, columns, scales: [1, 1, 1, 2] }, zero: { std: 0, columns }, ...data }));
  suite('featureSwap', pluginContract({ plugin: featureSwap, options: { p: 0.3, groups: [[0, 2]] }, zero: { p: 0 } }));
  suite('tabularMixup', pluginContract({ plugin: tabularMixup, options: { columns, alpha: 0.4, mode: 'element', until: { fraction: 0.7 } }, zero: { columns, alpha: 0 }, ...data }));
});

describe('in a fit', () => {
  beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });
  const trainer = (...plugins: AnyPlugin[]): Trainer => new Trainer({ model: new nn.Linear(4, 3), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, plugins });
  const fit = (...plugins: AnyPlugin[]) => trainer(...plugins).fit({ train: data.train, epochs: 1, batchSize: 8 });

  test('values are exchanged, then noise is added, then rows are mixed, however they are listed', async () => {
    const plan = trainer(tabularMixup({ columns }), gaussianJitter(), featureSwap()).explain();
    expect(plan).toMatch(/transformBatch\s+@parsimony\/augment\/feature-swap \[pre\] -> @parsimony\/augment\/gaussian-jitter \[pre\] -> @parsimony\/augment\/tabular-mixup/);
    await fit(tabularMixup({ columns }), gaussianJitter(), featureSwap());
  });

  test('errors', async () => {
    expect(() => trainer(tabularMixup({ columns }), mixup())).toThrow('both mix the samples of a batch');
    expect(() => gaussianJitter({ std: -0.1 })).toThrow('gaussianJitter: `std` must be in [0, inf), received -0.1.');
    expect(() => gaussianJitter({ scales: [] })).toThrow('`scales` must be a list of one number for each column, received [].');
    expect(() => gaussianJitter({ columns: 2, scales: [1] })).toThrow('`scales` must be a list of one number for each of 2 columns, received [1].');
    expect(() => gaussianJitter({ sd: 1 } as never)).toThrow('unknown option `sd`. Did you mean `std`?');
    expect(() => featureSwap({ p: 1.1 })).toThrow('featureSwap: `p` must be in [0, 1], received 1.1.');
    expect(() => featureSwap({ groups: [[0.5]] })).toThrow('`groups` must be a whole number in [0, inf), received 0.5.');
    expect(() => tabularMixup({} as never)).toThrow('tabularMixup: `columns` must be the number of columns or a list of their kinds, received undefined.');
    expect(() => tabularMixup({ columns, alpha: -1 })).toThrow('`alpha` must be in [0, inf), received -1.');
    expect(() => tabularMixup({ columns, input: 3 as never })).toThrow('`input` must be the name of an input, received 3.');
    await expect(fit(gaussianJitter({ columns: 3 }))).rejects.toThrow('gaussianJitter: inputs must be a table [N, 3], as `columns` says, received [8, 4].');
    await expect(fit(tabularMixup({ columns: 5 }))).rejects.toThrow('tabularMixup: inputs must be a table [N, 5]');
    await expect(fit(featureSwap({ groups: [[7]] }))).rejects.toThrow('`groups` names column 7; there are 4.');
  });
});
