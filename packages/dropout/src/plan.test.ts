/** What the plan of a Trainer says of this package's layers, with the model's own path names. */
import { type Finding, losses, nn, optim, schedules, type Tensor, Trainer } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { AlphaDropout, ConcreteDropout, DropBlock2d, DropConnect, Dropout, Dropout1d, Dropout2d, Dropout3d, DropPath, EmbeddingDropout, FeatureAlphaDropout, GaussianDropout, GaussianNoise, PatchDropout, ShakeDrop, ShakeShake, StochasticDepth, VariationalDropout, WordDropout, Zoneout } from './index';

/** Stands for any batch norm. */
class Norm extends nn.Module {
  override readonly traits = { batchStatistics: true };
  protected compute(x: Tensor): Tensor { return x; }
}
const linear = (): nn.Linear => new nn.Linear(4, 4);
const findings = (...layers: readonly nn.Module[]): readonly Finding[] =>
  new Trainer({ model: new nn.Sequential(...layers), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 1 }).findings;
const told = (...layers: readonly nn.Module[]): string[] => findings(...layers).map(({ code, message }) => `${code} ${/`([^`]*)` \((\w+)\)/.exec(message)?.slice(1).join(' ') ?? ''}`);

const units: readonly (readonly [string, (p: number) => nn.Module])[] = [
  ['Dropout', (p) => new Dropout({ p })], ['Dropout1d', (p) => new Dropout1d({ p })], ['Dropout2d', (p) => new Dropout2d({ p })], ['Dropout3d', (p) => new Dropout3d({ p })],
  ['AlphaDropout', (p) => new AlphaDropout({ p })], ['FeatureAlphaDropout', (p) => new FeatureAlphaDropout({ p })], ['GaussianDropout', (p) => new GaussianDropout({ p })],
  ['DropBlock2d', (p) => new DropBlock2d({ p, blockSize: 3 })], ['VariationalDropout', (p) => new VariationalDropout({ p })],
];
const paths: readonly (readonly [string, (p: number) => nn.Module])[] = [
  ['StochasticDepth', (p) => new StochasticDepth({ p, mode: 'row' })], ['DropPath', (p) => new DropPath({ p })], ['ShakeDrop', (p) => new ShakeDrop({ p })],
];
const others: readonly (readonly [string, (p: number) => nn.Module])[] = [
  ['PatchDropout', (p) => new PatchDropout({ p })], ['WordDropout', (p) => new WordDropout({ p, unkIdx: 0 })],
  ['DropConnect', (p) => new DropConnect(linear(), { p })], ['EmbeddingDropout', (p) => new EmbeddingDropout(new nn.Embedding(4, 4), { p })],
  ['Zoneout', (p) => new Zoneout(new nn.GRU(4, 4), { p }) as unknown as nn.Module],
  ['ConcreteDropout', (p) => new ConcreteDropout(linear(), p === 0 ? {} : { initMin: p, initMax: p })],
];

describe.each(units)('%s', (name, make) => {
  test('upstream of a batch norm, directly or further; not downstream, not at a rate of 0', () => {
    expect(told(linear(), make(0.2), new Norm(), linear())).toEqual([`dropout-before-batch-norm 1 ${name}`]);
    expect(told(make(0.2), linear(), new nn.ReLU(), new nn.Sequential(linear(), new Norm()), linear())).toEqual([`dropout-before-batch-norm 0 ${name}`]);
    expect(told(linear(), new Norm(), new nn.ReLU(), make(0.2), linear())).toEqual([]);
    expect(told(linear(), make(0), new Norm(), linear(), make(0))).toEqual([]);
  });

  test('at the output, also behind pooling and softmax; not in front of the last weights', () => {
    expect(told(linear(), make(0.2))).toEqual([`dropout-at-output 1 ${name}`]);
    expect(told(linear(), make(0.2), new nn.Flatten(), new nn.Softmax())).toEqual([`dropout-at-output 1 ${name}`]);
    expect(told(linear(), make(0.2), linear(), new nn.Softmax())).toEqual([]);
  });

  test('inside a residual branch it is neither the output nor upstream of what runs beside it', () => {
    expect(told(linear(), new nn.Residual(new nn.Sequential(linear(), make(0.2)), { shortcut: new nn.Sequential(linear(), new Norm()) }))).toEqual([]);
    expect(told(linear(), new nn.Residual(new nn.Sequential(linear(), make(0.2))), new Norm(), linear())).toEqual([`dropout-before-batch-norm 1.body.1 ${name}`]);
  });
});

describe.each(paths)('%s', (name, make) => {
  test('without a path around it; not in a residual branch, nor at 0', () => {
    expect(told(linear(), make(0.2), linear())).toEqual([`path-without-residual 1 ${name}`]);
    expect(told(new nn.Residual(linear()), make(0.2), linear())).toEqual([`path-without-residual 1 ${name}`]);
    expect(told(linear(), new nn.Residual(new nn.Sequential(linear(), new Norm(), make(0.2))), linear())).toEqual([]);
    expect(told(linear(), new ShakeShake(new nn.Sequential(linear(), make(0.2)), linear()), linear())).toEqual([]);
    expect(told(linear(), make(0), linear())).toEqual([]);
  });

  test('it is no dropout of units: batch norm behind it is as before', () => {
    expect(told(new nn.Residual(new nn.Sequential(linear(), make(0.2))), new Norm(), linear())).toEqual([]);
  });
});

describe.each([...units, ...paths, ...others])('%s', (name, make) => {
  const block = (p: number): nn.Module[] => [linear(), new nn.Residual(new nn.Sequential(make(p), linear())), linear()];
  test('p of .9 or more', () => {
    expect(told(...block(0.9)).filter((line) => line.startsWith('high'))).toEqual([`high-drop-rate 1.body.0 ${name}`]);
    expect(told(...block(0.89)).filter((line) => line.startsWith('high'))).toEqual([]);
  });
});

test('a schedule that comes to .9', () => {
  const layer = (end: number): Dropout => new Dropout({ p: schedules.curriculum({ end }) });
  expect(told(linear(), layer(0.95), linear())).toEqual(['high-drop-rate 1 Dropout']);
  expect(told(linear(), layer(0.5), linear())).toEqual([]);
  expect(findings(linear(), layer(0.95), linear())[0]?.message).toContain('comes, by its schedule, to drop with p = 0.95');
});

describe('what is dropped in place of units', () => {
  test('weights, states, words and patches are nothing to a batch norm behind them; dropped inputs are', () => {
    for (const [name, make] of others) {
      const quiet = name !== 'ConcreteDropout';
      expect(told(make(0.2), new Norm(), linear()).filter((line) => line.startsWith('dropout-before')), name).toEqual(quiet ? [] : ['dropout-before-batch-norm 0 ConcreteDropout']);
    }
  });

  test('layers around the last weights do not drop the output', () => {
    for (const make of [() => new DropConnect(linear()), () => new ConcreteDropout(linear())]) expect(told(linear(), make())).toEqual([]);
  });

  test('noise and shaken branches say nothing', () => {
    expect(told(new GaussianNoise({ std: 0.1 }), linear(), new Norm(), new ShakeShake(linear(), linear()), new GaussianNoise({ std: 1 }))).toEqual([]);
  });
});

test('a batch norm under eight samples, by the batch and its microbatches', async () => {
  const model = (): nn.Sequential => new nn.Sequential(linear(), new Norm(), linear());
  const data = { size: 64, numClasses: 4, batch: () => { throw new Error('stop here'); } };
  const codes = async (batchSize: number, accumulate: number): Promise<string[]> => {
    const trainer = new Trainer({ model: model(), loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 1, accumulate });
    await trainer.fit({ train: data as never, epochs: 1, batchSize }).catch(() => undefined);
    return trainer.findings.filter(({ code }) => code === 'small-batch-norm').map(({ message }) => message.slice(0, 54));
  };
  expect(await codes(8, 1)).toEqual([]);
  expect(await codes(7, 1)).toEqual(['Batch norm at `1` (Norm) sees 7 samples at a time: its']);
  expect(await codes(32, 4)).toEqual([]);
  expect(await codes(32, 8)).toEqual(['Batch norm at `1` (Norm) sees 4 samples at a time (a b']);
});
