/** Transforms of colours: draws, JSON, the same on devices as on the host, errors. */
import { random, tensor, useBackend } from '@parsimony/core';
import { expectClose, expectDropRate, expectMoments, expectUncorrelated, sample } from '@parsimony/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../../tooling/reference/check/backends';
import { applyToBatch, applyToScenes, compose, drawFor, parseTransform, type Pixels, type Transform } from '../../transform';
import * as F from '../functional';
import {
  colorJitter, convertImageDtype, gaussianBlur, grayscale, normalize, randomAdjustSharpness, randomAutocontrast, randomChannelPermutation, randomEqualize, randomGrayscale, randomInvert,
  randomPhotometricDistort, randomPosterize, randomSolarize,
} from './index';

const size = { channels: 3, height: 6, width: 5 };
const key = random.key(11);
const rgb = fc.uint8Array({ minLength: 36, maxLength: 36 }).map((data): Pixels => ({ data, channels: 3, height: 3, width: 4 }));

/** Every transform of colours, with options that change something. */
const all: readonly Transform[] = [
  colorJitter({ brightness: 0.4, contrast: [0.5, 1.5], saturation: 0.7, hue: 0.3 }), convertImageDtype(), gaussianBlur({ kernelSize: [3, 5], sigma: 1 }), grayscale(),
  grayscale({ numOutputChannels: 3 }), normalize({ mean: [0.4, 0.5, 0.6], std: 0.2 }), randomAdjustSharpness({ sharpnessFactor: 2 }), randomAutocontrast(), randomChannelPermutation(),
  randomEqualize(), randomGrayscale({ p: 0.5 }), randomInvert(), randomPhotometricDistort(), randomPosterize({ bits: 3 }), randomSolarize({ threshold: 0.4 }),
];

describe('functions', () => {
  test('what changes nothing changes nothing', () => {
    fc.assert(fc.property(rgb, (image) => {
      for (const same of [F.adjustBrightness(image, 1), F.adjustContrast(image, 1), F.adjustSaturation(image, 1), F.adjustSharpness(image, 1), F.posterize(image, 8), F.permuteChannels(image, [0, 1, 2])]) {
        expect(same.data).toEqual(image.data);
      }
      // Through HSV and back in float32, where a byte may fall below itself by one, as torchvision's does.
      F.adjustHue(image, 0).data.forEach((v, i) => expect(Math.abs(v - (image.data[i] as number))).toBeLessThanOrEqual(1));
    }));
  });

  test('invert twice and a permutation with its inverse are nothing; solarizing from 0 is inverting', () => {
    const permutations = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
    fc.assert(fc.property(rgb, permutations, (image, order) => {
      expect(F.invert(F.invert(image)).data).toEqual(image.data);
      const inverse = [0, 1, 2].map((k) => order.indexOf(k));
      expect(F.permuteChannels(F.permuteChannels(image, order), inverse).data).toEqual(image.data);
      expect(F.solarize(image, 0).data).toEqual(F.invert(image).data);
      expect(F.convertImageDtype(F.convertImageDtype(image), 'uint8').data).toEqual(image.data);
    }));
  });

  test('bytes and floats of the same image agree to what bytes hold', () => {
    const changes: readonly ((image: Pixels) => Pixels)[] = [
      (x) => F.adjustBrightness(x, 1.3), (x) => F.adjustContrast(x, 0.6), (x) => F.adjustSaturation(x, 1.7), (x) => F.adjustHue(x, 0.2), (x) => F.adjustSharpness(x, 0.3), (x) => F.adjustGamma(x, 1.4),
      (x) => F.invert(x), (x) => F.gaussianBlur(x, 3, 1), (x) => F.rgbToGrayscale(x), (x) => F.solarize(x, x.data instanceof Uint8Array ? 100 : 100 / 255),
    ];
    fc.assert(fc.property(rgb, fc.constantFrom(...changes), (image, change) => {
      const [bytes, floats] = [change(image), change(F.convertImageDtype(image))];
      // Grey is cut down before it is blended, by up to 1, and the blend again: 2 levels, times the blend's 0.7.
      bytes.data.forEach((v, i) => expect(Math.abs(v - 255 * (floats.data[i] as number))).toBeLessThan(2.5));
    }));
  });

  test('grey images have no hue and no saturation, and floats posterize and equalize', () => {
    const grey = { data: Uint8Array.of(0, 80, 255, 3), channels: 1, height: 2, width: 2 };
    expect(F.adjustHue(grey, 0.3)).toBe(grey);
    expect(F.adjustSaturation(grey, 0.3)).toBe(grey);
    expect(F.posterize({ ...grey, data: Float32Array.of(0, 0.3, 0.5, 1) }, 1).data).toEqual(Float32Array.of(0, 0, 0.5, 0.5));
    const dark = { data: Uint8Array.from({ length: 1024 }, (_, i) => i >> 5), channels: 1, height: 32, width: 32 };
    expect(F.convertImageDtype(F.equalize(F.convertImageDtype(dark)), 'uint8').data).toEqual(F.equalize(dark).data);
  });

  test('floats become bytes without wrapping around', () => {
    expect(F.convertImageDtype({ data: Float32Array.of(-1, 0, 0.5, 2), channels: 1, height: 1, width: 4 }, 'uint8').data).toEqual(Uint8Array.of(0, 0, 127, 255));
  });

  test('normalize takes bytes as floats', () => {
    const image = { data: Uint8Array.of(0, 100, 255), channels: 3, height: 1, width: 1 };
    expect(F.normalize(image, [0.1, 0.2, 0.3], 0.5).data).toEqual(F.normalize(F.convertImageDtype(image), [0.1, 0.2, 0.3], 0.5).data);
  });
});

describe('draws', () => {
  const steps = drawFor(colorJitter({ brightness: [0.5, 1.5], contrast: 0.2, saturation: 0.2, hue: 0.1 }), key, 12_000, size);

  test('the order of a jitter is uniform', () => {
    const counts = new Map<string, number>();
    for (const each of steps) {
      const order = each.map(([name]) => name[0]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Chi square with 23 degrees of freedom: mean 23, variance 46; five standard deviations are 23 + 34.
    const chi = [...counts.values()].reduce((sum, n) => sum + (n - 500) ** 2 / 500, 0);
    expect(chi).toBeLessThan(57);
  });

  test('factors are uniform in their ranges, and independent between samples and of each other', () => {
    const factors = (wanted: string): number[] => steps.map((each) => each.find(([name]) => name === wanted)?.[1] ?? NaN);
    const [brightness, hue] = [factors('brightness'), factors('hue')];
    // Uniform on an interval of width w: variance w^2 / 12, kurtosis 1.8.
    expectMoments(brightness, { mean: 1, variance: 1 / 12, kurtosis: 1.8 });
    expectMoments(hue, { mean: 0, variance: 0.04 / 12, kurtosis: 1.8 });
    expect([Math.min(...brightness) >= 0.5, Math.max(...brightness) <= 1.5]).toEqual([true, true]);
    expectUncorrelated(brightness, hue);
    expectUncorrelated(brightness.slice(1), brightness.slice(0, -1));
  });

  test('what is left out is not drawn, and changes nothing', () => {
    expect(drawFor(colorJitter(), key, 1, size)).toEqual([[]]);
    expect(drawFor(colorJitter({ hue: 0.1, brightness: [1, 1] }), key, 1, size)[0]?.map(([name]) => name)).toEqual(['hue']);
  });

  test('probabilities, and that they follow a schedule', () => {
    expectDropRate(drawFor(randomInvert({ p: 0.3 }), key, 10_000, size).map((yes) => (yes ? 1 : 0)), 0.7);
    expectDropRate(drawFor(randomGrayscale(), key, 10_000, size).map((yes) => (yes ? 1 : 0)), 0.9);
    const rising = randomEqualize({ p: { schedule: 'linear', start: 0, end: 1 } });
    expect(new Set(drawFor(rising, key, 50, size, { step: 0, totalSteps: 10 }))).toEqual(new Set([false]));
  });

  test('distortions make each change with its probability, contrast first or last', () => {
    const drawn = drawFor(randomPhotometricDistort({ p: 0.5 }), key, 10_000, size);
    for (const name of ['brightness', 'contrast', 'saturation', 'hue']) expectDropRate(drawn.map((each) => (each.steps.some(([step]) => step === name) ? 0 : 1)), 0.5);
    expectDropRate(drawn.map(({ permutation }) => (permutation === null ? 1 : 0)), 0.5);
    const withBoth = drawn.filter(({ steps: each }) => each.some(([name]) => name === 'hue') && each.some(([name]) => name === 'contrast'));
    expectDropRate(withBoth.map(({ steps: each }) => (each.findIndex(([name]) => name === 'contrast') < each.findIndex(([name]) => name === 'hue') ? 0 : 1)), 0.5);
  });
});

describe('as data', () => {
  test.each(all.map((transform) => [String(transform), transform] as const))('%s prints, reloads and replays', (printed, transform) => {
    const again = parseTransform(JSON.parse(JSON.stringify(transform)));
    expect(String(again)).toBe(printed);
    const params = drawFor(transform, key, 6, size);
    const replayed = JSON.parse(JSON.stringify(params)) as typeof params;
    const scene = { image: { ...size, data: Float32Array.from(sample(90, { seed: 5, low: 0, high: 1 })) }, boxes: Float32Array.of(0, 0, 2, 2) };
    const [first, second] = [params, replayed].map((drawn) => applyToScenes(transform, drawn.map(() => scene), drawn));
    expect(second).toEqual(first);
    expect(first?.every(({ boxes }) => boxes === scene.boxes)).toBe(true);
  });

  test.each(all.map((transform) => [String(transform), transform] as const))('%s writes where a batch wants it what it gives alone', (_, transform) => {
    const n = 12;
    for (const data of [Float32Array.from(sample(n * 90, { seed: 6, low: 0, high: 1 })), Uint8Array.from(sample(n * 90, { seed: 6, low: 0, high: 255 }))]) {
      if (transform.name === 'RandomSolarize' && data instanceof Uint8Array) continue;
      const params = drawFor(transform, key, n, size);
      const images = Array.from({ length: n }, (__, i) => ({ image: { data: data.slice(i * 90, (i + 1) * 90), ...size } }));
      const alone = applyToScenes(transform, images, params).flatMap(({ image }) => Array.from(image.data));
      const before = data.slice();
      expect(Array.from(applyToBatch(transform, { data, count: n, ...size }, params).data)).toEqual(alone);
      expect(data).toEqual(before);
    }
  });

  test('bytes become floats in a batch', () => {
    const batch = { data: Uint8Array.from({ length: 180 }, (_, i) => i), count: 2, ...size };
    const policy = compose([randomInvert({ p: 1 }), convertImageDtype(), normalize({ mean: 0.5, std: 0.5 })]);
    const { data } = applyToBatch(policy, batch, drawFor(policy, key, 2, size));
    expect([data instanceof Float32Array, data[0], data[179]]).toEqual([true, 1, Math.fround((Math.fround(76 / 255) - 0.5) / 0.5)]);
  });
});

describe.each([...techniqueBackends, 'gpu cpu'])('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });

  test.each(all.filter(({ applyToTensor }) => applyToTensor).map((transform) => [String(transform), transform] as const))('%s as on the host', async (_, transform) => {
    for (const channels of transform.name === 'Normalize' ? [3] : [3, 1]) {
      const of = { ...size, channels };
      const [n, length] = [9, channels * size.height * size.width];
      const data = Float32Array.from(sample(n * length, { seed: 3, low: 0, high: 1 }));
      data.fill(0.25, 0, 60);
      const params = drawFor(transform, key, n, of);
      const out = transform.outputSize(of);
      const host = applyToBatch(transform, { data, count: n, ...of }, params);
      const device = transform.applyToTensor?.(tensor(data, [n, channels, size.height, size.width]), params);
      await expectClose(device as never, { data: host.data as Float32Array, shape: [n, out.channels, out.height, out.width] }, { name: transform.name, rtol: 0, atol: 1e-5 });
    }
  });
});

describe('refused', () => {
  const two = { data: new Uint8Array(8), channels: 2, height: 2, width: 2 };
  const nan = { data: Float32Array.of(0, NaN, 0, 0), channels: 1, height: 2, width: 2 };

  test('channels', () => {
    expect(() => F.adjustHue(two, 0.1)).toThrow('adjustHue: images must have 1 or 3 channels, received 2.');
    for (const transform of all.filter(({ name }) => !['ConvertImageDtype', 'GaussianBlur', 'Normalize', 'RandomChannelPermutation'].includes(name))) {
      expect(() => transform.outputSize(two)).toThrow(`${transform.name}: images must have 1 or 3 channels, received 2.`);
    }
    expect(() => normalize({ mean: [1, 2], std: 1 }).outputSize(size)).toThrow('Normalize: `mean` must be a number, or one for each of 3 channels, received [1,2].');
  });

  test('empty images and pixels that are not finite', () => {
    expect(() => F.invert({ data: new Uint8Array(0), channels: 1, height: 0, width: 4 })).toThrow('An empty image cannot be transformed.');
    for (const change of [F.adjustContrast, F.adjustBrightness, F.gaussianBlur]) expect(() => change(nan, 1)).toThrow('pixels must be finite, received NaN at 1.');
  });

  test('options', () => {
    expect(() => colorJitter({ brightness: -1 })).toThrow('ColorJitter: `brightness` must be in [0, inf), received -1.');
    expect(() => colorJitter({ hue: [0.2, -0.2] })).toThrow('ColorJitter: `hue` must be [low, high] with low at most high');
    expect(() => colorJitter({ hew: 1 } as never)).toThrow('ColorJitter: unknown option `hew`. Did you mean `hue`?');
    expect(() => randomInvert({ p: 2 })).toThrow('RandomInvert: `p` must be in [0, 1], received 2.');
    expect(() => randomPosterize({} as never)).toThrow('RandomPosterize: `bits` must be a whole number in [0, 8], received undefined.');
    expect(() => gaussianBlur({ kernelSize: 7 }).apply({ image: two }, 1)).toThrow('a kernel of 7 pixels reaches past the mirrored edge of an image of 2.');
    expect(() => grayscale({ numOutputChannels: 2 as never })).toThrow('Grayscale: `numOutputChannels` must be 1 or 3, received 2.');
    expect(() => F.solarize({ ...nan, data: new Float32Array(4) }, 128)).toThrow('solarize: `threshold` must be in (-inf, 1], received 128.');
    expect(() => F.posterize(two as never, 1)).toThrow('posterize: images must have 1 or 3 channels, received 2.');
    expect(() => F.permuteChannels({ ...two }, [0, 0])).toThrow('permuteChannels: `permutation` must have each of 0 to 1 once, received [0,0].');
  });
});
