/**
 * Mode webgpu in Node, by Dawn: every kernel of the table against the float64 reference of testkit. Compilers of shaders may
 * assume that there is no NaN and no infinity, and storages hold float32 alone, so cases with those and with int32 past 2^24 are
 * left out.
 */
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

/** Those that carry WGSL of their own, which the tests above ran in the way that suits the adapter. */
const withWgsl = /^(matmul|linear|conv\w*|\w+Step)$/;

describe.skipIf(missing !== undefined).each([
  ['without WGSL of its own', false, withWgsl],
  ['with products in tiles', 'tiles', /^(matmul|linear|conv\w*)$/],
  ['with products in registers', 'registers', /^(matmul|linear|conv\w*)$/],
] as const)('%s', (_, wgsl, names) => {
  const executor = gpuExecutor({ mode: 'webgpu', strict: true, wgsl });
  afterAll(() => executor.dispose());

  const cases = executorParity(executor, { nonFinite: false, wideIntegers: false }).filter(({ name }) => names.test(name));
  for (const { name, run } of cases) test(name, () => run(), 180_000);

  test('are all of these', () => expect(cases.length).toBeGreaterThan(4));
});
