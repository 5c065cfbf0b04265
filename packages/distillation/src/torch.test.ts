/** Hinton's loss against PyTorch's cross entropy and `kl_div`; the cases are made by tooling/reference. */
import { losses, ops, type Tensor, valueAndGrad } from '@parsimony/core';
import { distillationLoss } from '@parsimony/distillation';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { test } from 'vitest';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  readonly alpha: number;
  readonly temperature: number;
  readonly scores: FixtureArray;
  readonly teacher: FixtureArray;
  readonly labels: FixtureArray;
  readonly loss: number;
  readonly grad: FixtureArray;
}

const { cases } = await fixture<Case>(new URL('../fixtures/hinton.json', import.meta.url));

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { alpha, temperature, scores, teacher, labels, loss, grad }) => {
    const made = valueAndGrad((x: Tensor) => {
      const { sum, denominator } = distillationLoss(x, toTensor(teacher), { temperature });
      const hard = losses.functional.crossEntropy(x, toTensor(labels));
      return ops.add(ops.mul(hard, alpha), ops.mul(ops.div(sum, denominator), 1 - alpha));
    })(toTensor(scores));
    await expectClose(made.value, loss, { rtol: backend.rtol, name: 'loss' });
    await expectFixture('gradient of the scores', made.grads, grad, backend);
  });
});
