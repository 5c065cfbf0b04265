import { pluginContract } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { ema } from './ema';
import { swa } from './swa';

onDevices(() => {
  describe('ema', () => { for (const { name, run } of pluginContract({ plugin: ema, options: { decay: 0.9 }, zero: { decay: 0, warmup: false } })) test(name, () => run()); });
  // Nine steps in three epochs; what is averaged only at the end is the last weights themselves.
  describe('swa', () => { for (const { name, run } of pluginContract({ plugin: swa, options: { startStep: 2, everySteps: 2 }, zero: { startStep: 8, everySteps: 9 } })) test(name, () => run()); });
});
