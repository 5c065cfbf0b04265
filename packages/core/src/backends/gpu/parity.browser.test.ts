/** Every kernel of the table in the browser's modes of gpu.js, against the float64 reference of testkit. */
import { gpuExecutor } from '@parsimony/core/gpu';
import { executorParity } from '@parsimony/testkit';
import { afterAll, describe, expect, test } from 'vitest';

describe.each([['webgl2', 1], ['webgpu', 1]] as const)('gpu.js in mode %s', (mode, tolerance) => {
  const executor = gpuExecutor({ mode, strict: true });
  afterAll(() => executor.dispose());

  for (const { name, run } of executorParity(executor, { nonFinite: false, wideIntegers: false, tolerance })) test(name, () => run());

  test('leaves no memory in use', () => expect(executor.bytes()).toBe(0));
});
