import { memory, nn, ones, type Params, random, scope, type Tensor, tensor, training, useBackend } from '@parsimony/core';
import { sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { BatchNorm1d, BatchNorm2d, type BatchNormModule, convertNorms, convertSyncBatchNorm, GhostBatchNorm, GroupNorm, InstanceNorm2d, LayerNorm, SyncBatchNorm } from './index';

const key = random.key(5);
const net = () => new nn.Sequential(
  new nn.Conv2d(2, 6, 3), new BatchNorm2d(6, { eps: 1e-3, momentum: 0.2 }), new nn.ReLU(),
  new nn.Residual(new nn.Sequential(new nn.Conv2d(6, 6, 3, { padding: 1 }), new BatchNorm2d(6))));
/** A class with norms as a property and in a list. */
class Own extends nn.Module {
  first = new BatchNorm1d(3);
  rest = [new nn.Linear(3, 3), new BatchNorm1d(3)];
  protected compute(x: Tensor): Tensor { return x; }
}
const filled = (shape: readonly number[], seed: number): Tensor => tensor(sample(shape.reduce((a, b) => a * b, 1), { seed, low: 0.5, high: 2 }), shape);
/** Its state with values that are none of a fresh norm. */
const fill = <M extends nn.Module>(model: M): M => {
  model.init(key);
  return model.loadStateDict(Object.fromEntries(Object.entries(model.stateDict()).map(([path, x], i) => [path, x.dtype === 'int32' ? tensor(4, { dtype: 'int32' }) : filled(x.shape, i)])));
};
const values = async (state: Params) => Object.fromEntries(await Promise.all(Object.entries(state).map(async ([path, x]) => [path, await x.array()] as const)));

describe.each(techniqueBackends)('converting norms on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('batch to group: weights and biases stay, running statistics go, all else is as it was', async () => {
    const model = fill(net());
    const before = await values(model.stateDict());
    const result = convertNorms(model, { '**': { to: 'group', numGroups: 3 } });
    expect(result).toBe(model);
    const after = await values(model.stateDict());
    expect(Object.keys(after)).toEqual(Object.keys(before).filter((path) => !/running|tracked/.test(path)));
    for (const path of Object.keys(after)) expect(after[path], path).toEqual(before[path]);
    const norm = model.layers[1] as GroupNorm;
    expect([norm.numGroups, norm.eps, norm.path]).toEqual([3, 1e-3, '1']);
    expect(model.forward(ones([1, 2, 5, 5]), training({ key })).shape).toEqual([1, 6, 3, 3]);
  });

  test('batch to ghost and to frozen: buffers stay too, and so does the evaluation', async () => {
    const model = fill(net());
    const before = await values(model.stateDict());
    const y = await model.forward(ones([2, 2, 5, 5])).array();
    convertNorms(model, { '1': { to: 'ghost', chunkSize: 2 }, '3.**': 'frozen' });
    expect(model.layers[1]).toBeInstanceOf(GhostBatchNorm);
    expect((model.layers[1] as GhostBatchNorm).momentum).toBe(0.2);
    const frozen = model.namedModules().find(([path]) => path === '3.body.1')?.[1] as BatchNormModule;
    expect(frozen).toBeInstanceOf(BatchNorm2d);
    expect([frozen.frozen, (model.layers[1] as GhostBatchNorm).frozen]).toEqual([true, false]);
    expect(await values(model.stateDict())).toEqual(before);
    expect(await model.forward(ones([2, 2, 5, 5])).array()).toEqual(y);
  });

  test('there and back: group to ghost begins its statistics afresh, the weights of a norm stay its own', async () => {
    const model = fill(net());
    const weight = await model.stateDict()['1.weight']?.array();
    convertNorms(model, { '1': 'group' });
    expect((model.layers[1] as GroupNorm).numGroups).toBe(2);
    convertNorms(model, { '1': { to: 'ghost', momentum: null } });
    expect(await model.stateDict()['1.weight']?.array()).toEqual(weight);
    expect(await model.stateDict()['1.running_mean']?.array()).toEqual([0, 0, 0, 0, 0, 0]);
    expect((model.layers[1] as GhostBatchNorm).momentum).toBeNull();
  });

  test('batch to instance, and back, keeping running statistics', async () => {
    const model = fill(net());
    const before = await values(model.stateDict());
    convertNorms(model, { '1': 'instance' });
    expect(model.layers[1]).toBeInstanceOf(InstanceNorm2d);
    expect(await values(model.stateDict())).toEqual(before);
    convertNorms(model, { '1': 'batch' });
    expect(model.layers[1]).toBeInstanceOf(BatchNorm2d);
    expect(await values(model.stateDict())).toEqual(before);
  });

  test('properties, lists, a function for a rule; before init', () => {
    const model = new Own();
    convertNorms(model, { 'rest.*': (norm) => new LayerNorm((norm as BatchNorm1d).numFeatures), '**': 'ghost' });
    expect(model.first).toBeInstanceOf(GhostBatchNorm);
    expect(model.rest[1]).toBeInstanceOf(LayerNorm);
    expect(Object.keys(model.init(key).stateDict())).toContain('rest.1.bias');
  });

  test('a norm in two places becomes one norm in two places; undefined leaves a norm', () => {
    const shared = new BatchNorm1d(3);
    const model = convertNorms(new nn.Sequential(shared, new nn.ReLU(), shared), { '**': 'group' });
    expect(model.layers[0]).toBe(model.layers[2]);
    expect(model.layers[0]).toBeInstanceOf(GroupNorm);
    const kept = model.layers[0];
    expect(convertNorms(model, { '**': () => undefined }).layers[0]).toBe(kept);
  });

  test('to synchronized norms, by rule or all batch norms at once', async () => {
    const model = fill(net());
    const before = await values(model.stateDict());
    convertNorms(model, { '1': { to: 'sync', eps: 0.5 } });
    expect((model.layers[1] as SyncBatchNorm).eps).toBe(0.5);
    expect(convertSyncBatchNorm(model)).toBe(model);
    expect(model.namedModules().filter(([, module]) => module instanceof SyncBatchNorm).map(([path]) => path)).toEqual(['1', '3.body.1']);
    expect((model.layers[1] as SyncBatchNorm).eps).toBe(0.5);
    expect(await values(model.stateDict())).toEqual(before);
    const other = new nn.Sequential(new GroupNorm(1, 2));
    expect(convertSyncBatchNorm(other).layers[0]).toBeInstanceOf(GroupNorm);
  });

  test('what is replaced gives its memory back', () => {
    const use = (): void => scope(() => {
      const model = convertNorms(net().init(key), { '**': 'group' });
      for (const value of Object.values(model.stateDict())) value.dispose();
    });
    use();
    const before = memory();
    use();
    expect(memory()).toEqual(before);
  });
});

describe('errors', () => {
  beforeAll(async () => { await useReference(); });
  test.each([
    ['a pattern without a norm', () => convertNorms(net(), { '7': 'frozen' }), 'convertNorms: no norm matches `7`; the model has: 1 (BatchNorm2d), 3.body.1 (BatchNorm2d).'],
    ['a word that is none', () => convertNorms(net(), { '**': 'layer' as never }), "convertNorms: `to` must be one of 'batch', 'frozen', 'ghost', 'group', 'instance', 'sync'"],
    ['no rules', () => convertNorms(net(), 'frozen' as never), "expected rules such as { '**': 'frozen' }, received \"frozen\"."],
    ['groups that do not divide', () => convertNorms(net(), { '**': { to: 'group', numGroups: 4 } }), 'GroupNorm: `numGroups` must divide the 6 channels, received 4.'],
    ['an unknown option', () => convertNorms(net(), { '**': { to: 'ghost', chunks: 4 } as never }), 'GhostBatchNorm: unknown option `chunks`.'],
    ['a norm alone', () => convertNorms(new BatchNorm1d(2), { '**': 'group' }), 'the model is itself a norm'],
    ['nothing to freeze', () => convertNorms(new nn.Sequential(new GroupNorm(1, 2)), { '**': 'frozen' }), '`0` (GroupNorm) has nothing to freeze'],
    ['unknown axes', () => convertNorms(new nn.Sequential(new GroupNorm(1, 2)), { '**': 'batch' }), 'does not say how many axes its input has'],
    ['no module', () => convertNorms(net(), { '**': () => 3 as never }), 'must give a module or undefined, received 3.'],
  ])('%s', (_, run, message) => { expect(run).toThrow(message); });
  test('a refused conversion leaves the model as it was', () => {
    const model = net();
    expect(() => convertNorms(model, { '1': 'group', '**': { to: 'group', numGroups: 4 } })).toThrow('must divide the 6 channels');
    expect(model.layers[1]).toBeInstanceOf(BatchNorm2d);
  });

});
