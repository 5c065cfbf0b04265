/** Every function and class of the package, with junk in every place. */
import { arrayDataset, type Dataset, nn, ones, random, type Tensor, useBackend, zeros } from '@parsimony/core';
import { beforeAll, expect, test } from 'vitest';
import { called, type Call, made, testInputRefusals, testRefusals } from '../../../tooling/reference/check/refusals';
import * as norms from './index';

beforeAll(async () => { await useBackend('wasm', { threads: 1 }); });

const key = random.key(1);
const [rows, images] = [[8, 4], [2, 4, 3, 3]].map((shape) => () => ones(shape)) as [() => Tensor, () => Tensor];
const channels = (): Tensor => ones([4]);
const linear = (): nn.Module => new nn.Linear(4, 4);
const model = (): nn.Module => new nn.Sequential(new nn.Conv2d(2, 4, 3), new norms.BatchNorm2d(4)).init(key);
const running = (): norms.RunningStatistics => ({ mean: zeros([4]), variance: ones([4]), batches: zeros([], { dtype: 'int32' }) });
const statistics = { eps: 1e-5, momentum: 0.1, affine: true, trackRunningStats: true };
const batch = (training: boolean) => ({ weight: channels(), bias: channels(), running: running(), training, momentum: 0.1, eps: 1e-5 });
// As an instance of a class: what it has beside `size` and `batch` is its own affair.
const data = Object.create(arrayDataset({ inputs: Float32Array.of(1, 2, 3, 4), shape: [1], values: new Float32Array(4) })) as Dataset;
const outputOf = (norm: (...args: never) => norms.BatchNormOutput) => (...args: never): Tensor => norm(...args).output;

const calls: Record<string, Call> = {
  batchNorm: called(outputOf(norms.batchNorm), () => [rows(), batch(true)]),
  'batchNorm in evaluation': called(outputOf(norms.batchNorm), () => [rows(), batch(false)]),
  ghostBatchNorm: called(outputOf(norms.ghostBatchNorm), () => [rows(), { ...batch(true), chunkSize: 2 }]),
  'ghostBatchNorm of one chunk': called(outputOf(norms.ghostBatchNorm), () => [rows(), { ...batch(true), chunkSize: 8 }]),
  syncBatchNorm: called(outputOf(norms.syncBatchNorm), () => [images(), { size: 2, allReduceSum: (x: Tensor) => x }, batch(true)]),
  'syncBatchNorm alone': called(outputOf(norms.syncBatchNorm), () => [images(), { size: 1, allReduceSum: (x: Tensor) => x }, batch(true)]),
  instanceNorm: called(outputOf(norms.instanceNorm), () => [images(), batch(true)]),
  'instanceNorm in evaluation': called(outputOf(norms.instanceNorm), () => [images(), batch(false)]),
  ...Object.fromEntries((['BatchNorm1d', 'BatchNorm2d', 'BatchNorm3d', 'SyncBatchNorm'] as const).map((name) => [name, made(norms[name], () => [4, { ...statistics, frozen: false }])])),
  ...Object.fromEntries((['InstanceNorm1d', 'InstanceNorm2d', 'InstanceNorm3d'] as const).map((name) => [name, made(norms[name], () => [4, { ...statistics }])])),
  GhostBatchNorm: made(norms.GhostBatchNorm, () => [4, { ...statistics, frozen: false, chunkSize: 2 }]),
  LayerNorm: made(norms.LayerNorm, () => [[4], { eps: 1e-5, elementwiseAffine: true, bias: true }]),
  groupNorm: called(norms.groupNorm, () => [images(), 2, { weight: channels(), bias: channels(), eps: 1e-5 }]),
  GroupNorm: made(norms.GroupNorm, () => [2, 4, { eps: 1e-5, affine: true }]),
  rmsNorm: called(norms.rmsNorm, () => [rows(), { normalizedShape: [4], weight: channels(), eps: 1e-5 }]),
  RMSNorm: made(norms.RMSNorm, () => [4, { eps: 1e-5, elementwiseAffine: true }]),
  scaleNorm: called(norms.scaleNorm, () => [rows(), { scale: ones([]), eps: 1e-5 }]),
  ScaleNorm: made(norms.ScaleNorm, () => [4, { eps: 1e-5, scale: 2 }]),
  qkNorm: called((...args: Parameters<typeof norms.qkNorm>) => norms.qkNorm(...args).query, () => [{ query: rows(), key: rows() }, { scale: ones([]), eps: 1e-5 }]),
  QKNorm: made(norms.QKNorm, () => [{ eps: 1e-5, scale: 2 }]),
  localResponseNorm: called(norms.localResponseNorm, () => [images(), 3, { alpha: 1, beta: 1, k: 1 }]),
  LocalResponseNorm: made(norms.LocalResponseNorm, () => [3, { alpha: 1, beta: 1, k: 1 }]),
  preNorm: called(norms.preNorm, () => [new norms.RMSNorm(4), linear()]),
  postNorm: called(norms.postNorm, () => [new norms.RMSNorm(4), linear()]),
  weightNorm: called(norms.weightNorm, () => [rows(), ones([8, 1]), { axis: 0 }]),
  applyWeightNorm: called(norms.applyWeightNorm, () => [linear(), 'weight', { axis: 0, names: 'hook' }]),
  spectralNorm: called((...args: Parameters<typeof norms.spectralNorm>) => norms.spectralNorm(...args).weight, () => [rows(), { u: ones([8]), v: channels(), powerIterations: 1, axis: 0, eps: 1e-12 }]),
  applySpectralNorm: called(norms.applySpectralNorm, () => [linear(), 'weight', { powerIterations: 1, axis: 0, eps: 1e-12, names: 'hook' }]),
  standardizeWeight: called(norms.standardizeWeight, () => [rows(), { axis: 0, eps: 1e-5 }]),
  applyWeightStandardization: called(norms.applyWeightStandardization, () => [linear(), 'weight', { axis: 0, eps: 1e-5 }]),
  orthogonal: called(norms.orthogonal, () => [rows(), { map: 'householder', base: ones([8, 8]) }]),
  applyOrthogonal: called(norms.applyOrthogonal, () => [linear(), 'weight', { map: 'householder', trivialization: true }]),
  convertNorms: called(norms.convertNorms, () => [model(), { '**': 'group' }]),
  'convertNorms to group': called(norms.convertNorms, () => [model(), { '**': { to: 'group', numGroups: 2, eps: 1e-5, affine: true } }]),
  'convertNorms to ghost': called(norms.convertNorms, () => [model(), { '**': { to: 'ghost', ...statistics, chunkSize: 2 } }]),
  'convertNorms to instance': called(norms.convertNorms, () => [model(), { '**': { to: 'instance', ...statistics } }]),
  convertSyncBatchNorm: called(norms.convertSyncBatchNorm, () => [model()]),
  foldBatchNorm: called(norms.foldBatchNorm, () => [linear().init(key), new norms.BatchNorm1d(4).init(key)]),
  foldBatchNorms: called(norms.foldBatchNorms, () => [model()]),
  updateBatchNorm: called(norms.updateBatchNorm, () => [new norms.BatchNorm1d(1).init(key), data, { batchSize: 2 }]),
};

// null: the average of all batches; one length for all. Functions: rules of one's own that leave the norm. Objects: collectives
// may have more to them.
const nulls = ['batchNorm', 'batchNorm in evaluation', 'ghostBatchNorm', 'ghostBatchNorm of one chunk', 'syncBatchNorm', 'syncBatchNorm alone', 'BatchNorm1d', 'BatchNorm2d', 'BatchNorm3d', 'SyncBatchNorm', 'GhostBatchNorm']
  .map((name) => `${name}[1].momentum null`);
testRefusals(calls, [...nulls, 'syncBatchNorm[2].momentum null', 'syncBatchNorm alone[2].momentum null', 'syncBatchNorm[1] object', 'syncBatchNorm alone[1] object', 'weightNorm[2].axis null', 'applyWeightNorm[2].axis null', 'convertNorms to ghost[1].**.momentum null',
  'convertNorms[1].** function', 'convertNorms to group[1].** function', 'convertNorms to ghost[1].** function', 'convertNorms to instance[1].** function']);

testInputRefusals({
  ...Object.fromEntries((['BatchNorm1d', 'BatchNorm2d', 'BatchNorm3d', 'SyncBatchNorm', 'GhostBatchNorm', 'InstanceNorm1d', 'InstanceNorm2d', 'InstanceNorm3d'] as const).map((name) => [name, () => new norms[name](4)])),
  LayerNorm: () => new norms.LayerNorm(4), GroupNorm: () => new norms.GroupNorm(2, 4), RMSNorm: () => new norms.RMSNorm(4), ScaleNorm: () => new norms.ScaleNorm(4), QKNorm: () => new norms.QKNorm({ scale: 1 }),
  LocalResponseNorm: () => new norms.LocalResponseNorm(3),
}, { evaluation: true });

test('none is left out', () => {
  const abstract = ['BatchNormModule', 'InstanceNormModule'];
  expect(Object.keys(norms).filter((name) => !(name in calls) && !abstract.includes(name))).toEqual([]);
});
