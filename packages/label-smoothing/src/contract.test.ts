import { pluginContract } from '@parsimony/testkit';
import { test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { labelSmoothing } from './label-smoothing';

onDevices(() => {
  for (const { name, run } of pluginContract({ plugin: labelSmoothing, options: { epsilon: 0.3 }, zero: { epsilon: 0 } })) test(name, () => run());
});
