import { pluginContract } from '@parsimony/testkit';
import { test } from 'vitest';
import { earlyStopping } from './early-stopping';

// The first check reaches the target; without a best to restore and with endless patience it only watches.
const suite = pluginContract({ plugin: earlyStopping, options: { target: 100 }, zero: { patience: 1e6, restoreBest: false } });
for (const { name, run } of suite) test(name, () => run());
