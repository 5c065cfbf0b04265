import { describe, expect, test } from 'vitest';
import { expectDropRate } from '@parsimony/testkit';
import { grad, ones, ops, random, tensor, zeros } from '../index';
import { onBackends } from '../../../../tooling/reference/check/backends';

/** The mask as the kernel table defines it, drawn with core's generator. */
function mask(key: random.RngKey, size: number, p: number): number[] {
  const block = new Uint32Array(4);
  return Array.from({ length: size }, (_, i) => {
    random.philox(key[0], key[1], Math.floor(i / 8), key[2], key[3], key[4], block);
    const word = block[Math.floor((i % 8) / 2)] ?? 0;
    return (i % 2 === 0 ? word & 0xffff : word >>> 16) >= Math.round(p * 65536) ? 1 : 0;
  });
}

onBackends(() => {
  test('the mask is that of the generator', async () => {
    const key = random.at(random.foldIn(random.key(7), 'layers.1'), { step: 3, micro: 1, pass: 2, call: 4 });
    const y = await ops.dropout(ones([1003]), 0.25, key).data();
    const expected = mask(key, 1003, 0.25).map((m) => Math.fround(m / 0.75));
    expect(Array.from(y, Math.fround)).toEqual(expected);
  });

  test('a fraction p falls', async () => {
    expectDropRate(await ops.dropout(ones([100_000]), 0.3, random.key(1)).data(), 0.3);
  });

  test('p of 0 and 1', async () => {
    const x = tensor([1, 2, 3]);
    expect(ops.dropout(x, 0, random.key(0))).toBe(x);
    expect(await ops.dropout(x, 1, random.key(0)).array()).toEqual([0, 0, 0]);
  });

  test('the gradient falls where the value fell', async () => {
    const x = ones([64]);
    const y = await ops.dropout(x, 0.5, random.key(5)).array();
    expect(await grad((v: typeof x) => ops.sum(ops.dropout(v, 0.5, random.key(5))))(x).array()).toEqual(y);
  });
});

describe('errors', () => {
  onBackends(() => {
    test.each([
      ['p', () => ops.dropout(ones([2]), 1.5, random.key(0)), 'dropout: `p` must be in [0, 1], received 1.5.'],
      ['key', () => ops.dropout(ones([2]), 0.5, 7 as never), 'dropout: `key` must be a random key, received 7. Make one with `random.key(seed)`.'],
      ['type', () => ops.dropout(zeros([2], { dtype: 'int32' }), 0.5, random.key(0)), 'dropout: `x` must be float32, received int32'],
    ])('%s', (_, run, message) => {
      expect(run).toThrow(message);
    });
  });
});
