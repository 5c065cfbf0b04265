/** Every kernel of the table in mode `headlessgl`, where a person installed the package `gl`, against the float64 reference of testkit. */
import { useBackend } from '@parsimony/core';
import { gpuExecutor } from '@parsimony/core/gpu';
import { executorParity } from '@parsimony/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { openHeadlessGl } from './devices/webgl/context';

const missing = await openHeadlessGl().then(({ release }) => { release(); return undefined; }, (error: unknown) => (error as Error).message);

test.skipIf(missing === undefined)('without the package or a display the error says what to do', async () => {
  await expect(useBackend(gpuExecutor({ mode: 'headlessgl' }))).rejects.toThrow(/`npm install gl@8`|`xvfb-run`/);
});

test('mode webgl2 is for browsers', async () => {
  await expect(useBackend(gpuExecutor({ mode: 'webgl2' }))).rejects.toThrow('mode \'webgl2\' runs in browsers. In Node use mode \'webgpu\' or \'headlessgl\'');
});

describe.skipIf(missing !== undefined)(`mode headlessgl${missing === undefined ? '' : `, skipped: ${missing.split('. ', 1)[0]}`}`, () => {
  const executor = gpuExecutor({ mode: 'headlessgl', strict: true });
  afterAll(() => executor.dispose());

  for (const { name, run } of executorParity(executor, { nonFinite: false, wideIntegers: false })) test(name, () => run(), 60_000);

  test('leaves no memory in use', () => expect(executor.bytes()).toBe(0));
});
