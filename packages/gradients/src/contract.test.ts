import { type AnyPlugin, arrayDataset } from '@parsimony/core';
import { pluginContract, sample } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { withInfinities } from './fits';
import { adaptiveClip, asam, centralization, clipByGlobalNorm, clipByValue, gradientNoise, lookahead, sam, skipNonFinite } from './index';

type Settings = Omit<Parameters<typeof pluginContract<object>>[0], 'plugin'>;
const cases: readonly (readonly [string, (options: never) => AnyPlugin, Settings])[] = [
  ['clipByGlobalNorm', clipByGlobalNorm, { options: { maxNorm: 0.1 }, zero: { maxNorm: 1e9 } }],
  ['clipByValue', clipByValue, { options: { clipValue: 0.01 }, zero: { clipValue: 1e9 } }],
  ['adaptiveClip', adaptiveClip, { options: { clipping: 0.01 }, zero: { clipping: 1e9 } }],
  ['gradientNoise', gradientNoise, { options: { eta: 0.1 }, zero: { eta: 0 } }],
  ['centralization', centralization, { options: { exclude: ['0.*'] }, zero: { exclude: ['**'] } }],
  ['sam', sam, { options: { rho: 0.2 }, zero: { rho: 0 } }],
  ['asam', asam, { options: { rho: 1 }, zero: { rho: 0 } }],
  ['lookahead', lookahead, { options: { k: 2 }, zero: { k: 2, alpha: 1 } }],
];
/** With infinite batches, so that a fit without the plugin stops: of it there is nothing to compare with. */
const broken = withInfinities(arrayDataset({
  inputs: Float32Array.from(sample(160, { seed: 1 })), shape: [4], labels: Array.from({ length: 40 }, (_, i) => i % 3), numClasses: 3,
}), (ids) => ids.includes(7));

onDevices(() => {
  describe.each(cases)('%s', (_, plugin, settings) => {
    for (const { name, run } of pluginContract<object>({ ...settings, plugin: plugin as (options: object) => AnyPlugin })) test(name, () => run());
  });

  describe('skipNonFinite', () => {
    const checks = pluginContract({ plugin: skipNonFinite, options: { maxConsecutive: 5 }, zero: null, train: broken }).filter(({ name }) => name !== 'changes the fit');
    for (const { name, run } of checks) test(name, () => run());
  });
});
