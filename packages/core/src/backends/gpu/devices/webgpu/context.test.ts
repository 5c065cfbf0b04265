import { expect, test } from 'vitest';
import { webGpu } from './context';

test('two who ask for WebGPU at the same time get one instance of it', async () => {
  const [first, second] = await Promise.all([webGpu(), webGpu()]);
  expect(second).toBe(first);
});
