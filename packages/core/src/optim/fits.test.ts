/** Lion and Muon in fits: they learn, and go on from a checkpoint to the bit. */
import { arrayDataset, eye, losses, memoryStore, nn, ops, optim, type Tensor, tensor, Trainer, useBackend } from '@parsimony/core';
import { expectClose, sample } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';

const data = () => arrayDataset({
  inputs: Float32Array.from(sample(48 * 4, { seed: 1 }), (v, i) => v + ((i >> 2) % 3 === i % 4 ? 2 : 0)), shape: [4], labels: Array.from({ length: 48 }, (_, i) => i % 3), numClasses: 3,
});
const makers = {
  lion: () => optim.lion({ lr: 0.01, groups: [{ match: '**.bias', weightDecay: 0 }] }),
  muon: () => optim.muon({ lr: 0.05, groups: [{ match: '**.bias', weightDecay: 0 }] }),
} as const;
const trainerOf = (name: keyof typeof makers) => new Trainer({
  model: new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new nn.Linear(16, 8), new nn.Tanh(), new nn.Linear(8, 3)), loss: losses.crossEntropy(), optimizer: makers[name](), seed: 4,
});
const bits = async (tensors: Readonly<Record<string, Tensor>>) => Object.fromEntries(await Promise.all(Object.entries(tensors).map(async ([path, x]) => [path, Array.from(await x.data())] as const)));

describe.each(techniqueBackends)('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each(Object.keys(makers) as (keyof typeof makers)[])('%s learns, and a fit goes on exactly', async (name) => {
    const store = memoryStore();
    const whole = trainerOf(name);
    const fit = { train: data(), epochs: 4, batchSize: 16 };
    const { history } = await whole.fit({ ...fit, checkpoint: { store, everySteps: 1, keepLast: 100 } });
    expect(history.at(-1)?.values['loss']).toBeLessThan(0.7 * (history[0]?.values['loss'] ?? 0));
    const after5 = memoryStore();
    const file = [...await store.list()].sort()[5] ?? '';
    await after5.write(file, [await store.read(file)]);
    const rest = trainerOf(name);
    await rest.fit({ ...fit, resume: after5 });
    expect(await bits(rest.model.stateDict())).toEqual(await bits(whole.model.stateDict()));
    const snapshots = await Promise.all([whole, rest].map(async (trainer) => bits((await trainer.snapshot()).optimizer.state.tensors)));
    expect(snapshots[1]).toEqual(snapshots[0]);
  });

  // Its coefficients bring each singular value near 1, the better the less it was below the greatest.
  test.each([[6, 6], [8, 3], [3, 8]])('the Newton-Schulz iteration of a %i by %i matrix', async (rows, columns) => {
    const x = tensor(sample(rows * columns, { seed: 6 }), [rows, columns]);
    const o = optim.newtonSchulz(x, { coefficients: [1.5, -0.5, 0], steps: 60 });
    const gram = rows > columns ? ops.matmul(o, o, { transposeA: true }) : ops.matmul(o, o, { transposeB: true });
    await expectClose(gram, eye(Math.min(rows, columns)), { atol: 1e-4 });
  });
});
