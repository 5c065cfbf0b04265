/** Mixing against its definitions, written out in PyTorch and NumPy by tooling/reference. */
import { losses, ops, type Target, type Tensor, valueAndGrad } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { expectFixture, onBackends } from '../../../../tooling/reference/check/backends';
import { type Box, boxOf } from './boxes';
import { applyCutmix } from './cutmix';
import { lowFrequencyImage } from './fourier-mask';
import { applyMixup } from './mixup';

interface Pair {
  readonly name: string;
  readonly kind: 'mixup' | 'cutmix';
  readonly images: FixtureArray;
  readonly permutation: readonly number[];
  readonly lambda: number;
  readonly given: { readonly lambda: number; readonly row: number; readonly column: number };
  readonly box: Box;
  readonly mixed: FixtureArray;
  readonly labels: FixtureArray;
  readonly numClasses: number;
  readonly weight?: FixtureArray;
  readonly epsilon: number;
  readonly scores: FixtureArray;
  readonly probs?: FixtureArray;
  readonly loss: number;
  readonly grad: FixtureArray;
}

const { cases } = await fixture<Pair>(new URL('../../fixtures/mixing.json', import.meta.url));
const spectra = await fixture<{ readonly name: string; readonly height: number; readonly width: number; readonly decayPower: number; readonly noise: FixtureArray; readonly image: FixtureArray }>(
  new URL('../../fixtures/spectra.json', import.meta.url));

/** As `labelSmoothing` makes distributions of labels. */
function smooth({ labels, numClasses }: Target & { readonly kind: 'index' }, epsilon: number): Target {
  const counts = ops.notEqual(labels, -100);
  const safe = ops.where(counts, labels, 0);
  return { kind: 'soft', probs: ops.add(ops.mul(ops.oneHot(safe, numClasses), 1 - epsilon), epsilon / numClasses), weights: ops.cast(counts, 'float32'), labels: safe };
}

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const images = toTensor(c.images);
    const [, , height = 0, width = 0] = images.shape;
    const labels = { kind: 'index' as const, labels: toTensor(c.labels), numClasses: c.numClasses };
    const cut = { height, width, permutation: c.permutation, boxes: [c.box] };
    const apply = (target: Target): { readonly inputs: unknown; readonly target: Target } =>
      (c.kind === 'mixup' ? applyMixup(images, target, { lambda: c.lambda, permutation: c.permutation }) : applyCutmix(images, target, cut));
    const { inputs, target } = apply(labels);
    await expectFixture('images', inputs as Tensor, c.mixed, backend);
    if (c.probs && target.kind === 'soft') await expectFixture('probabilities', target.probs, c.probs, backend);
    const weight = c.weight && Array.from(c.weight.data);
    // Smoothing is affine: after mixing, as the loss or a plugin does it, and before it.
    const before = apply(smooth(labels, c.epsilon)).target;
    for (const [lossOf, mixed] of [[losses.crossEntropy({ ...(weight && { weight }), labelSmoothing: c.epsilon }), target], [losses.crossEntropy({ ...(weight && { weight }) }), before]] as const) {
      const made = valueAndGrad((scores: Tensor) => { const { sum, denominator } = lossOf(scores, mixed); return ops.div(sum, denominator); })(toTensor(c.scores));
      await expectClose(made.value, c.loss, { rtol: backend.rtol, name: 'loss' });
      await expectFixture('gradient of the scores', made.grads, c.grad, backend);
    }
  });
});

test.each(cases.filter(({ kind }) => kind === 'cutmix').map((c) => [c.name, c] as const))('the box of %s', (_, { images, given, box }) => {
  const [, , height = 0, width = 0] = images.shape;
  const middle = [given.row, given.column];
  expect(boxOf(given.lambda, { height, width }, () => middle.shift() ?? NaN)).toEqual(box);
});

test.each(spectra.cases.map((c) => [c.name, c] as const))('the image of a spectrum, %s', async (_, { height, width, decayPower, noise, image }) => {
  await expectClose(lowFrequencyImage(noise.data, height, width, decayPower), image.data, { rtol: 1e-12 });
});
