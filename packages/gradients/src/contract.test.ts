import { pluginContract } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { clipByGlobalNorm, clipByValue } from './index';

onDevices(() => {
  describe('clipByGlobalNorm', () => {
    for (const { name, run } of pluginContract({ plugin: clipByGlobalNorm, options: { maxNorm: 0.1 }, zero: { maxNorm: 1e9 } })) test(name, () => run());
  });

  describe('clipByValue', () => {
    for (const { name, run } of pluginContract({ plugin: clipByValue, options: { clipValue: 0.01 }, zero: { clipValue: 1e9 } })) test(name, () => run());
  });
});
