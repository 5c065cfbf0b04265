// A file, and so a process, of its own: no backend has been chosen or awaited here.
import { backendInfo, nn } from '@parsimony/core';
import { expect, test } from 'vitest';
import { moduleContract } from './module-contract';

test('the module contract waits for the default backend itself', async () => {
  expect(() => backendInfo()).toThrow('No backend is ready');
  for (const { run } of moduleContract({ create: (extra) => new nn.Linear(3, 2, extra), input: [4, 3], output: [4, 2] })) await run();
  expect(backendInfo().name).toBe('wasm');
});
