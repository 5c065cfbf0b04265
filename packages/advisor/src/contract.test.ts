import { pluginContract } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { advisor } from './advisor';

onDevices(() => {
  describe('advisor', () => {
    // It is to change nothing at any options.
    const suite = pluginContract({ plugin: advisor, options: { every: 1 }, zero: { every: 1 } }).filter(({ name }) => name !== 'changes the fit');
    for (const { name, run } of suite) test(name, () => run());
  });
});
