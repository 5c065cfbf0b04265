import { useBackend } from '@parsimony/core';
import { moduleContract } from '@parsimony/testkit';
import { beforeAll, describe, test } from 'vitest';
import { BatchNorm1d, BatchNorm2d } from './batch-norm-modules';
import { LayerNorm } from './layer-norm';

const modules = {
  'BatchNorm1d': moduleContract({ create: (extra) => new BatchNorm1d(3, extra), input: [5, 3], output: [5, 3], gradientOrder: 2 }),
  'BatchNorm1d over time': moduleContract({ create: (extra) => new BatchNorm1d(3, { momentum: null, ...extra }), input: [2, 3, 4], output: [2, 3, 4] }),
  'BatchNorm1d, frozen': moduleContract({ create: (extra) => new BatchNorm1d(3, { frozen: true, ...extra }), input: [5, 3], output: [5, 3], gradientOrder: 2 }),
  'BatchNorm1d without affine and running statistics': moduleContract({ create: (extra) => new BatchNorm1d(3, { affine: false, trackRunningStats: false, ...extra }), input: [5, 3], output: [5, 3] }),
  'BatchNorm2d': moduleContract({ create: (extra) => new BatchNorm2d(2, extra), input: [2, 2, 3, 2], output: [2, 2, 3, 2], gradientOrder: 2 }),
  'LayerNorm': moduleContract({ create: (extra) => new LayerNorm([2, 3], extra), input: [4, 2, 3], output: [4, 2, 3], gradientOrder: 2 }),
};

describe.each(['reference', 'wasm'])('the module contract on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  describe.each(Object.entries(modules))('%s', (_, checks) => {
    test.each(checks.map(({ name, run }) => [name, run] as const))('%s', (__, run) => run());
  });
});
