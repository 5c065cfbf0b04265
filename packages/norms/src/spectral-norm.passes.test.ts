/** Spectral norm's vectors are buffers that the gradient needs: they outlive what is written over them within a step. */
import { type AnyPlugin, arrayDataset, definePlugin, type ForwardContext, grad, losses, memory, nn, ops, optim, random, type Tensor, tensor, Trainer, training, useBackend } from '@parsimony/core';
import { expectClose, sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../tooling/reference/check/backends';
import { applySpectralNorm, spectralNorm } from './spectral-norm';

const train = arrayDataset({ inputs: Float32Array.from(sample(64, { seed: 1 })), shape: [4], labels: Array.from({ length: 16 }, (_, i) => i % 4), numClasses: 4 });

class Twice extends nn.Module {
  readonly layer = new nn.Linear(4, 4, { bias: false });
  protected compute(x: Tensor, ctx: ForwardContext): Tensor { return this.layer.forward(ops.tanh(this.layer.forward(x, ctx)), ctx); }
}

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test('a layer used twice in a pass goes on with its vectors, and its gradient is that of both uses', async () => {
    const model = applySpectralNorm(new Twice(), 'layer.weight').init(random.key(1));
    const names = ['original', '0._u', '0._v'].map((name) => `layer.parametrizations.weight.${name}`);
    const [weight, u, v] = names.map((name) => model.stateDict()[name]) as [Tensor, Tensor, Tensor];
    const x = tensor(sample(12, { seed: 2 }), [3, 4]);
    const { buffers } = model.weights();
    const own = grad((params: Record<string, Tensor>) => ops.sum(ops.square(model.forward(x, training({ key: random.key(2), weights: { params, buffers } })))))({ ...model.parameters() });
    const byHand = grad((w: Tensor) => {
      const first = spectralNorm(w, { u, v });
      const second = spectralNorm(w, { u: first.u, v: first.v });
      return ops.sum(ops.square(ops.linear(ops.tanh(ops.linear(x, first.weight)), second.weight)));
    })(weight);
    await expectClose(own[names[0] as string] as Tensor, byHand, { rtol: 1e-5 });
  });

  const quiet = { version: '1.0.0', apiVersion: 1, options: {}, batchSemantics: 'per-sample' } as const;
  const plugins: Record<string, AnyPlugin> = {
    'a second pass in the loss': definePlugin({
      ...quiet, name: 'second', claims: { writes: { forward: 'add', loss: 'add' } },
      hooks: {
        aroundForward: (ctx, next) => { const first = next(); ctx.local.set('second', next()); return first; },
        collectLossTerms: (ctx) => [{ name: 'second', loss: ctx.lossOf(ctx.local.get('second') as Tensor, ctx.target), weight: 1 }],
      },
    }),
    'a forward in training of a plugin\'s own': definePlugin({
      ...quiet, name: 'call', claims: { writes: { loss: 'add' } },
      hooks: { collectLossTerms: (ctx) => [{ name: 'call', loss: ctx.lossOf(ctx.call(ctx.batch.inputs, { mode: 'train', key: ctx.rng('call') }), ctx.target), weight: 1 }] },
    }),
    'gradients at other parameters, with frozen buffers': definePlugin({
      ...quiet, name: 'at', claims: { writes: { grads: 'replace' } }, hooks: { transformGrads: (_, ctx) => ctx.gradsAt({ ...ctx.weights.params }, { freezeBuffers: true }) },
    }),
  };

  test.each(Object.entries(plugins))('%s', async (_, plugin) => {
    const model = applySpectralNorm(new nn.Sequential(new nn.Linear(4, 6), new nn.Tanh(), new nn.Linear(6, 4)), '**.weight', { powerIterations: 2 });
    const trainer = new Trainer({ model, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 3, accumulate: 2, plugins: [plugin] });
    await trainer.fit({ train, epochs: 2, batchSize: 8 });
    const before = memory();
    const { history } = await trainer.fit({ train, epochs: 2, batchSize: 8 });
    expect(memory()).toEqual(before);
    expect(history.at(-1)?.values.loss).toBeGreaterThan(0);
  });
});
