import { type ForwardContext, nn, ops, type Tensor, useBackend } from '@parsimony/core';
import { moduleContract } from '@parsimony/testkit';
import { beforeAll, describe, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, GroupNorm, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, LayerNorm, LocalResponseNorm, postNorm, preNorm, QKNorm, RMSNorm, ScaleNorm } from './index';

/** The scores of an attention of x to itself. */
class Scores extends nn.Module {
  readonly norm: QKNorm;
  constructor(extra: object) { super(); this.norm = new QKNorm({ scale: 3, ...extra }); }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    const { query, key } = this.norm.forward({ query: x, key: x }, ctx);
    return ops.matmul(query, key, { transposeB: true });
  }
}

const modules = {
  'BatchNorm1d': moduleContract({ create: (extra) => new BatchNorm1d(3, extra), input: [5, 3], output: [5, 3], gradientOrder: 2 }),
  'BatchNorm1d over time': moduleContract({ create: (extra) => new BatchNorm1d(3, { momentum: null, ...extra }), input: [2, 3, 4], output: [2, 3, 4] }),
  'BatchNorm1d, frozen': moduleContract({ create: (extra) => new BatchNorm1d(3, { frozen: true, ...extra }), input: [5, 3], output: [5, 3], gradientOrder: 2 }),
  'BatchNorm1d without affine and running statistics': moduleContract({ create: (extra) => new BatchNorm1d(3, { affine: false, trackRunningStats: false, ...extra }), input: [5, 3], output: [5, 3] }),
  'BatchNorm2d': moduleContract({ create: (extra) => new BatchNorm2d(2, extra), input: [2, 2, 3, 2], output: [2, 2, 3, 2], gradientOrder: 2 }),
  'LayerNorm': moduleContract({ create: (extra) => new LayerNorm([2, 3], extra), input: [4, 2, 3], output: [4, 2, 3], gradientOrder: 2 }),
  'BatchNorm3d': moduleContract({ create: (extra) => new BatchNorm3d(2, extra), input: [2, 2, 1, 3, 2], output: [2, 2, 1, 3, 2], gradientOrder: 2 }),
  'GroupNorm': moduleContract({ create: (extra) => new GroupNorm(2, 4, extra), input: [3, 4, 3], output: [3, 4, 3], gradientOrder: 2 }),
  'GroupNorm without affine': moduleContract({ create: (extra) => new GroupNorm(1, 4, { affine: false, ...extra }), input: [3, 4], output: [3, 4] }),
  'InstanceNorm1d': moduleContract({ create: (extra) => new InstanceNorm1d(3, { affine: true, ...extra }), input: [2, 3, 4], output: [2, 3, 4], gradientOrder: 2 }),
  'InstanceNorm2d with running statistics': moduleContract({ create: (extra) => new InstanceNorm2d(2, { trackRunningStats: true, ...extra }), input: [2, 2, 3, 2], output: [2, 2, 3, 2] }),
  'InstanceNorm3d, a sample alone': moduleContract({ create: (extra) => new InstanceNorm3d(2, extra), input: [2, 2, 3, 2], output: [2, 2, 3, 2] }),
  'RMSNorm': moduleContract({ create: (extra) => new RMSNorm([2, 3], extra), input: [4, 2, 3], output: [4, 2, 3], gradientOrder: 2 }),
  'LocalResponseNorm': moduleContract({ create: (extra) => new LocalResponseNorm(3, { alpha: 0.5, ...extra }), input: [2, 5, 3], output: [2, 5, 3], gradientOrder: 2 }),
  'ScaleNorm': moduleContract({ create: (extra) => new ScaleNorm(3, extra), input: [4, 3], output: [4, 3], gradientOrder: 2 }),
  'QKNorm': moduleContract({ create: (extra) => new Scores(extra), input: [2, 4, 3], output: [2, 4, 4], gradientOrder: 2 }),
  'preNorm': moduleContract({ create: () => preNorm(new LayerNorm(3), new nn.Linear(3, 3)), input: [4, 3], output: [4, 3], takesOptions: false }),
  'postNorm': moduleContract({ create: () => postNorm(new BatchNorm1d(3), new nn.Linear(3, 3)), input: [4, 3], output: [4, 3], takesOptions: false }),
};

describe.each(techniqueBackends)('the module contract on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  describe.each(Object.entries(modules))('%s', (_, checks) => {
    test.each(checks.map(({ name, run }) => [name, run] as const))('%s', (__, run) => run());
  });
});
