import { pluginContract } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import { l1, l2, maxNorm, weightDecay } from './index';

onDevices(() => {
  describe('weightDecay', () => {
    for (const { name, run } of pluginContract({ plugin: weightDecay, options: { decay: 0.1 }, zero: { decay: 0 } })) test(name, () => run());
  });

  describe('l2', () => {
    for (const { name, run } of pluginContract({ plugin: l2, options: { lambda: 0.1 }, zero: { lambda: 0 } })) test(name, () => run());
  });

  describe('l1', () => {
    for (const { name, run } of pluginContract({ plugin: l1, options: { lambda: 0.1 }, zero: { lambda: 0 } })) test(name, () => run());
  });

  describe('l1, proximal', () => {
    for (const { name, run } of pluginContract({ plugin: l1, options: { lambda: 0.1, proximal: true }, zero: { lambda: 0, proximal: true } })) test(name, () => run());
  });

  describe('maxNorm', () => {
    for (const { name, run } of pluginContract({ plugin: maxNorm, options: { max: 0.5 }, zero: { max: 1e9 } })) test(name, () => run());
  });
});
