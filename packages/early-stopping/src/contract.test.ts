import { pluginContract } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { earlyStopping, reduceOnPlateau, type ReduceOnPlateauOptions } from './index';

onDevices(() => {
  describe('earlyStopping', () => {
    // The first check reaches the target; without a best to restore and with endless patience it only watches.
    const suite = pluginContract({ plugin: earlyStopping, options: { target: 100 }, zero: { patience: 1e6, restoreBest: false } });
    for (const { name, run } of suite) test(name, () => run());
  });

  describe('reduceOnPlateau', () => {
    // A loss that falls is never an improvement upwards, so the second check reduces.
    const suite = pluginContract<ReduceOnPlateauOptions>({ plugin: reduceOnPlateau, options: { mode: 'max', patience: 0 }, zero: { patience: 1e6 } });
    for (const { name, run } of suite) test(name, () => run());
  });
});
