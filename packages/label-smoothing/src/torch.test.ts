/** Smoothed targets under the cross entropy against PyTorch's `label_smoothing`; the cases are made by tooling/reference. */
import { losses, ops, type Target, type Tensor, valueAndGrad } from '@parsimony/core';
import { smoothLabels } from '@parsimony/label-smoothing';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  readonly epsilon: number;
  readonly scores: FixtureArray;
  readonly labels?: FixtureArray;
  readonly probs?: FixtureArray;
  readonly weight?: FixtureArray;
  readonly ignoreIndex?: number;
  readonly loss: number;
  readonly grad: FixtureArray;
}

const { cases } = await fixture<Case>(new URL('../fixtures/cross-entropy.json', import.meta.url));

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { epsilon, scores, labels, probs, weight, ignoreIndex, loss, grad }) => {
    const lossOf = losses.crossEntropy({ ...(weight && { weight: Array.from(weight.data) }) });
    const given: Target = labels
      ? { kind: 'index', labels: toTensor(labels), numClasses: scores.shape[1] ?? 0, ...(ignoreIndex !== undefined && { ignoreIndex }) }
      : { kind: 'soft', probs: toTensor(probs as FixtureArray) };
    const target = smoothLabels(given, { epsilon });
    expect(target.kind).toBe('soft');
    const made = valueAndGrad((x: Tensor) => {
      const { sum, denominator } = lossOf(x, target);
      return ops.div(sum, denominator);
    })(toTensor(scores));
    await expectClose(made.value, loss, { rtol: backend.rtol, name: 'loss' });
    await expectFixture('gradient of the scores', made.grads, grad, backend);
  });
});
