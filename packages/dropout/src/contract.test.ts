import { type ForwardContext, nn, ops, type Tensor, useBackend } from '@parsimony/core';
import { type ModuleContract, moduleContract } from '@parsimony/testkit';
import { beforeAll, describe, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import {
  AlphaDropout, DropBlock2d, DropBlock3d, DropConnect, DropPath, Dropout, Dropout1d, Dropout2d, Dropout3d, EmbeddingDropout, FeatureAlphaDropout, GaussianDropout,
  GaussianNoise, PatchDropout, ShakeDrop, ShakeShake, StochasticDepth, VariationalDropout, WordDropout, Zoneout,
} from '@parsimony/dropout';

/** Words from numbers, for the suite feeds float32. */
class Words extends nn.Module {
  protected compute(x: Tensor, _ctx: ForwardContext): Tensor { return ops.cast(x, 'int32'); }
}

/** The outputs of a recurrent layer alone. */
class Outputs extends nn.Module {
  constructor(readonly layer: nn.Module<Tensor, { readonly output: Tensor }>) { super(); }
  protected compute(x: Tensor, ctx: ForwardContext): Tensor { return this.layer.forward(x, ctx).output; }
}

type Create = ModuleContract['create'];
const same = (input: readonly number[], create: Create, more: Partial<ModuleContract> = {}): ModuleContract =>
  ({ create, input, output: input, stochastic: true, identityInEvaluation: true, gradientOrder: 2, ...more });
const words = { input: [4, 5], output: [4, 5, 3], values: Array.from({ length: 20 }, (_, i) => (i % 7) + 0.5), stochastic: true } as const;
const sequence = { input: [5, 2, 3], output: [5, 2, 4], stochastic: true } as const;
// In training the gradients of shaking are another map's, by definition; `shake.test.ts` checks them by their formula.
const shaking = { identityInEvaluation: false, gradientOrder: 0 } as const;

const modules: Readonly<Record<string, ModuleContract>> = {
  'Dropout': same([6, 5], (extra) => new Dropout({ p: 0.4, ...extra })),
  'Dropout, classic scaling': same([30], (extra) => new Dropout({ p: 0.4, scaling: 'inference', ...extra }), { identityInEvaluation: false }),
  'DropPath': same([16, 2, 3], (extra) => new DropPath({ p: 0.5, ...extra })),
  'DropPath, unscaled': same([16, 2], (extra) => new DropPath({ p: 0.5, scaleByKeep: false, ...extra })),
  'Dropout1d': same([3, 8, 2], (extra) => new Dropout1d({ p: 0.5, ...extra })),
  'Dropout1d, one sample': same([20, 2], (extra) => new Dropout1d({ p: 0.5, ...extra })),
  'Dropout2d': same([3, 8, 2, 1], (extra) => new Dropout2d({ p: 0.5, ...extra })),
  'Dropout3d': same([3, 8, 2, 1, 2], (extra) => new Dropout3d({ p: 0.5, ...extra })),
  'Dropout3d, one sample': same([20, 2, 1, 2], (extra) => new Dropout3d({ p: 0.5, ...extra })),
  'AlphaDropout': same([6, 5], (extra) => new AlphaDropout({ p: 0.4, ...extra })),
  'FeatureAlphaDropout': same([4, 8, 3], (extra) => new FeatureAlphaDropout({ p: 0.4, ...extra })),
  'GaussianDropout': same([6, 5], (extra) => new GaussianDropout({ p: 0.4, ...extra })),
  'GaussianNoise': same([6, 5], (extra) => new GaussianNoise({ std: 0.4, ...extra })),
  'StochasticDepth, by row': same([20, 2], (extra) => new StochasticDepth({ p: 0.5, mode: 'row', ...extra })),
  // A batch is one draw, which two steps may share. Eight layers of other rates and so other factors tell steps apart.
  'StochasticDepth, by batch': same([4, 2], (extra) => new nn.Sequential(...Array.from({ length: 8 }, (_, i) =>
    new nn.Residual(new StochasticDepth({ p: 0.3 + 0.05 * i, mode: 'batch', ...extra })))), { identityInEvaluation: false }),
  'StochasticDepth, as in the paper': same([20, 2], (extra) => new StochasticDepth({ p: 0.5, mode: 'row', scaling: 'inference', ...extra }), { identityInEvaluation: false }),
  'DropBlock2d': same([2, 3, 7, 5], (extra) => new DropBlock2d({ p: 0.3, blockSize: 3, ...extra })),
  'DropBlock2d, an even block': same([2, 3, 6, 5], (extra) => new DropBlock2d({ p: 0.3, blockSize: [2, 4], ...extra })),
  'DropBlock3d': same([2, 2, 4, 5, 3], (extra) => new DropBlock3d({ p: 0.3, blockSize: 2, ...extra })),
  'VariationalDropout': same([5, 3, 6], (extra) => new VariationalDropout({ p: 0.5, ...extra })),
  'VariationalDropout, batch first': same([3, 5, 6], (extra) => new VariationalDropout({ p: 0.5, batchFirst: true, ...extra })),
  'PatchDropout': { create: (extra) => new PatchDropout({ p: 0.5, ...extra }), input: [3, 9, 2], output: [3, 9, 2], stochastic: true, identityInEvaluation: true, gradientOrder: 2 },
  'ShakeDrop': same([20, 3], (extra) => new ShakeDrop({ p: 0.5, ...extra }), shaking),
  'ShakeShake': same([6, 3], (extra) => new ShakeShake(new nn.Linear(3, 3), new nn.Linear(3, 3), extra), shaking),
  'DropConnect of Linear': { create: (extra) => new DropConnect(new nn.Linear(4, 3), { p: 0.5, ...extra }), input: [5, 4], output: [5, 3], stochastic: true, gradientOrder: 2 },
  'DropConnect of Conv2d': { create: (extra) => new DropConnect(new nn.Conv2d(2, 3, 3), { p: 0.5, ...extra }), input: [2, 2, 5, 4], output: [2, 3, 3, 2], stochastic: true },
  'DropConnect of LSTM': { create: (extra) => new Outputs(new DropConnect(new nn.LSTM(3, 4), { p: 0.5, ...extra })), ...sequence },
  'DropConnect of GRU': { create: (extra) => new Outputs(new DropConnect(new nn.GRU(3, 4), { p: 0.5, ...extra })), ...sequence },
  'Zoneout of RNN': { create: (extra) => new Outputs(new Zoneout(new nn.RNN(3, 4), { p: 0.3, ...extra })), ...sequence, gradientOrder: 2 },
  'Zoneout of LSTM': { create: (extra) => new Outputs(new Zoneout(new nn.LSTM(3, 4), { p: 0.1, pCell: 0.5, ...extra })), ...sequence },
  'EmbeddingDropout': { create: (extra) => new nn.Sequential(new Words(), new EmbeddingDropout(new nn.Embedding(8, 3), { p: 0.5, ...extra })), ...words },
  'WordDropout': { create: (extra) => new nn.Sequential(new Words(), new WordDropout({ p: 0.5, unkIdx: 7, ...extra }), new nn.Embedding(8, 3)), ...words },
};

describe.each(techniqueBackends)('the module contract on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  describe.each(Object.entries(modules))('%s', (name, settings) => {
    // Training shortens the sequence; the suite has one shape for both modes, and `patch-dropout.test.ts` has the other.
    const checks = moduleContract(settings).filter((check) => name !== 'PatchDropout' || !check.name.includes('output shape'));
    test.each(checks.map((check) => [check.name, check.run] as const))('%s', (__, run) => run());
  });
});
