/**
 * A training loop of one's own, without the Trainer: mixup, label smoothing, clipping, decoupled decay, a schedule of the rate and an
 * average of the weights, each by its pure function.
 */
import {
  batches, evaluateSchedule, inference, keep, losses, memory, nn, ops, optim, type Params, random, ready, schedules, scope, type Tensor, training, valueAndGrad,
} from '@parsimony/core';
import { applyMixup, drawMixup } from '@parsimony/augment';
import { Dropout } from '@parsimony/dropout';
import { emaDecay, updateAverage } from '@parsimony/ema';
import { clipGradNorm } from '@parsimony/gradients';
import { smoothLabels } from '@parsimony/label-smoothing';
import { decayWeights } from '@parsimony/weight-decay';
import { spirals } from './spirals';

export async function trainOwnLoop({ epochs = 60, batchSize = 50, seed = 7 } = {}) {
  await ready();
  const key = random.key(seed);
  const [train, test] = [spirals(400, 1), spirals(200, 2)];
  const totalSteps = epochs * Math.ceil(train.size / batchSize);

  const model = new nn.Sequential(new nn.Linear(2, 64), new nn.ReLU(), new nn.Linear(64, 64), new nn.ReLU(), new Dropout({ p: 0.05 }), new nn.Linear(64, 2)).init(key);
  const loss = losses.crossEntropy();
  const rate = schedules.cosine({ value: 0.01, steps: totalSteps });
  const optimizer = optim.adam({ lr: rate });
  let state = optimizer.init(model.parameters());
  let average = nn.holdWeights(model.weights());
  let step = 0;
  const means: number[] = [];
  const tensors: number[] = [];

  for (let epoch = 0; epoch < epochs; epoch++) {
    const values: Promise<number>[] = [];
    for await (const batch of batches(train, { batchSize, key, epoch })) {
      const progress = { step, totalSteps };
      // Everything made in the scope is given back when it ends, save what is kept or taken over by the model.
      scope(() => {
        const draw = drawMixup(random.at(random.foldIn(key, 'mixup'), { step }), batch.size, { alpha: 0.1 });
        const mixed = applyMixup(batch.inputs, batch.target, draw);
        const target = smoothLabels(mixed.target, { epsilon: 0.05 });
        const { value, grads } = valueAndGrad((params: Params) => {
          // Training behaviour needs a context with a key; `forward(x)` alone is inference.
          const scores = model.forward(mixed.inputs as Tensor, training({ key, ...progress, weights: { params } }));
          const { sum, denominator } = loss(scores, target);
          return ops.div(sum, denominator);
        })(model.parameters());

        const { grads: clipped } = clipGradNorm(grads, { maxNorm: 1 });
        const decayed = decayWeights(model.parameters(), { lr: evaluateSchedule(rate, progress), decay: 0.01 });
        const next = optimizer.step({ params: decayed, grads: clipped, state, progress });
        state = { ...next.state, tensors: keep(next.state.tensors) };
        model.loadStateDict(next.params);
        average = keep(updateAverage(average, model.weights(), { decay: emaDecay(step, { decay: 0.98 }) }));
        values.push(value.item());
      });
      step++;
    }
    const all = await Promise.all(values);
    means.push(all.reduce((a, b) => a + b) / all.length);
    tensors.push(memory().tensors);
  }

  // Evaluation with the average: other weights are an argument, nothing is swapped in the model.
  let right = 0;
  for await (const { inputs, target } of batches(test, { batchSize: 100 })) {
    if (target.kind !== 'index') throw new Error('the spirals have labels');
    const hits = scope(() => {
      const scores = model.forward(inputs as Tensor, inference({ weights: average }));
      return ops.sum(ops.cast(ops.equal(ops.argmax(scores, { axis: 1 }), target.labels), 'float32'));
    });
    // A scope closes with its call, so what is awaited comes out of it.
    right += await hits.item();
    hits.dispose();
  }
  return { losses: means, accuracy: right / test.size, tensors };
}
