import { expectClose, sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { useBackend } from '../backends/registry';
import { detach } from '../autograd';
import { memory, scalar, tensor } from '../tensor';
import { averageStep } from './average-step';

describe.each(techniqueBackends)('averageStep on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('moves by the weight, or not where the gate is 0', async () => {
    const [a, b] = [sample(50, { seed: 1 }), sample(50, { seed: 2 })];
    const moved = averageStep(tensor(a), tensor(b), 0.1, scalar(1));
    await expectClose(moved, a.map((v, i) => v + 0.1 * ((b[i] ?? 0) - v)), { rtol: 1e-6 });
    await expectClose(averageStep(tensor(a), tensor(b), 0.1, scalar(0)), a);
    // A value that is not finite does no harm behind a closed gate.
    await expectClose(averageStep(tensor(a), tensor(b.map(() => NaN)), 0.1, scalar(0)), a);
  });

  test('consumes the average, yet leaves what others hold', async () => {
    const a = tensor([1, 2]);
    const other = detach(a);
    const before = memory().tensors;
    const out = averageStep(a, tensor([3, 4]), 1, scalar(1));
    expect(a.disposed).toBe(true);
    expect(memory().tensors).toBe(before + 2);
    expect(Array.from(await other.data())).toEqual([1, 2]);
    expect(Array.from(await out.data())).toEqual([3, 4]);
  });

  test('errors', () => {
    expect(() => averageStep(tensor([1, 2]), tensor([1]), 0.5)).toThrow('averageStep: `average` and `value` must have one shape, received [2] and [1].');
    expect(() => averageStep(tensor([1]), tensor([1]), 1.5)).toThrow('averageStep: `weight` must be in [0, 1], received 1.5.');
    expect(() => averageStep(tensor([1]), tensor([1]), 0.5, tensor([1, 1]))).toThrow('averageStep: `gate` must have one element, received [2].');
  });
});
