/**
 * Every op's gradient, and the gradient of that, against finite differences in float64 on the reference executor; and that no
 * rule goes unchecked. The cases are in gradient-cases.
 */
import { gradientCheck, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Gradient } from '../autograd/tape';
import { gradients } from '../gradients';
import { grad, ops, type Tensor, tensor } from '../index';
import { activationCases } from './gradient-cases/activation';
import { convCases } from './gradient-cases/conv';
import { elementwiseCases } from './gradient-cases/elementwise';
import { indexingCases } from './gradient-cases/indexing';
import { matmulCases } from './gradient-cases/matmul';
import { movementCases } from './gradient-cases/movement';
import { normCases } from './gradient-cases/norm';
import { poolCases } from './gradient-cases/pool';
import { reductionCases } from './gradient-cases/reduction';

const families = {
  activation: activationCases, conv: convCases, elementwise: elementwiseCases, indexing: indexingCases, matmul: matmulCases,
  movement: movementCases, norm: normCases, pool: poolCases, reduction: reductionCases,
};

/** Rules that ran while a gradient was checked. */
const exercised = new Set<string>();

function listen(): void {
  const table = gradients as Record<string, Gradient | 'none'>;
  for (const [op, rule] of Object.entries(table)) {
    if (rule === 'none') continue;
    table[op] = (...args) => {
      exercised.add(op);
      return rule(...args);
    };
  }
}

beforeAll(async () => {
  await useReference();
  listen();
});

for (const [family, cases] of Object.entries(families)) {
  describe(family, () => {
    test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, { inputs, fn }) => {
      const drawn = Object.fromEntries(Object.entries(inputs).map(([name, make], i) => [name, make(i + 1)]));
      await expect(gradientCheck(fn, drawn, { order: 2 })).resolves.toBeUndefined();
    });
  });
}

/** Rules that differences cannot see, and where they are checked instead. */
const elsewhere: Readonly<Record<string, string>> = {
  zeroGradientRow: 'the gradient is not that of its values, on purpose: below',
};

describe('completeness', () => {
  const rules = Object.entries(gradients).filter(([, rule]) => rule !== 'none').map(([op]) => op);

  test.each(rules)('the rule of %s ran in a check', (op) => {
    expect(exercised.has(op) || op in elsewhere, `no gradient case reaches the rule of '${op}': add one in ops/gradient-cases`).toBe(true);
  });
});

describe('choices at kinks and ties are those of PyTorch', () => {
  const slope = async (fn: (x: Tensor) => Tensor, x: readonly number[]): Promise<number[]> =>
    Array.from(await grad((v: Tensor) => ops.sum(fn(v)))(tensor(x)).data());

  test('one input', async () => {
    expect(await slope(ops.relu, [0])).toEqual([0]);
    expect(await slope(ops.abs, [0])).toEqual([0]);
    expect(await slope((x) => ops.leakyRelu(x, { negativeSlope: 0.1 }), [0])).toEqual([0.1]);
    expect(await slope((x) => ops.clamp(x, { min: 0, max: 1 }), [0, 1])).toEqual([1, 1]);
    expect(await slope(ops.hardtanh, [-1, 1])).toEqual([0, 0]);
    expect(await slope(ops.hardSigmoid, [-3, 3])).toEqual([0, 0]);
    expect(await slope(ops.relu6, [0, 6])).toEqual([0, 0]);
  });

  test('a tie is halved between two inputs, shared evenly in a reduction', async () => {
    const both = grad((p: { a: Tensor; b: Tensor }) => ops.sum(ops.maximum(p.a, p.b)))({ a: tensor([2]), b: tensor([2]) });
    expect([await both.a.item(), await both.b.item()]).toEqual([0.5, 0.5]);
    expect(await slope((x) => ops.max(x), [3, 1, 3, 3])).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
  });

  test('where the derivative is infinite or undefined it is 0', async () => {
    expect(await slope((x) => ops.norm(x), [0, 0])).toEqual([0, 0]);
    expect(await slope((x) => ops.norm(x, { p: 3 }), [0, 0])).toEqual([0, 0]);
    expect(await slope((x) => ops.std(x), [2, 2])).toEqual([0, 0]);
    expect(await slope((x) => ops.pow(x, ops.mul(tensor([1]), 0)), [0])).toEqual([0]);
  });

  test('functions that are flat have no gradient', async () => {
    for (const op of [ops.sign, ops.floor, ops.ceil, ops.round, ops.trunc]) expect(await slope(op, [0.3, -1.7])).toEqual([0, 0]);
  });

  test('embedding: the row at paddingIdx', async () => {
    const index = tensor([1, 0, 1, 2], { dtype: 'int32' });
    const slopeOf = (paddingIdx: number) => grad((w: Tensor) => ops.sum(ops.embedding(index, w, { paddingIdx })))(tensor([[1, 1], [1, 1], [1, 1]])).array();
    expect(await slopeOf(1)).toEqual([[1, 1], [0, 0], [1, 1]]);
    expect(await slopeOf(-1)).toEqual([[1, 1], [2, 2], [0, 0]]);
  });
});
