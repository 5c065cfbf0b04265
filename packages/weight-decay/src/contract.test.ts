import { pluginContract } from '@parsimony/testkit';
import { test } from 'vitest';
import { weightDecay } from './weight-decay';

for (const { name, run } of pluginContract({ plugin: weightDecay, options: { decay: 0.1 }, zero: { decay: 0 } })) test(name, () => run());
