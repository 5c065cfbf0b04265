/**
 * Twenty steps of weight norm and spectral norm under AdamW, clipping and an average of the parameters give PyTorch's losses, norms,
 * weights, vectors and averages; the case is made by tooling/reference.
 */
import { keep, losses, nn, ops, optim, type Params, random, type Tensor, training, valueAndGrad } from '@parsimony/core';
import { applySpectralNorm, applyWeightNorm } from '@parsimony/norms';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { row } from '../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

type Arrays = Readonly<Record<string, FixtureArray>>;
interface Case {
  readonly steps: number;
  readonly options: { readonly lr: number; readonly weightDecay: number; readonly maxNorm: number; readonly averageDecay: number };
  readonly data: FixtureArray;
  readonly labels: FixtureArray;
  readonly stateDict: Arrays;
  readonly losses: FixtureArray;
  readonly norms: FixtureArray;
  readonly stateDictAfter: Arrays;
  readonly averages: Arrays;
}

const { cases: [run] } = await fixture<Case>(new URL('../fixtures/parametrized-training.json', import.meta.url));
if (!run) throw new Error('the fixture has no case');

function build(): nn.Sequential {
  const model = new nn.Sequential(new nn.Linear(6, 8), new nn.Tanh(), new nn.Linear(8, 8), new nn.Tanh(), new nn.Linear(8, 5), new nn.Tanh(), new nn.Linear(5, 3));
  applyWeightNorm(model, '0.weight');
  applySpectralNorm(model, '2.weight');
  applySpectralNorm(model, '4.weight', { powerIterations: 2 });
  return applyWeightNorm(model, '6.weight', { axis: null });
}

onBackends((backend) => {
  test('losses, norms, weights, vectors and averages', async () => {
    const { steps, options: { maxNorm, averageDecay, ...options }, stateDict } = run;
    const model = build().loadStateDict(Object.fromEntries(Object.entries(stateDict).map(([name, array]) => [name, toTensor(array)])));
    expect(Object.keys(model.stateDict())).toEqual(Object.keys(stateDict));
    const optimizer = optim.adamw(options);
    let state = optimizer.init(model.parameters());
    let average: Params | undefined;
    const lossOf = losses.crossEntropy();
    const [seen, norms]: [number[], number[]] = [[], []];
    for (let step = 0; step < steps; step++) {
      const x = toTensor(row(run.data, step));
      const target = { kind: 'index', labels: toTensor(row(run.labels, step)), numClasses: 3 } as const;
      const { value, grads, aux: pass } = valueAndGrad((params: Params) => {
        const own = training({ key: random.key(0), step, weights: { params } });
        const { sum, denominator } = lossOf(model.forward(x, own), target);
        return [ops.div(sum, denominator), own] as const;
      })(model.parameters());
      model.commit(pass);
      const norm = ops.sqrt(Object.values(grads).map((g) => ops.sum(ops.square(g))).reduce((a, b) => ops.add(a, b)));
      const share = ops.minimum(ops.div(maxNorm, ops.add(norm, 1e-6)), 1);
      const clipped = Object.fromEntries(Object.entries(grads).map(([path, g]) => [path, ops.mul(g, share)]));
      const next = optimizer.step({ params: model.parameters(), grads: clipped as typeof grads, state });
      state = next.state;
      model.loadStateDict(next.params, { strict: false });
      const now = model.parameters();
      const before: Params = average ?? now;
      average = keep(Object.fromEntries(Object.entries(now).map(([path, p]) => [path, ops.lerp(before[path] as Tensor, p, 1 - averageDecay)])));
      seen.push(await value.item());
      norms.push(await norm.item());
    }
    const { rtol } = backend;
    await expectClose(seen, run.losses, { rtol, name: 'losses' });
    await expectClose(norms, run.norms, { rtol, name: 'norms' });
    const after = model.stateDict();
    for (const [path, expected] of Object.entries(run.stateDictAfter)) await expectFixture(path, after[path] as Tensor, expected, backend);
    for (const [path, expected] of Object.entries(run.averages)) await expectFixture(`average of ${path}`, average?.[path] as Tensor, expected, backend);
  });
});
