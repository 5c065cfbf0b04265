/** Every kernel of the table on gpu.js, against the float64 reference of testkit. */
import { gpuExecutor } from '@parsimony/core/gpu';
import { executorParity } from '@parsimony/testkit';
import { afterAll, describe, expect, test } from 'vitest';

describe.each(['webasm', 'cpu'] as const)('gpu.js in mode %s', (mode) => {
  const executor = gpuExecutor({ mode });
  afterAll(() => executor.dispose());

  for (const { name, run } of executorParity(executor, { wideIntegers: false })) test(name, () => run(), 60_000);

  test('leaves no memory in use', () => expect(executor.bytes()).toBe(0));
  test('gave no kernel to another mode', () => expect(executor.fallbacks()).toEqual([]));
});
