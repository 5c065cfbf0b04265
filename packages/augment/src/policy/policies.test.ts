/** Policies as torchvision 0.14 has them: tables exactly, applied operations to one grey level. And draws, JSON, scenes, errors. */
import { random } from '@parsimony/core';
import { expectDropRate, expectMoments, expectUncorrelated, fixture, sample } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { expectPixels, type FixturePixels, imageOf } from '../../../../tooling/reference/check/pixels';
import * as F from '../image/functional';
import { applyToBatch, applyToScenes, drawFor, parseTransform, type Pixels, type Transform } from '../transform';
import { augMixPolicy, autoAugment, autoAugmentTables, type PolicyOpName, type PolicyStep, randAugment, trivialAugmentWide } from './index';
import { augMixSpace, autoAugmentSpace, randAugmentSpace, type Space, trivialAugmentWideSpace } from './magnitudes';
import { policyOps } from './policy-op';

interface Case {
  readonly name: string;
  readonly size?: readonly [number, number];
  readonly bins?: number;
  readonly space?: Space;
  readonly table?: unknown;
  readonly pixels?: FixturePixels;
  readonly op?: PolicyOpName;
  readonly magnitude?: number;
  readonly interpolation?: 'nearest' | 'bilinear';
  readonly draw?: never;
  readonly output?: FixturePixels;
}

const { cases } = await fixture<Case>(new URL('../../fixtures/policies.json', import.meta.url));
const image = imageOf(cases.find(({ name }) => name === 'image')?.pixels as FixturePixels);
const size = { channels: 3, height: 32, width: 32 };
const key = random.key(21);

describe('as torchvision', () => {
  test.each(cases.filter((one) => one.space).map((one) => [one.name, one] as const))('the operations and magnitudes of %s', (name, { size: [height, width] = [0, 0], bins = 0, space }) => {
    const extent = { height, width };
    const ours = name.startsWith('Rand') ? randAugmentSpace(extent, bins) : name.startsWith('Auto') ? autoAugmentSpace(extent)
      : name.startsWith('Trivial') ? trivialAugmentWideSpace(bins) : augMixSpace(extent, name.includes('True'));
    expect(Object.keys(ours).sort()).toEqual(Object.keys(space ?? {}).sort());
    for (const [op, expected] of Object.entries(space ?? {})) {
      const found = ours[op as PolicyOpName];
      expect([op, found?.signed, found?.magnitudes?.length]).toEqual([op, expected.signed, expected.magnitudes?.length]);
      // PyTorch's linspace adds in another order where its loop is vectorized: a last bit or two of float32.
      expected.magnitudes?.forEach((magnitude, bin) => expect(Math.abs((found?.magnitudes?.[bin] ?? NaN) - magnitude), `${op} ${bin}`).toBeLessThanOrEqual(2 ** -22 * Math.abs(magnitude)));
    }
  });

  test.each(cases.filter((one) => one.table).map((one) => [one.name, one.table] as const))('%s of AutoAugment', (name, table) => {
    expect(autoAugmentTables[name.slice(6) as keyof typeof autoAugmentTables]).toEqual(table);
  });

  test.each(policyOps)('%s applied', (op) => {
    const of = cases.filter((one) => one.op === op);
    expect(of.length).toBeGreaterThan(0);
    for (const { name, magnitude = 0, interpolation = 'nearest', output } of of) expectPixels(name, F.policyOp(image, op, magnitude, { interpolation }), imageOf(output as FixturePixels));
  });

  test.each(cases.filter((one) => one.draw).map((one) => [one.name, one] as const))('%s', (name, { draw, output }) => {
    expectPixels(name, augMixPolicy().apply({ image }, draw as never).image, imageOf(output as FixturePixels));
  });
});

/** Chi square of counts that are to be equal: mean k - 1, variance 2 (k - 1); five standard deviations are allowed. */
function expectUniform(values: readonly unknown[], kinds: number): void {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  expect(counts.size).toBe(kinds);
  const expected = values.length / kinds;
  const chi = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  expect(chi).toBeLessThan(kinds - 1 + 5 * Math.sqrt(2 * (kinds - 1)));
}

describe('draws', () => {
  test('of RandAugment: operations uniform and independent, one magnitude, signs by a coin', () => {
    const drawn = drawFor(randAugment(), key, 14_000, size);
    const [first, second] = [0, 1].map((i) => drawn.map((steps) => steps[i] as PolicyStep)) as [PolicyStep[], PolicyStep[]];
    expectUniform(first.map(([name]) => name), 14);
    expectUniform(second.map(([name]) => name), 14);
    const place = ([name]: PolicyStep): number => policyOps.indexOf(name);
    expectUncorrelated(first.map(place), second.map(place));
    expectUncorrelated(first.slice(1).map(place), first.slice(0, -1).map(place));
    const rotations = first.filter(([name]) => name === 'Rotate').map(([, degrees]) => degrees);
    expect(new Set(rotations.map(Math.abs))).toEqual(new Set([9]));
    expectDropRate(rotations.map((degrees) => (degrees > 0 ? 1 : 0)), 0.5);
  });

  test('of RandAugment: a magnitude on a schedule', () => {
    const rising = randAugment({ numOps: 1, magnitude: { schedule: 'linear', start: 0, end: 30 } });
    const at = (step: number): number[] => drawFor(rising, key, 300, size, { step, totalSteps: 10 }).flatMap((steps) => steps.filter(([name]) => name === 'Rotate').map(([, degrees]) => Math.abs(degrees)));
    expect([new Set(at(0)), new Set(at(10))]).toEqual([new Set([0]), new Set([30])]);
  });

  test('of TrivialAugment: operations, bins and signs uniform', () => {
    const steps = drawFor(trivialAugmentWide(), key, 28_000, size).map(([step]) => step as PolicyStep);
    expectUniform(steps.map(([name]) => name), 14);
    expectUniform(steps.filter(([name]) => name === 'Solarize').map(([, threshold]) => threshold), 31);
    expectMoments(steps.filter(([name]) => name === 'Rotate').map(([, degrees]) => degrees), { mean: 0, variance: 135 ** 2 * (31 * 61) / (30 * 6 * 31) });
  });

  test('of AutoAugment: sub-policies uniform, operations with their probabilities', () => {
    const own = autoAugment({ policy: [[['Rotate', 0.3, 3], ['Invert', 1, null]], [['Equalize', 0, null]]] });
    const drawn = drawFor(own, key, 20_000, size);
    expectDropRate(drawn.map(({ length }) => (length === 0 ? 0 : 1)), 0.5);
    const first = drawn.filter(({ length }) => length > 0);
    expectDropRate(first.map(({ length }) => (length === 2 ? 1 : 0)), 0.7);
    expect(new Set(drawn.flatMap((steps) => steps.map(([name, magnitude]) => `${name} ${Math.abs(magnitude)}`)))).toEqual(new Set(['Rotate 10', 'Invert 0']));
  });

  test('of AugMix: shares of Beta and Dirichlet, that sum to one; depths from 1 to 3; magnitudes below the severity', () => {
    const drawn = drawFor(augMixPolicy(), key, 12_000, size);
    // Beta(1, 1) is uniform; of Dirichlet(1, 1, 1) each share has mean 1 / 3 and variance 2 / 36, kurtosis of Beta(1, 2).
    expectMoments(drawn.map(({ clean }) => clean), { mean: 0.5, variance: 1 / 12, kurtosis: 1.8 });
    for (const i of [0, 1, 2]) expectMoments(drawn.filter(({ clean }) => clean < 0.99).map(({ clean, chains }) => (chains[i]?.weight ?? NaN) / (1 - clean)), { mean: 1 / 3, variance: 1 / 18, kurtosis: 2.4 });
    expectUniform(drawn.flatMap(({ chains }) => chains.map(({ steps }) => steps.length)), 3);
    for (const { clean, chains } of drawn.slice(0, 200)) expect(chains.reduce((sum, { weight }) => sum + weight, clean)).toBeCloseTo(1, 6);
    const all = drawn.flatMap(({ chains }) => chains.flatMap(({ steps }) => steps));
    expectUniform(all.map(([name]) => name), 13);
    expect(Math.max(...all.filter(([name]) => name === 'Rotate').map(([, degrees]) => degrees))).toBeCloseTo(30 * 2 / 9, 5);
    expect(new Set(drawFor(augMixPolicy({ allOps: false, chainDepth: 4 }), key, 300, size).flatMap(({ chains }) => chains.flatMap(({ steps }) => steps.map(([name]) => name)))).size).toBe(9);
  });
});

describe('as data', () => {
  const policies: readonly Transform[] = [
    randAugment({ magnitude: 12, interpolation: 'bilinear', fill: [1, 0, 0.5] }), trivialAugmentWide(), autoAugment(), autoAugment({ policy: 'svhn' }),
    autoAugment({ policy: [[['ShearX', 0.5, 9], ['Color', 1, 0]]] }), augMixPolicy({ severity: 5, alpha: 0.5 }),
  ];
  test.each(policies.map((policy) => [String(policy), policy] as const))('%s prints, reloads and replays', (printed, policy) => {
    expect(String(parseTransform(JSON.parse(JSON.stringify(policy))))).toBe(printed);
    const params = drawFor(policy, key, 30, size);
    for (const data of [Uint8Array.from(sample(3072, { seed: 5, low: 0, high: 255 })), Float32Array.from(sample(3072, { seed: 5, low: 0, high: 1 }))]) {
      const scenes = params.map(() => ({ image: { ...size, data } }));
      const [first, second] = [params, JSON.parse(JSON.stringify(params)) as typeof params].map((drawn) => applyToScenes(policy, scenes, drawn));
      expect(second).toEqual(first);
      for (const [i, { image: { data: changed } }] of (first ?? []).entries()) {
        expect(changed.constructor).toBe(data.constructor);
        const odd = changed.find((v) => !(v >= 0 && v <= 256));
        expect(odd, JSON.stringify(params[i])).toBeUndefined();
      }
    }
  });

  test.each(policies.map((policy) => [String(policy), policy] as const))('%s in a batch as alone and as with what lies on an image', (_, policy) => {
    const n = 60;
    for (const data of [Uint8Array.from(sample(n * 3072, { seed: 5, low: 0, high: 255 })), Float32Array.from(sample(n * 3072, { seed: 5, low: 0, high: 1 }))]) {
      const params = drawFor(policy, key, n, size);
      const before = data.slice();
      const batch = applyToBatch(policy, { data, count: n, ...size }, params).data;
      expect(data).toEqual(before);
      const scenes = Array.from({ length: n }, (__, i) => ({ image: { data: before.slice(i * 3072, (i + 1) * 3072), ...size }, keypoints: Float32Array.of(1, 1) }));
      applyToScenes(policy, scenes, params).forEach(({ image: { data: alone } }, i) => expect(batch.subarray(i * 3072, (i + 1) * 3072), JSON.stringify(params[i])).toEqual(alone));
    }
  });

  test('floats as bytes, to what bytes hold', () => {
    const floats = F.convertImageDtype(image) as Pixels;
    const steps: readonly PolicyStep[] = [['Rotate', 20], ['Solarize', 127.5], ['Posterize', 4], ['Equalize', 0], ['AutoContrast', 0], ['Brightness', 0.3], ['TranslateX', 3]];
    for (const [name, magnitude] of steps) {
      const [bytes, other] = [F.policyOp(image, name, magnitude), F.policyOp(floats, name, magnitude)];
      bytes.data.forEach((v, i) => expect(Math.abs(v - 255 * (other.data[i] as number)), name).toBeLessThan(1.01));
    }
  });
});

describe('what lies on an image', () => {
  const mask = { data: new Uint8Array(81).fill(1), channels: 1, height: 9, width: 9 };
  const scene = { image, mask, boxes: Float32Array.of(2, 2, 4, 5), boxLabels: Int32Array.of(7), keypoints: Float32Array.of(3, 3) };

  test('moves with it', () => {
    const moved = randAugment().apply(scene, [['TranslateX', 3], ['Brightness', 0.2]]);
    expect(moved.boxes).toEqual(Float32Array.of(5, 2, 7, 5));
    expect(moved.keypoints).toEqual(Float32Array.of(6, 3));
    expect(Array.from(moved.mask?.data.subarray(0, 9) ?? [])).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
  });

  test('stays where the clean image has it in AugMix, and all of it where nothing is done', () => {
    const mixed = augMixPolicy().apply(scene, { clean: 0.5, chains: [{ weight: 0.5, steps: [['TranslateX', 3]] }] });
    expect([mixed.boxes, mixed.mask, mixed.keypoints]).toEqual([scene.boxes, scene.mask, scene.keypoints]);
    expect(randAugment().apply(scene, [['Identity', 0], ['Rotate', 0], ['TranslateY', 0.9]])).toBe(scene);
    expect(randAugment().apply(scene, [['Brightness', 0], ['Posterize', 8], ['ShearX', 0]])).toEqual(scene);
  });
});

test('refused', () => {
  expect(() => randAugment({ magnitude: 31 })).toThrow('RandAugment: `magnitude` must be in [0, 30], received 31.');
  expect(() => randAugment({ numOp: 1 } as never)).toThrow('RandAugment: unknown option `numOp`. Did you mean `numOps`?');
  expect(() => randAugment({ interpolation: 'cubic' as never })).toThrow('RandAugment: `interpolation` must be one of');
  expect(() => trivialAugmentWide({ numMagnitudeBins: 1 })).toThrow('TrivialAugmentWide: `numMagnitudeBins` must be a whole number in [2, inf), received 1.');
  expect(() => autoAugment({ policy: 'cifar' as never })).toThrow("AutoAugment: `policy` must be one of 'imagenet', 'cifar10', 'svhn', or a list of sub-policies, received \"cifar\".");
  expect(() => autoAugment({ policy: [[['Rotate', 0.5, null]]] })).toThrow('AutoAugment: `policy[0][0][2]` must be a whole number in [0, 9], received null.');
  expect(() => autoAugment({ policy: [[['Invert', 0.5, 2]]] })).toThrow('AutoAugment: `policy[0][0][2]` must be null, since Invert has no magnitude, received 2.');
  expect(() => autoAugment({ policy: [[['Flip' as never, 0.5, 2]]] })).toThrow('AutoAugment: `policy[0][0][0]` must be one of ShearX, ShearY');
  expect(() => augMixPolicy({ chainDepth: 0 })).toThrow('AugMix: `chainDepth` must be 1 or more, or -1 for 1 to 3 by chance, received 0.');
  expect(() => augMixPolicy({ maskFill: 1 } as never)).toThrow('AugMix: unknown option `maskFill`.');
  expect(() => randAugment().outputSize({ channels: 4, height: 8, width: 8 })).toThrow('RandAugment: images must have 1 or 3 channels, received 4.');
  expect(() => F.policyOp(image, 'Rotated' as never)).toThrow("Did you mean 'Rotate'?");
});
