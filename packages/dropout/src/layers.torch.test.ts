/** The dropout family against PyTorch and torchvision, under the masks that they drew; the cases are made by tooling/reference. */
import { grad, ops, type Tensor, tensor } from '@parsimony/core';
import { AlphaDropout, DropBlock2d, DropBlock3d, Dropout, Dropout1d, Dropout2d, Dropout3d, type DropLayer, FeatureAlphaDropout } from '@parsimony/dropout';
import { fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { expectFixture, onBackends } from '../../../tooling/reference/check/backends';
import { alphaForm } from './alpha-dropout';
import { blockFactor, clampBlock, seedRate } from './drop-block';
import { dropWith, masked, unitShape } from './mask';
import { channelUnits } from './spatial-dropout';

interface Case {
  readonly name: string;
  readonly kind: 'dropout' | 'dropout1d' | 'dropout2d' | 'dropout3d' | 'alphaDropout' | 'featureAlphaDropout' | 'dropBlock2d' | 'dropBlock3d';
  readonly p: number;
  readonly blockSize?: number;
  readonly x: FixtureArray;
  readonly permuted?: readonly number[];
  readonly kept?: FixtureArray;
  readonly seeds?: FixtureArray;
  readonly gamma?: number;
  readonly output: FixtureArray;
  readonly evaluation: FixtureArray;
  readonly cotangent: FixtureArray;
  readonly grad: FixtureArray;
}

const { cases } = await fixture<Case>(new URL('../fixtures/layers.json', import.meta.url));

/** PyTorch's mask of every element in the shape that ours has; what shares a place must agree. */
function reduced({ data, shape }: FixtureArray, units: readonly number[]): Tensor {
  const mask = new Float32Array(units.reduce((a, b) => a * b, 1)).fill(NaN);
  for (let i = 0; i < data.length; i++) {
    let [rest, at, stride] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const n = shape[axis] ?? 1;
      if (units[axis] !== 1) { at += (rest % n) * stride; stride *= n; }
      rest = Math.floor(rest / n);
    }
    const value = Number(data[i]);
    if (!Number.isNaN(mask[at])) expect(value, 'a mask that differs within a unit of ours').toBe(mask[at]);
    mask[at] = value;
  }
  return tensor(mask, units);
}

/** Our rule under PyTorch's draws. */
function dropUnder({ kind, p, kept, seeds, blockSize = 1 }: Case, x: Tensor): Tensor {
  if (kind === 'dropBlock2d' || kind === 'dropBlock3d') {
    const block = clampBlock(blockSize, x.shape.slice(2));
    return seeds ? masked(x, () => blockFactor(toTensor(seeds), block, 1e-6)) : x;
  }
  const mask = (units: readonly number[]) => () => reduced(kept as FixtureArray, units);
  if (p === 0) return x;
  if (kind === 'dropout') return dropWith(x, { p }, mask(x.shape));
  if (kind === 'alphaDropout') return alphaForm(x, p, (v) => dropWith(v, { p, scaling: 'inference' }, mask(x.shape)));
  if (kind === 'featureAlphaDropout') return alphaForm(x, p, (v) => dropWith(v, { p, scaling: 'inference' }, mask(unitShape(x, 0, 1))));
  return dropWith(x, { p }, mask(channelUnits(kind, x)));
}

function moduleOf({ kind, p, blockSize = 1 }: Case): DropLayer {
  switch (kind) {
    case 'dropout': return new Dropout({ p });
    case 'dropout1d': return new Dropout1d({ p });
    case 'dropout2d': return new Dropout2d({ p });
    case 'dropout3d': return new Dropout3d({ p });
    case 'alphaDropout': return new AlphaDropout({ p });
    case 'featureAlphaDropout': return new FeatureAlphaDropout({ p });
    case 'dropBlock2d': return new DropBlock2d({ p, blockSize });
    case 'dropBlock3d': return new DropBlock3d({ p, blockSize });
  }
}

onBackends((backend) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
    const input = (): Tensor => (c.permuted ? ops.permute(toTensor(c.x), c.permuted) : toTensor(c.x));
    await expectFixture('output', dropUnder(c, input()), c.output, backend);
    const weight = toTensor(c.cotangent);
    await expectFixture('gradient', grad((x: Tensor) => ops.sum(ops.mul(dropUnder(c, x), weight)))(input()), c.grad, backend);
    await expectFixture('evaluation', moduleOf(c).forward(input()), c.evaluation, backend);
  });
});

test('the rate of block seeds is torchvision\'s', () => {
  const drawn = cases.flatMap(({ gamma, p, x, blockSize, permuted }) => (gamma === undefined ? [] : [{ gamma, p, shape: permuted ? permuted.map((axis) => x.shape[axis] ?? 0) : x.shape, blockSize: blockSize ?? 1 }]));
  expect(drawn.length).toBeGreaterThan(8);
  for (const { gamma, p, shape, blockSize } of drawn) {
    const map = shape.slice(2);
    expect(seedRate(p, map, clampBlock(blockSize, map))).toBeCloseTo(gamma, 14);
  }
});
