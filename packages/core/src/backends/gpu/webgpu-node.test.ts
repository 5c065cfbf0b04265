/**
 * Mode webgpu in Node, by Dawn: every kernel of the table against the float64 reference of testkit. Compilers of shaders may
 * assume that there is no NaN and no infinity, and storages hold float32 alone, so cases with those and with int32 past 2^24 are
 * left out.
 */
import { ops, random, tensor, useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { executorParity } from '@parsimony/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { withoutWebGpu } from './devices/webgpu/testing';

const missing = await withoutWebGpu();

describe.skipIf(missing !== undefined)(`gpu.js in mode webgpu${missing === undefined ? '' : `, skipped: ${missing}`}`, () => {
  const executor = gpuExecutor({ mode: 'webgpu', strict: true });
  afterAll(() => executor.dispose());

  for (const { name, run } of executorParity(executor, { nonFinite: false, wideIntegers: false })) test(name, () => run(), 180_000);

  test('leaves no memory in use', () => expect(executor.bytes()).toBe(0));
  test('gave no kernel to another mode', () => expect(executor.fallbacks()).toEqual([]));
});

/** Those whose WGSL differs between the ways; the tests above ran the one that suits the adapter. */
const differing = /^(matmul|linear|conv\w*|softmax\w*|logSoftmax\w*|layerNorm\w*)$/;

describe.skipIf(missing !== undefined).each([
  ['without WGSL of its own', false, /./],
  ['with products in tiles', 'tiles', differing],
  ['with products in registers', 'registers', differing],
] as const)('%s', (_, wgsl, names) => {
  const executor = gpuExecutor({ mode: 'webgpu', strict: true, wgsl });
  afterAll(() => executor.dispose());

  const cases = executorParity(executor, { nonFinite: false, wideIntegers: false }).filter(({ name }) => names.test(name));
  for (const { name, run } of cases) test(name, () => run(), 180_000);

  test('are all of these', () => expect(cases.length).toBeGreaterThan(4));
});

describe.skipIf(missing !== undefined)('the mask of dropout', () => {
  test.each([1, 7, 8, 9, 24, 25, 1000, 4099])('of %i elements has the bits that the host draws', async (size) => {
    const values = Float32Array.from({ length: size }, (_, i) => i + 1);
    const found: Float32Array[] = [];
    for (const wgsl of [true, false]) {
      const executor = gpuExecutor({ mode: 'webgpu', strict: true, wgsl });
      await useBackend(executor);
      const [x, key] = [tensor(values), random.key(2 ** 31 + size)];
      const twice = ops.add(ops.dropout(x, 0.3, key), ops.dropout(x, 0.3, key));
      found.push(await ops.dropout(x, 0.3, key).data() as Float32Array, await twice.data() as Float32Array);
      await executor.dispose();
    }
    const [drawn, drawnTwice, uploaded, uploadedTwice] = found;
    expect(drawn).toEqual(uploaded);
    expect(drawnTwice).toEqual(uploadedTwice);
    if (size >= 1000) expect(Math.abs((drawn ?? []).filter((v) => v === 0).length / size - 0.3)).toBeLessThan(0.06);
  });
});
