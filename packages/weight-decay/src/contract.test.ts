import { losses, nn } from '@parsimony/core';
import { pluginContract, type PluginContract } from '@parsimony/testkit';
import { describe, test } from 'vitest';
import { onDevices } from '../../../tooling/reference/check/backends';
import {
  activityRegularization, confidencePenalty, elasticNet, gradientPenalty, groupLasso, jacobianPenalty, l1, l2, l2sp, maxNorm, minMaxNorm, mixout, nonNegative,
  orthogonalRegularization, unitNorm, weightDecay,
} from './index';

/** `leaveOut`: the check whose name contains it. */
function check<O extends object>(technique: string, contract: PluginContract<O>, leaveOut?: string): void {
  describe(technique, () => {
    for (const { name, run } of pluginContract(contract).filter((own) => leaveOut === undefined || !own.name.includes(leaveOut))) test(name, () => run());
  });
}

const smooth = { model: () => new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new nn.Linear(16, 3)) as never, loss: losses.crossEntropy() };

onDevices(() => {
  check('weightDecay', { plugin: weightDecay, options: { decay: 0.1 }, zero: { decay: 0 } });
  check('l2', { plugin: l2, options: { lambda: 0.1 }, zero: { lambda: 0 } });
  check('l1', { plugin: l1, options: { lambda: 0.1 }, zero: { lambda: 0 } });
  check('l1, proximal', { plugin: l1, options: { lambda: 0.1, proximal: true }, zero: { lambda: 0, proximal: true } });
  check('elasticNet', { plugin: elasticNet, options: { l1: 0.1, l2: 0.1 }, zero: { l1: 0, l2: 0 } });
  check('elasticNet, proximal', { plugin: elasticNet, options: { l1: 0.1, l2: 0.1, proximal: true }, zero: { l1: 0, l2: 0, proximal: true } });
  check('groupLasso', { plugin: groupLasso, options: { lambda: 0.1, axis: 1 }, zero: { lambda: 0 } });
  check('orthogonalRegularization', { plugin: orthogonalRegularization, options: { lambda: 0.01, doubleSided: true }, zero: { lambda: 0 } });
  check('l2sp', { plugin: l2sp, options: { alpha: 0.5, beta: 0.1, fresh: ['2.**'] }, zero: { alpha: 0, beta: 0 } });
  check('mixout', { plugin: mixout, options: { p: 0.6 }, zero: { p: 0 } });
  check('maxNorm', { plugin: maxNorm, options: { max: 0.5 }, zero: { max: 1e9 } });
  check('minMaxNorm', { plugin: minMaxNorm, options: { min: 0.4, max: 0.5, rate: 0.5 }, zero: { min: 0, max: 1e9 } });
  check('unitNorm', { plugin: unitNorm, options: { axis: 0 }, zero: null });
  check('nonNegative', { plugin: nonNegative, options: { exclude: ['2.**'] }, zero: null });
  check('activityRegularization', { plugin: activityRegularization, options: { match: '*', l1: 0.01, l2: 0.01 }, zero: { match: '*', l1: 0, l2: 0 } });
  check('confidencePenalty', { plugin: confidencePenalty, options: { beta: 0.5, threshold: 1 }, zero: { beta: 0 } });
  check('gradientPenalty', { plugin: gradientPenalty, options: { lambda: 0.5 }, zero: { lambda: 0 }, ...smooth });
  check('gradientPenalty, a length of 1', { plugin: gradientPenalty, options: { lambda: 0.5, of: 'outputs' as const, target: 1, mode: 'train' as const }, zero: { lambda: 0 }, ...smooth });
  check('jacobianPenalty', { plugin: jacobianPenalty, options: { lambda: 0.5, projections: 'all' as const }, zero: { lambda: 0 }, ...smooth });
  // Each microbatch draws directions of its own, as it does masks: equal to the whole batch in the mean alone.
  check('jacobianPenalty, random directions', { plugin: jacobianPenalty, options: { lambda: 0.5, projections: 2 }, zero: { lambda: 0 }, ...smooth }, 'accumulates');
});
