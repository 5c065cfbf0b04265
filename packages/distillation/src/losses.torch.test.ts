/** The losses on features and scores against PyTorch's ops, value and gradient; the cases are made by tooling/reference. */
import { type Loss, ops, type Tensor, valueAndGrad } from '@parsimony/core';
import { attentionLoss, correlationLoss, decoupledLoss, hintLoss, relationalLoss, similarityLoss } from '@parsimony/distillation';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

interface Case {
  readonly name: string;
  readonly loss: keyof typeof byName;
  readonly options: Readonly<Record<string, number>>;
  readonly student: FixtureArray;
  readonly teacher: FixtureArray;
  readonly labels?: FixtureArray;
  readonly value: number;
  readonly grad: FixtureArray;
}

type Call = (s: Tensor, t: Tensor, labels: Tensor | undefined, options: object) => Loss;
const byName = {
  hint: (s, t) => hintLoss(s, t),
  attention: (s, t, _, options) => attentionLoss(s, t, options),
  similarity: (s, t) => similarityLoss(s, t),
  relational: (s, t, _, options) => relationalLoss(s, t, options),
  decoupled: (s, t, labels, options) => decoupledLoss(s, t, labels ?? expect.unreachable(), options),
  correlation: (s, t, _, options) => correlationLoss(s, t, options),
} as const satisfies Readonly<Record<string, Call>>;

const { cases } = await fixture<Case>(new URL('../fixtures/losses.json', import.meta.url));

test('every loss has cases', () => {
  expect([...new Set(cases.map(({ loss }) => loss))].sort()).toEqual(Object.keys(byName).sort());
});

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { loss, options, student, teacher, labels, value, grad }) => {
    const call: Call = byName[loss];
    const made = valueAndGrad((x: Tensor) => {
      const { sum, denominator } = call(x, toTensor(teacher), labels && toTensor(labels), options);
      return ops.div(sum, denominator);
    })(toTensor(student));
    // A divergence is the difference of terms as large as T^2 = 16, each with the rounding of float32.
    await expectClose(made.value, value, { rtol: backend.rtol, atol: backend.precision === 'float32' ? 16 * 2 ** -24 : 0, name: 'value' });
    await expectFixture('gradient of the student', made.grads, grad, backend);
  });
});
