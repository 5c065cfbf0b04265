import { pluginContract } from '@parsimony/testkit';
import { test } from 'vitest';
import { labelSmoothing } from './label-smoothing';

for (const { name, run } of pluginContract({ plugin: labelSmoothing, options: { epsilon: 0.3 }, zero: { epsilon: 0 } })) test(name, () => run());
