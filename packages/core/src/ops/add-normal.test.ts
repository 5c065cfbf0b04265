/** Noise drawn on the device is what the host draws, to the bit, and of the distribution it is said to be. */
import { grad, ops, random, type Tensor, tensor, useBackend, zeros } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';

const positions = [{}, { step: 7 }, { step: 2 ** 31, micro: 3, pass: 1, call: 9 }];

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each([1, 2, 3, 4, 5, 31, 32, 33, 4095, 4097, 9001])('%i elements, to the bit', async (n) => {
    for (const [seed, position] of positions.entries()) {
      const key = random.at(random.foldIn(random.key(seed + 2 ** 40), 'noise'), position);
      expect(Array.from(await ops.addNormal(zeros([n]), 1, key).data())).toEqual(Array.from(random.normal(key, n)));
    }
  });

  test('std scales it, and the gradient goes through', async () => {
    const key = random.key(5);
    const y = await ops.addNormal(tensor([10, 20, 30]), 0.25, key).data();
    random.normal(key, 3).forEach((z, i) => expect(y[i]).toBeCloseTo(10 * (i + 1) + 0.25 * z, 5));
    const x = tensor([1, 2, 3]);
    expect(await grad((v: Tensor) => ops.sum(ops.addNormal(v, 2, key)))(x).array()).toEqual([1, 1, 1]);
    expect(ops.addNormal(x, 0, key)).toBe(x);
  });
});

test('the transform is the one it is said to be', async () => {
  const [n, key] = [200_000, random.foldIn(random.key(8), 'exact')];
  const words = random.bits(key, n);
  const wrong = random.normal(key, n).filter((z, i) => {
    const [first = 0, second = 0] = words.subarray(i - (i % 2), i - (i % 2) + 2);
    const radius = Math.sqrt(-2 * Math.log((first + 1) / 2 ** 32));
    const angle = 2 * Math.PI * (second / 2 ** 32);
    const expected = radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
    // Half a unit of float32's last place, and what the functions of doubles leave.
    return Math.abs(z - expected) > Math.abs(expected) * 2 ** -23.9 + 1e-15;
  });
  expect(Array.from(wrong)).toEqual([]);
});

test('errors', async () => {
  await useBackend('wasm');
  expect(() => ops.addNormal(zeros([2]), -1, random.key(0))).toThrow('addNormal: `std` must be in [0, inf), received -1.');
  expect(() => ops.addNormal(zeros([2]), 1, 7 as never)).toThrow('addNormal: `key` must be a random key, received 7.');
  expect(() => ops.addNormal(zeros([2], { dtype: 'int32' }), 1, random.key(0))).toThrow('addNormal: `x` must be float32, received int32');
});
