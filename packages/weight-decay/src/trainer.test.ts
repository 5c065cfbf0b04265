import { arrayDataset, losses, nn, optim, schedules, type AnyPlugin, Trainer, useBackend } from '@parsimony/core';
import { sample, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { weightDecay } from './weight-decay';

const model = () => new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
const data = () => arrayDataset({ inputs: Float32Array.from(sample(48, { seed: 2 })), shape: [3], labels: Int32Array.from({ length: 16 }, (_, i) => i % 2), numClasses: 2 });
const make = (optimizer: optim.Optimizer, plugins: AnyPlugin[]) => new Trainer({ model: model(), loss: losses.crossEntropy(), optimizer, seed: 3, plugins });

async function trained(optimizer: optim.Optimizer, plugins: AnyPlugin[] = []): Promise<Record<string, number[]>> {
  const trainer = make(optimizer, plugins);
  await trainer.fit({ train: data(), epochs: 3, batchSize: 4 });
  const out: Record<string, number[]> = {};
  for (const [path, x] of Object.entries(trainer.model.parameters())) out[path] = Array.from(await x.data());
  trainer.dispose();
  return out;
}

describe.each(techniqueBackends)('weightDecay in a fit on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('with Adam it is AdamW without decay of biases, to the bit', async () => {
    const groups = [{ match: '**.bias', weightDecay: 0 }];
    expect(await trained(optim.adam({ lr: 0.01 }), [weightDecay({ decay: 0.3 })])).toEqual(await trained(optim.adamw({ lr: 0.01, weightDecay: 0.3, groups })));
  });

  test('it takes over from the default of adamw', async () => {
    expect(await trained(optim.adamw({ lr: 0.01 }), [weightDecay({ decay: 0 })])).toEqual(await trained(optim.adam({ lr: 0.01 })));
  });

  test('a schedule of the step', async () => {
    const decay = schedules.linear({ start: 1, end: 0, steps: 6 });
    const groups = [{ match: '**.bias', weightDecay: 0 }];
    const scheduled = await trained(optim.adam({ lr: 0.01 }), [weightDecay({ decay })]);
    expect(scheduled).toEqual(await trained(optim.adamw({ lr: 0.01, weightDecay: decay, groups })));
    expect(scheduled).not.toEqual(await trained(optim.adam({ lr: 0.01 }), [weightDecay({ decay: 1 })]));
  });
});

describe('in the plan', () => {
  beforeAll(async () => { await useReference(); });

  test('explain lists what every parameter gets, and why', () => {
    const text = make(optim.adam({ lr: 0.01 }), [weightDecay({ decay: 0.1, factors: { '0.**': 0.5 } })]).explain();
    expect(text).toMatch(/0\.weight .*decay 0\.05 \(decoupled\)/);
    expect(text).toMatch(/2\.weight .*decay 0\.1 \(decoupled\)/);
    expect(text).toMatch(/2\.bias .*no decay/);
    const said = text.split('\n').filter((line) => line.includes('weight-decay: ')).map((line) => line.trim().split(/ {2,}/));
    expect(said.map(([path, , , decay, reason]) => [path, decay, reason])).toEqual([
      ['0.weight', 'decay 0.05 (decoupled)', "weight-decay: decayed, times 0.5 by '0.**'"], ['0.bias', 'no decay', 'weight-decay: a bias'],
      ['2.weight', 'decay 0.1 (decoupled)', 'weight-decay: decayed'], ['2.bias', 'no decay', 'weight-decay: a bias'],
    ]);
  });

  test('an optimizer with a decay of its own is refused', () => {
    expect(() => make(optim.sgd({ lr: 0.1, weightDecay: 0.1 }), [weightDecay()])).toThrow('@parsimony/weight-decay owns the weight decay (`params.decay`), and the optimizer `sgd` was given one too.');
    expect(() => make(optim.sgd({ lr: 0.1 }), [weightDecay(), weightDecay()])).toThrow('@parsimony/weight-decay is listed twice');
  });

  test('a glob that matches nothing is refused', () => {
    expect(() => make(optim.sgd({ lr: 0.1 }), [weightDecay({ exclude: ['head.**'] })])).toThrow("weightDecay: 'head.**' matches no parameter; the model has: 0.weight, 0.bias, 2.weight, 2.bias.");
  });
});
