/**
 * Twenty steps of a tied model give PyTorch's losses, norms of gradients, weights and averages: the shared weight is counted, clipped, decayed and
 * averaged once. The case is made by tooling/reference; its state dicts name both places, as PyTorch's do.
 */
import { type ForwardContext, keep, losses, nn, ops, optim, type Params, random, readSafetensors, type Tensor, training, valueAndGrad, writeSafetensors } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { decayRules, tieWeights } from '@parsimony/weight-decay';
import { expect, test } from 'vitest';
import { mapValues, row } from '../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

type Arrays = Readonly<Record<string, FixtureArray>>;
interface Case {
  readonly options: { readonly lr: number; readonly decay: number; readonly maxNorm: number; readonly averageDecay: number };
  readonly count: number;
  readonly tokens: FixtureArray;
  readonly labels: FixtureArray;
  readonly stateDict: Arrays;
  readonly losses: FixtureArray;
  readonly norms: FixtureArray;
  readonly after: Arrays;
  readonly averages: Arrays;
}
const { cases: [run] } = await fixture<Case>(new URL('../fixtures/tied.json', import.meta.url));
if (!run) throw new Error('the fixture has no case');

class Tied extends nn.Module {
  embed = new nn.Embedding(7, 4);
  hidden = new nn.Linear(4, 4);
  head = new nn.Linear(4, 7);
  constructor() {
    super();
    tieWeights(this, ['head.weight', 'embed.weight']);
  }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    return this.head.forward(ops.tanh(this.hidden.forward(this.embed.forward(x, ctx), ctx)), ctx);
  }
}
const names = ['embed.weight', 'hidden.weight', 'hidden.bias', 'head.bias'];

onBackends((backend) => {
  test('losses, norms, weights and averages', async () => {
    const { lr, decay, maxNorm, averageDecay } = run.options;
    const model = new Tied().loadStateDict(mapValues(run.stateDict, toTensor));
    expect(Object.keys(model.stateDict())).toEqual(names);
    expect(Object.values(model.parameters()).reduce((n, { size }) => n + size, 0)).toBe(run.count);
    const rules = decayRules(model.parameters(), { decay });
    expect(rules.filter((rule) => rule.decay !== 0).map(({ path }) => path)).toEqual(['embed.weight', 'hidden.weight']);
    const optimizer = optim.adam({ lr });
    let state = optimizer.init(model.parameters());
    let average: Params = keep(mapValues(model.parameters(), (p) => ops.mul(p, 1)));
    const [seen, norms]: [number[], number[]] = [[], []];
    for (let step = 0; step < 20; step++) {
      const target = { kind: 'index', labels: toTensor(row(run.labels, step)), numClasses: 7 } as const;
      const { value, grads } = valueAndGrad((params: Params) => {
        const { sum, denominator } = losses.crossEntropy()(model.forward(toTensor(row(run.tokens, step)), training({ key: random.key(0), weights: { params } })), target);
        return ops.div(sum, denominator);
      })(model.parameters());
      const norm = ops.sqrt(ops.sumSquares(Object.values(grads)));
      const share = ops.minimum(ops.div(maxNorm, ops.add(norm, 1e-6)), 1);
      const next = optimizer.step({
        params: model.parameters(), grads: mapValues(grads, (g) => ops.mul(g, share)), state,
        rates: (path) => ({ lr, weightDecay: Number(rules.find((rule) => rule.path === path)?.decay), decayKind: 'decoupled' }),
      });
      state = next.state;
      model.loadStateDict(next.params);
      average = keep(Object.fromEntries(Object.entries(model.parameters()).map(([path, p]) => [path, ops.lerp(average[path] as Tensor, p, 1 - averageDecay)])));
      seen.push(await value.item());
      norms.push(await norm.item());
    }
    const { rtol } = backend;
    await expectClose(seen, run.losses, { rtol, name: 'losses' });
    await expectClose(norms, run.norms, { rtol, name: 'norms' });
    for (const path of names) {
      await expectFixture(path, model.stateDict()[path] as Tensor, run.after[path] as FixtureArray, backend);
      await expectFixture(`average of ${path}`, average[path] as Tensor, run.averages[path] as FixtureArray, backend);
    }
  });

  test('saved once, and loaded from a file of either kind', async () => {
    const { tensors } = readSafetensors(await writeSafetensors(mapValues(run.stateDict, toTensor)));
    const model = new Tied().loadStateDict(tensors);
    const again = readSafetensors(await writeSafetensors(model.stateDict())).tensors;
    expect(Object.keys(again).sort()).toEqual([...names].sort());
    const second = new Tied().loadStateDict(again);
    for (const path of names) expect(await second.stateDict()[path]?.array()).toEqual(await model.stateDict()[path]?.array());
  });
});

test('errors', () => {
  const model = () => new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 3), new nn.Linear(2, 2));
  expect(() => tieWeights(model(), ['0.weight'])).toThrow('tieWeights: `paths` must be two or more different paths of parameters, received ["0.weight"].');
  expect(() => tieWeights(model(), ['0.weight', '0.weight'])).toThrow('two or more different paths');
  expect(() => tieWeights(model(), ['0.weight', 'head'])).toThrow('tieWeights: "head" is no parameter of the model, which has: 0.weight');
  expect(() => tieWeights(model(), ['0.weight', '1.weight'])).toThrow('must have the shape [2, 2] of `0.weight`, received [3, 2].');
  expect(() => tieWeights({} as never, ['a', 'b'])).toThrow('tieWeights: `model` must be a module');
  expect(tieWeights(model(), ['2.weight', '0.weight'])).toBe('0.weight');
});
