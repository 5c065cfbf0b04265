/** What techniques on gradients keep to beside other packages: masks and batch norms in both passes of SAM, constraints after lookahead. */
import { type Inputs, nn, optim, type Outputs, useBackend } from '@parsimony/core';
import { Dropout } from '@parsimony/dropout';
import { lookahead, sam } from '@parsimony/gradients';
import { BatchNorm1d } from '@parsimony/norms';
import { expectClose } from '@parsimony/testkit';
import { maxNorm } from '@parsimony/weight-decay';
import { beforeAll, describe, expect, test } from 'vitest';
import { fitWith, type Values, valuesOf } from '../../packages/gradients/src/fits';
import { techniqueBackends } from '../reference/check/backends';

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  // With other masks the gradients would have little in common; at this distance they are those of the first pass.
  test.each([1, 4])('the second pass has the masks of the first, %i microbatches', async (accumulate) => {
    const model = () => new nn.Sequential(new nn.Linear(3, 32), new nn.Tanh(), new Dropout({ p: 0.5 }), new nn.Linear(32, 2)) as unknown as nn.Module<Inputs, Outputs>;
    const plain = await fitWith([], { model: model(), accumulate });
    const near = await fitWith([sam({ rho: 1e-5 })], { model: model(), accumulate });
    const other = await fitWith([], { model: model(), accumulate, epochs: 2 });
    for (const [path, values] of Object.entries(plain.grads[0] as Values)) {
      await expectClose(near.grads[0]?.[path] ?? [], values, { name: path, rtol: 1e-3 });
      if (path === '3.weight') expect(other.grads[2]?.[path]).not.toEqual(values);
    }
    expect(near.grads[0]).not.toEqual(plain.grads[0]);
  });

  test('batch norms: statistics of one pass only, of the weights before', async () => {
    const model = () => new nn.Sequential(new nn.Linear(3, 6), new BatchNorm1d(6), new nn.Tanh(), new nn.Linear(6, 2)) as unknown as nn.Module<Inputs, Outputs>;
    const fits = await Promise.all([[], [sam({ rho: 0.5 })]].map(async (plugins) => {
      const { trainer, grads } = await fitWith(plugins, { model: model(), optimizer: optim.sgd({ lr: 0 }) });
      return { buffers: await valuesOf(trainer.model.buffers()), grads: grads[0] };
    }));
    expect(fits[1]?.grads).not.toEqual(fits[0]?.grads);
    expect(fits[1]?.buffers).toEqual(fits[0]?.buffers);
    expect(fits[1]?.buffers['1.num_batches_tracked']).toEqual([2]);
  });

  test('constraints hold after a meeting', async () => {
    const { weights } = await fitWith([maxNorm({ max: 0.3 }), lookahead({ k: 2 })], { epochs: 2 });
    for (const values of weights) {
      const w = values['0.weight'] as number[];
      for (let r = 0; r < 6; r++) expect(Math.hypot(...w.slice(3 * r, 3 * r + 3))).toBeLessThan(0.3 + 1e-5);
    }
  });
});
