import { customGradient, ops, tensor } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradientCheck } from './gradient-check';
import { useReference } from './reference';

beforeAll(useReference);

/** x^3 with a gradient that is `factor` times the right one. */
const cube = (factor: number) => customGradient((x) => ops.mul(x, ops.mul(x, x)), (dy, [x]) => [ops.mul(dy, ops.mul(ops.mul(x!, x!), 3 * factor))]);

describe('gradientCheck', () => {
  test('passes right gradients of both orders', async () => {
    await gradientCheck((x, y) => [ops.mul(x, y), ops.exp(x)], [tensor([[0.3, -0.7]]), tensor([2, 0.5])], { order: 2 });
    await gradientCheck(({ x }) => cube(1)(x), { x: tensor([0.5, -1, 2]) }, { order: 2 });
  });

  test('finds a wrong gradient, however small, and names input, element and values', async () => {
    await expect(gradientCheck(({ x }) => cube(1.00001)(x), { x: tensor([0.5, -1, 2]) })).rejects.toThrow(/first derivative in input `x` of shape \[3\].*Worst element \[2\]: differences give/s);
  });

  test('finds one wrong element among many', async () => {
    const mask = Float64Array.from({ length: 600 }, (_, i) => (i === 357 ? 1.001 : 1));
    const wrong = customGradient((x) => ops.mul(x, 2), (dy) => [ops.mul(dy, ops.mul(tensor(mask, [20, 30]), 2))]);
    await expect(gradientCheck((x) => wrong(x), [tensor(mask.map((_, i) => Math.cos(i)), [20, 30])])).rejects.toThrow('input `0` of shape [20, 30]');
    await expect(gradientCheck((x) => wrong(x), [tensor(mask, [20, 30])])).rejects.toThrow('Worst element [11, 27]');
  });

  test('finds a second derivative that is wrong where the first is right', async () => {
    // The factor counts as a constant, so the gradient of this gradient misses a term.
    const square = customGradient((x) => ops.mul(x, x), (dy, [x]) => {
      const held = customGradient((v) => v, () => [undefined])(x!);
      return [ops.mul(dy, ops.mul(held, 2))];
    });
    await gradientCheck((x) => square(x), [tensor([1, 2])]);
    await expect(gradientCheck((x) => square(x), [tensor([1, 2])], { order: 2 })).rejects.toThrow('second derivative');
  });

  test('finds tiny gradients that are wrong', async () => {
    await expect(gradientCheck((x) => cube(1.01)(ops.mul(x, 1e-4)), [tensor([0.5, 0.7])])).rejects.toThrow('first derivative');
  });

  test('passes a gradient of zero beside a large value', async () => {
    await gradientCheck((x, y) => ops.add(ops.mul(x, 0), ops.mul(y, 1e6)), [tensor([0.3, 0.1]), tensor([2, 3])]);
  });

  test('leaves int32 inputs alone', async () => {
    await gradientCheck((x, n) => ops.mul(x, n), [tensor([1, 2]), tensor(new Int32Array([3, 4]))]);
  });

  test('refuses unknown options, other backends, wrong orders', async () => {
    await expect(gradientCheck((x) => x, [tensor([1])], { epsilon: 1 } as never)).rejects.toThrow('gradientCheck: unknown option `epsilon`.');
    await expect(gradientCheck((x) => x, [tensor([1])], { order: 3 as never })).rejects.toThrow('`order` must be a whole number in [1, 2], received 3.');
    await expect(gradientCheck((x) => x, [3 as never])).rejects.toThrow('input `0` must be a tensor of the reference executor');
  });
});
