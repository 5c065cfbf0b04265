import { pluginContract } from '@parsimony/testkit';
import { test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { ema } from './ema';

onDevices(() => {
  for (const { name, run } of pluginContract({ plugin: ema, options: { decay: 0.9 }, zero: { decay: 0, warmup: false } })) test(name, () => run());
});
