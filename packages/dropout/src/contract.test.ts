import { useBackend } from '@parsimony/core';
import { moduleContract } from '@parsimony/testkit';
import { beforeAll, describe, test } from 'vitest';
import { DropPath } from './drop-path';
import { Dropout } from './dropout';

const modules = {
  'Dropout': moduleContract({ create: (extra) => new Dropout({ p: 0.4, ...extra }), input: [6, 5], output: [6, 5], stochastic: true, identityInEvaluation: true, gradientOrder: 2 }),
  'Dropout, classic scaling': moduleContract({ create: (extra) => new Dropout({ p: 0.4, scaling: 'inference', ...extra }), input: [30], output: [30], stochastic: true }),
  'DropPath': moduleContract({ create: (extra) => new DropPath({ p: 0.5, ...extra }), input: [16, 2, 3], output: [16, 2, 3], stochastic: true, identityInEvaluation: true, gradientOrder: 2 }),
  'DropPath, unscaled': moduleContract({ create: (extra) => new DropPath({ p: 0.5, scaleByKeep: false, ...extra }), input: [16, 2], output: [16, 2], stochastic: true, identityInEvaluation: true }),
};

describe.each(['reference', 'wasm'])('the module contract on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  describe.each(Object.entries(modules))('%s', (_, checks) => {
    test.each(checks.map(({ name, run }) => [name, run] as const))('%s', (__, run) => run());
  });
});
