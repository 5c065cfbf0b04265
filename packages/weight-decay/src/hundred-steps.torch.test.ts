/**
 * A hundred steps of each optimizer with each kind of decay, penalty and constraint, with factors, exclusions and schedules, by the plugins in a
 * fit, against PyTorch (Lion and Muon by their definitions) on the same gradients; the cases are made by tooling/reference.
 */
import { type AnyPlugin, arrayDataset, definePlugin, type Grads, losses, nn, optim, type Tensor, Trainer } from '@parsimony/core';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import * as techniques from '@parsimony/weight-decay';
import { expect, test } from 'vitest';
import { mapValues, row } from '../../../tooling/reference/check/arrays';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';

type Arrays = Readonly<Record<string, FixtureArray>>;
interface Problem { readonly name: 'problem'; readonly seen: readonly number[]; readonly params: Arrays; readonly grads: Arrays }
interface Case {
  readonly name: string;
  readonly optimizer: 'sgd' | 'adam' | 'adamw' | 'rmsprop' | 'adagrad' | 'lion' | 'muon';
  readonly options: Readonly<Record<string, number>>;
  readonly plugin: 'weightDecay' | 'l1' | 'l2' | 'elasticNet' | 'groupLasso' | 'l2sp' | 'maxNorm';
  readonly pluginOptions: object;
  /** Of the steps seen. */
  readonly after: Arrays;
}

const { cases: [problem, ...cases] } = await fixture<Problem | Case>(new URL('../fixtures/hundred-steps.json', import.meta.url)) as unknown as { readonly cases: readonly [Problem, ...Case[]] };

/** The gradients of the case in place of the model's. */
const given = (): AnyPlugin => definePlugin({
  name: 'given', version: '1.0.0', apiVersion: 1, options: {}, claims: { writes: { grads: 'replace' } }, batchSemantics: 'per-sample',
  hooks: { transformGrads: { order: 'pre', handler: (_, { step }) => mapValues(problem.grads, (g) => toTensor(row(g, step))) as unknown as Grads } },
});

onBackends((backend) => {
  // The gpu modes of these tests take a while a step; the optimizers are compared on them apart.
  const some = cases.filter(({ optimizer }) => !backend.name.startsWith('gpu') || optimizer === 'sgd' || optimizer === 'adam');
  test.each(some.map((c) => [c.name, c] as const))('%s', async (_, { optimizer, options, plugin, pluginOptions, after }) => {
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2)).loadStateDict(mapValues(problem.params, toTensor));
    const trainer = new Trainer({
      model, loss: losses.crossEntropy(), optimizer: (optim[optimizer] as (options: object) => optim.Optimizer)(options), seed: 1, metrics: [],
      plugins: [given(), (techniques[plugin] as (options: object) => AnyPlugin)(pluginOptions)],
    });
    const compared: number[] = [];
    await trainer.fit({
      train: arrayDataset({ inputs: new Float32Array(3), shape: [3], labels: [0], numClasses: 2 }), epochs: 100, batchSize: 1,
      onProgress: async (event) => {
        const at = event.kind === 'step' ? problem.seen.indexOf(event.step) : -1;
        if (at < 0) return;
        compared.push(at);
        for (const [path, p] of Object.entries(trainer.model.parameters())) await expectFixture(`${path} after step ${problem.seen[at]}`, p, row(after[path] as FixtureArray, at), backend);
      },
    });
    expect(compared).toEqual([0, 1, 2, 3]);
    trainer.dispose();
    for (const x of Object.values<Tensor>(trainer.model.stateDict())) x.dispose();
  });
});
