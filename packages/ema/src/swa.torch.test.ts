/** A whole run with SWA, its rate and the batch norms of its average, against torch.optim.swa_utils; the case is made by tooling/reference. */
import { arrayDataset, type Inputs, losses, nn, optim, type Outputs, schedules, type Tensor, tensor, Trainer } from '@parsimony/core';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { mapValues } from '../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';
import { BatchNorm1d } from '../../norms/src/index';
import { averagedStateDict } from './averaged-state-dict';
import { swa } from './swa';

interface Case {
  readonly name: string;
  readonly options: {
    readonly lr: number; readonly momentum: number; readonly swaLr: number; readonly startStep: number; readonly annealSteps: number; readonly anneal: 'cos' | 'linear';
    readonly epochs: number; readonly batchSize: number;
  };
  readonly inputs: FixtureArray;
  readonly labels: FixtureArray;
  readonly stateDict: Readonly<Record<string, FixtureArray>>;
  /** The model's, as it was trained. */
  readonly lastStateDict: Readonly<Record<string, FixtureArray>>;
  readonly averagedStateDict: Readonly<Record<string, FixtureArray>>;
  /** Of the average, in evaluation. */
  readonly outputs: FixtureArray;
}

const { cases } = await fixture<Case>(new URL('../fixtures/swa.json', import.meta.url));

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, testCase) => {
    const { lr, momentum, epochs, batchSize, ...rate } = testCase.options;
    const { startStep } = rate;
    const model = new nn.Sequential(new nn.Linear(4, 6), new BatchNorm1d(6), new nn.Tanh(), new nn.Linear(6, 3)).loadStateDict(mapValues(testCase.stateDict, toTensor));
    const train = arrayDataset({ inputs: Float32Array.from(testCase.inputs.data), shape: [4], labels: Int32Array.from(testCase.labels.data), numClasses: 3 });
    const trainer = new Trainer({
      model: model as unknown as nn.Module<Inputs, Outputs>, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: schedules.swa({ value: lr, ...rate }), momentum }), seed: 1, plugins: [swa({ startStep })],
    });
    const { kept } = await trainer.fit({ train, epochs, batchSize, evalBatchSize: batchSize, shuffle: false });
    expect(kept?.why).toBe('stochastic weight average');
    for (const [path, value] of Object.entries(model.stateDict())) {
      // PyTorch's update_bn counts the batches it saw anew, and so do we.
      await expectFixture(`${path} of the average`, value, testCase.averagedStateDict[path] as FixtureArray, backend);
    }
    const snapshot = await trainer.snapshot();
    for (const [path, value] of Object.entries({ ...snapshot.weights.params, ...snapshot.weights.buffers })) await expectFixture(`${path} as trained`, value, testCase.lastStateDict[path] as FixtureArray, backend);
    for (const [path, value] of Object.entries(averagedStateDict(snapshot))) await expectFixture(`${path}, exported`, value, testCase.averagedStateDict[path] as FixtureArray, backend);
    await expectFixture('outputs', model.forward(tensor(Float32Array.from(testCase.inputs.data), [24, 4])) as Tensor, testCase.outputs, backend);
  });
});
