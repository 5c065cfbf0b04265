/** Every function and class of the package, with junk in every place. */
import { nn, ones, random, type Tensor, tensor, useBackend, zeros } from '@parsimony/core';
import { beforeAll, expect, test } from 'vitest';
import { called, type Call, made, testInputRefusals, testRefusals } from '../../../tooling/reference/check/refusals';
import * as dropout from './index';

beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });

const key = random.key(1);
const call = { p: 0.5, key };
const [rows, rank3, rank4, rank5] = [[2, 4], [2, 4, 6], [2, 4, 6, 6], [2, 2, 4, 4, 4]].map((shape) => () => ones(shape)) as [() => Tensor, () => Tensor, () => Tensor, () => Tensor];
const tokens = (): Tensor => tensor([[1, 2], [3, 4]], { dtype: 'int32' });
const linear = (): nn.Module => new nn.Linear(4, 4);
const paths = (): nn.Module => new nn.Sequential(new dropout.DropPath({ p: 0 }));

const calls: Record<string, Call> = {
  dropout: called(dropout.dropout, () => [rows(), { ...call, scaling: 'training' }]),
  Dropout: made(dropout.Dropout, () => [{ p: 0.5, scaling: 'training' }]),
  dropout1d: called(dropout.dropout1d, () => [rank3(), { ...call }]),
  Dropout1d: made(dropout.Dropout1d, () => [{ p: 0.5 }]),
  dropout2d: called(dropout.dropout2d, () => [rank4(), { ...call }]),
  Dropout2d: made(dropout.Dropout2d, () => [{ p: 0.5 }]),
  dropout3d: called(dropout.dropout3d, () => [rank5(), { ...call }]),
  Dropout3d: made(dropout.Dropout3d, () => [{ p: 0.5 }]),
  alphaDropout: called(dropout.alphaDropout, () => [rows(), { ...call }]),
  AlphaDropout: made(dropout.AlphaDropout, () => [{ p: 0.5 }]),
  featureAlphaDropout: called(dropout.featureAlphaDropout, () => [rows(), { ...call }]),
  FeatureAlphaDropout: made(dropout.FeatureAlphaDropout, () => [{ p: 0.5 }]),
  gaussianDropout: called(dropout.gaussianDropout, () => [rows(), { ...call }]),
  GaussianDropout: made(dropout.GaussianDropout, () => [{ p: 0.5 }]),
  gaussianNoise: called(dropout.gaussianNoise, () => [rows(), { std: 1, key }]),
  GaussianNoise: made(dropout.GaussianNoise, () => [{ std: 1 }]),
  stochasticDepth: called(dropout.stochasticDepth, () => [rows(), { ...call, mode: 'row', scaling: 'training' }]),
  StochasticDepth: made(dropout.StochasticDepth, () => [{ p: 0.5, mode: 'row', scaling: 'training' }]),
  dropPath: called(dropout.dropPath, () => [rows(), { ...call, scaleByKeep: true }]),
  DropPath: made(dropout.DropPath, () => [{ p: 0.5, scaleByKeep: true }]),
  shakeDrop: called(dropout.shakeDrop, () => [rows(), { ...call, alpha: [-1, 1], beta: [0, 1], mode: 'row' }]),
  ShakeDrop: made(dropout.ShakeDrop, () => [{ p: 0.5, alpha: [-1, 1], beta: [0, 1], mode: 'row' }]),
  shakeShake: called(dropout.shakeShake, () => [rows(), rows(), { key, mode: 'row' }]),
  ShakeShake: made(dropout.ShakeShake, () => [linear(), linear(), { mode: 'row' }]),
  dropBlock2d: called(dropout.dropBlock2d, () => [rank4(), { ...call, blockSize: [2, 3], eps: 1e-6 }]),
  DropBlock2d: made(dropout.DropBlock2d, () => [{ p: 0.1, blockSize: 3, eps: 1e-6 }]),
  dropBlock3d: called(dropout.dropBlock3d, () => [rank5(), { ...call, blockSize: 2, eps: 1e-6 }]),
  DropBlock3d: made(dropout.DropBlock3d, () => [{ p: 0.1, blockSize: [1, 2, 3], eps: 1e-6 }]),
  variationalDropout: called(dropout.variationalDropout, () => [rank3(), { ...call, batchFirst: true }]),
  VariationalDropout: made(dropout.VariationalDropout, () => [{ p: 0.1, batchFirst: true }]),
  zoneout: called(dropout.zoneout, () => [rows(), rows(), { ...call }]),
  Zoneout: made(dropout.Zoneout, () => [new nn.LSTM(4, 4), { p: 0.1, pCell: 0.2 }]),
  dropConnect: called(dropout.dropConnect, () => [rows(), { ...call }]),
  DropConnect: made(dropout.DropConnect, () => [linear(), { p: 0.1, weights: 'weight' }]),
  WeightDrop: made(dropout.WeightDrop, () => [linear(), { p: 0.1, weights: ['weight'] }]),
  weightDrop: called(dropout.weightDrop, () => [linear(), { p: 0.1, weights: ['weight'] }]),
  embeddingDropout: called(dropout.embeddingDropout, () => [rows(), { ...call }]),
  EmbeddingDropout: made(dropout.EmbeddingDropout, () => [new nn.Embedding(4, 4) as never, { p: 0.1, weights: 'weight' }]),
  wordDropout: called(dropout.wordDropout, () => [tokens(), { ...call, unkIdx: 1, exclude: [0] }]),
  WordDropout: made(dropout.WordDropout, () => [{ p: 0.1, unkIdx: 1, exclude: [0] }]),
  patchDropout: called(dropout.patchDropout, () => [rank3(), { ...call, numPrefixTokens: 1, ordered: true }]),
  PatchDropout: made(dropout.PatchDropout, () => [{ p: 0.1, numPrefixTokens: 1, ordered: true }]),
  concreteDropout: called(dropout.concreteDropout, () => [rows(), zeros([1]), { key, temperature: 0.1, unit: 'element' }]),
  ConcreteDropout: made(dropout.ConcreteDropout, () => [linear(), { weightRegularizer: 1, dropoutRegularizer: 1, initMin: 0.1, initMax: 0.2, temperature: 0.1, unit: 'element' }]),
  concreteRegularizers: called((...args: Parameters<typeof dropout.concreteRegularizers>) => dropout.concreteRegularizers(...args).weight, () => [zeros([1]), [rows()], 4]),
  concreteDropoutTerms: called(dropout.concreteDropoutTerms, () => [{ lengthScale: 0.1, precision: 1, scale: 1 }]),
  rDrop: called(dropout.rDrop, () => [{ alpha: 1, classAxis: 1 }]),
  rDropLoss: called((...args: Parameters<typeof dropout.rDropLoss>) => dropout.rDropLoss(...args).sum, () => [rows(), rows(), { classAxis: 1, weights: ones([2]) }]),
  mcDropout: called((model: nn.Module, x: Tensor, options: dropout.McDropoutOptions) => dropout.mcDropout(model, x, options).mean,
    () => [new nn.Sequential(new nn.Linear(4, 4), new dropout.Dropout()).init(key), rows(), { key, samples: 2, outputs: 'logits', batchSize: 2, classAxis: 1, weights: { params: {}, buffers: {} }, at: { step: 1, totalSteps: 2 } }]),
  applyDropout: called(dropout.applyDropout, () => [linear(), [{ match: '', p: 0.1 }]]),
  'applyDropout with a layer': called(dropout.applyDropout, () => [new nn.Sequential(linear()), [{ match: '0', layer: () => new dropout.Dropout() }]]),
  dropPathRates: called(dropout.dropPathRates, () => [3, 0.1]),
  setDropPathRates: called(dropout.setDropPathRates, () => [paths(), 0.1, { blocks: ['*'], rule: 'paper' }]),
  applyMask: called(dropout.applyMask, () => [rows(), rows(), { p: 0.1, scaling: 'training' }]),
  drawMask: called(dropout.drawMask, () => [[2, 2], 0.5, key]),
};

testRefusals(calls, ['mcDropout[2].weights.params object', 'mcDropout[2].weights.buffers object']);

testInputRefusals({
  Dropout: () => new dropout.Dropout(), Dropout1d: () => new dropout.Dropout1d(), Dropout2d: () => new dropout.Dropout2d(), Dropout3d: () => new dropout.Dropout3d(),
  AlphaDropout: () => new dropout.AlphaDropout(), FeatureAlphaDropout: () => new dropout.FeatureAlphaDropout(), GaussianDropout: () => new dropout.GaussianDropout(),
  GaussianNoise: () => new dropout.GaussianNoise({ std: 1 }), StochasticDepth: () => new dropout.StochasticDepth({ p: 0.5, mode: 'row' }), DropPath: () => new dropout.DropPath({ p: 0.5 }),
  ShakeDrop: () => new dropout.ShakeDrop({ p: 0.5 }), ShakeShake: () => new dropout.ShakeShake(linear(), linear()), DropBlock2d: () => new dropout.DropBlock2d({ p: 0.1, blockSize: 2 }),
  DropBlock3d: () => new dropout.DropBlock3d({ p: 0.1, blockSize: 2 }), VariationalDropout: () => new dropout.VariationalDropout(), Zoneout: () => new dropout.Zoneout(new nn.LSTM(4, 4), { p: 0.1 }),
  DropConnect: () => new dropout.DropConnect(linear()), PatchDropout: () => new dropout.PatchDropout(), ConcreteDropout: () => new dropout.ConcreteDropout(linear()),
}, { evaluation: false });

test('none is left out', () => {
  // Base classes, whose subclasses are tried.
  const abstract = ['DropLayer', 'DropModule'];
  expect(Object.keys(dropout).filter((name) => !(name in calls) && !abstract.includes(name))).toEqual([]);
});
