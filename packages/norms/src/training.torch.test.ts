/**
 * Fifty steps of an MLP with batch norm, dropout under given masks, cross entropy and AdamW give PyTorch's losses and weights;
 * the case is made by tooling/reference.
 */
import { type ForwardContext, keep, losses, nn, ops, optim, random, type Tensor, training, valueAndGrad } from '@parsimony/core';
import { BatchNorm1d } from '@parsimony/norms';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

type Arrays = Readonly<Record<string, FixtureArray>>;
interface Run { readonly losses: FixtureArray; readonly stateDictAfter: Arrays }
interface Case {
  readonly steps: number;
  readonly batchSize: number;
  readonly p: number;
  readonly options: { readonly lr: number; readonly weightDecay: number };
  readonly data: FixtureArray;
  readonly labels: FixtureArray;
  /** [steps, batchSize]: rows of data. */
  readonly batches: FixtureArray;
  /** bool [steps, batchSize, 32]. */
  readonly masks: FixtureArray;
  readonly stateDict: Arrays;
  readonly float32: Run;
  readonly float64: Run;
}

const { cases: [run] } = await fixture<Case>(new URL('../fixtures/training.json', import.meta.url));
if (!run) throw new Error('the fixture has no case');

/** Inverted dropout under a mask from outside. */
class Masked extends nn.Module {
  mask: Tensor | undefined;
  constructor(readonly p: number) { super(); }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    return ctx.mode === 'train' && this.mask ? ops.mul(ops.mul(x, this.mask), 1 / (1 - this.p)) : x;
  }
}

async function train({ steps, batchSize, p, options, ...arrays }: Case): Promise<{ readonly losses: number[]; readonly model: nn.Module }> {
  const dropout = new Masked(p);
  const model = new nn.Sequential(
    new nn.Linear(20, 32, { bias: false }), new BatchNorm1d(32), new nn.ReLU(), dropout, new nn.Linear(32, 16), new nn.ReLU(), new nn.Linear(16, 5));
  model.loadStateDict(Object.fromEntries(Object.entries(arrays.stateDict).map(([name, array]) => [name, toTensor(array)])));
  const optimizer = optim.adamw(options);
  let state = optimizer.init(model.parameters());
  const lossOf = losses.crossEntropy();
  const [data, labels, batches, masks] = [arrays.data, arrays.labels, arrays.batches, arrays.masks].map((array) => keep(toTensor(array))) as [Tensor, Tensor, Tensor, Tensor];
  const at = (x: Tensor, step: number): Tensor => ops.reshape(ops.slice(x, [{ start: step, end: step + 1 }]), x.shape.slice(1));

  const seen: number[] = [];
  for (let step = 0; step < steps; step++) {
    const rows = at(batches, step);
    expect(rows.size).toBe(batchSize);
    dropout.mask = ops.cast(at(masks, step), 'float32');
    const x = ops.indexSelect(data, 0, rows);
    const target = { kind: 'index', labels: ops.indexSelect(labels, 0, rows), numClasses: 5 } as const;
    const { value, grads, aux: pass } = valueAndGrad((params: Readonly<Record<string, Tensor>>) => {
      const own = training({ key: random.key(0), step, weights: { params } });
      const { sum, denominator } = lossOf(model.forward(x, own), target);
      return [ops.div(sum, denominator), own] as const;
    })(model.parameters());
    model.commit(pass);
    const next = optimizer.step({ params: model.parameters(), grads, state });
    state = next.state;
    model.loadStateDict(next.params, { strict: false });
    seen.push(await value.item());
  }
  return { losses: seen, model };
}

describe('the fixture', () => {
  test('PyTorch learns: the loss falls by more than half', () => {
    const { data } = run.float64.losses;
    expect(data[data.length - 1]).toBeLessThan((data[0] ?? 0) / 2);
  });
});

onBackends((backend) => {
  test('losses at every step, weights and running statistics at the end', async () => {
    const { losses: ours, model } = await train(run);
    // PyTorch's own float32 run parts from its float64 one by 3e-7 in the losses and 1.6e-6 in the weights.
    await expectClose(ours, run.float64.losses, { rtol: backend.rtol, name: 'losses' });
    const state = model.stateDict();
    for (const [path, expected] of Object.entries(run.float64.stateDictAfter)) await expectFixture(path, state[path] as Tensor, expected, backend);
  });
});
