/** Every kernel of the table against the float64 reference of testkit, on one thread and on two. */
import { executorParity } from '@parsimony/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WasmExecutor } from './executor';

describe.each([1, 2])('parity with the reference, %d thread(s)', (threads) => {
  const executor = new WasmExecutor({ threads });
  beforeAll(() => executor.ready());
  afterAll(() => executor.dispose());

  test('uses the threads asked for', () => expect(executor.info().threads).toBe(threads));

  for (const { name, run } of executorParity(executor)) test(name, () => run(), 60_000);

  test('leaves no memory in use', () => expect(executor.bytes()).toBe(0));
});
