import { random, schedules, useBackend } from '@parsimony/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { compose, Draws, randomCrop, parseTransform, pixels, randomHorizontalFlip, randomVerticalFlip, applyToScenes, applyToBatch, drawFor } from '../image';

const key = random.key(8);

beforeAll(() => useBackend('wasm', { threads: 1 }));

const size = { channels: 1, height: 2, width: 3 };
const policy = compose([randomHorizontalFlip({ p: schedules.linear({ start: 0, end: 1 }) }), compose([randomVerticalFlip()])]);

describe('a transform as data', () => {
  test('prints in one line, nested', () => {
    expect(String(policy)).toBe('Compose(transforms=[RandomHorizontalFlip(p=linear(start=0, end=1)), Compose(transforms=[RandomVerticalFlip(p=0.5)])])');
  });

  test('its options are frozen all the way down', () => {
    expect(Object.isFrozen(policy)).toBe(true);
    expect(Object.isFrozen((policy.options['transforms'] as readonly object[])[0])).toBe(true);
  });

  test('JSON of it and of what it drew gives the same bits', () => {
    const again = parseTransform(JSON.parse(JSON.stringify(policy)));
    expect(JSON.stringify(again)).toBe(JSON.stringify(policy));
    const progress = { step: 3, totalSteps: 6 };
    const [a, b] = [policy, again].map((t) => drawFor(t, random.key(5), 50, size, progress));
    expect(a).toEqual(b);
    expect(new Set(a?.map((drawn) => JSON.stringify(drawn))).size).toBe(4);
    const image = pixels(Uint8Array.of(1, 2, 3, 4, 5, 6), size);
    const [one] = applyToScenes(policy, [{ image }], a?.slice(0, 1) as never);
    expect(one).toEqual(applyToScenes(again, [{ image }], JSON.parse(JSON.stringify(a?.slice(0, 1))))[0]);
  });

  test('schedules follow the run', () => {
    const at = (step: number): unknown => drawFor(randomHorizontalFlip({ p: schedules.linear({ start: 0, end: 1 }) }), random.key(5), 3, size, { step, totalSteps: 6 });
    expect(at(0)).toEqual([false, false, false]);
    expect(at(6)).toEqual([true, true, true]);
  });

  test.each<[unknown, string]>([
    [3, 'parseTransform: expected a transform as { name, ...options }, received 3.'],
    [{ name: 'Flop' }, 'parseTransform: unknown transform "Flop". Known: '],
    [{ name: 'toString' }, 'parseTransform: unknown transform "toString".'],
    [{ name: 'RandomVerticalFlip', q: 1 }, 'parseTransform: RandomVerticalFlip: unknown option `q`.'],
    [{ name: 'Compose', transforms: [{ name: 'RandomVerticalFlip' }, { name: 'Compose', transforms: [{ name: 'RandomVerticalFlip', p: 2 }] }] },
      'parseTransform: transforms[1].transforms[0]: RandomVerticalFlip: `p` must be in [0, 1], received 2.'],
    [{ name: 'Compose', transforms: [7] }, 'parseTransform: Compose: `transforms[0]` must be a transform, received 7.'],
    [{ name: 'Compose', transforms: [{ name: 'RandomVerticalFlip' }], p: 1 }, 'parseTransform: Compose: unknown option `p`.'],
    [{ name: 'Compose' }, 'parseTransform: Compose: `transforms` must be a list of at least one transform, received '],
  ])('refuses %j', (json, message) => {
    expect(() => parseTransform(json)).toThrow(message);
  });
});

describe('drawFor', () => {
  test('an image draws the same whatever the others are', () => {
    const flip = randomHorizontalFlip();
    const all = drawFor(flip, random.key(1), 40, size);
    expect(drawFor(flip, random.key(1), 7, size)).toEqual(all.slice(0, 7));
    const byId = drawFor(flip, random.key(1), [5, 9, 5, 5], size);
    expect(drawFor(flip, random.key(1), [9, 5], size)).toEqual([byId[1], byId[0]]);
    // The same image twice in a batch draws twice.
    const repeated = drawFor(flip, random.key(1), Array.from({ length: 40 }, () => 5), size);
    expect(new Set(repeated).size).toBe(2);
  });
});

describe('bad input', () => {
  const flip = randomHorizontalFlip();
  const image = pixels(new Uint8Array(6), size);
  test.each<[string, () => unknown, string]>([
    ['the wrong length', () => pixels(new Uint8Array(5), size), '`data` must have 6 values for an image of [1, 2, 3], received 5.'],
    ['an empty image', () => pixels(new Uint8Array(0), { ...size, height: 0 }), '`height` must be a whole number in [1, inf), received 0. An empty image cannot be transformed.'],
    ['another type', () => pixels([1] as never, size), '`data` must be a Uint8Array (0 to 255) or a Float32Array (0 to 1), received [1].'],
    ['NaN', () => pixels(Float32Array.of(1, 2, NaN, 4, 5, 6), size), 'pixels must be finite, received NaN at 2.'],
    ['a mask of another size', () => applyToScenes(flip, [{ image, mask: pixels(new Uint8Array(4), { channels: 1, height: 2, width: 2 }) }], [true]), 'scene 0: the mask must be as high and wide as the image, 2 x 3, received 2 x 2.'],
    ['a box outside', () => applyToScenes(flip, [{ image, boxes: Float32Array.of(0, 0, 4, 1) }], [true]), 'box 0 must lie in the image of 2 x 3, with x0 <= x1 and y0 <= y1, received [0, 0, 4, 1].'],
    ['a box inside out', () => applyToScenes(flip, [{ image, boxes: Float32Array.of(1, 0, 0, 1) }], [true]), 'box 0 must lie'],
    ['labels of another number', () => applyToScenes(flip, [{ image, boxLabels: Int32Array.of(1) }], [true]), '`boxLabels` must be an Int32Array with one label for each of 0 boxes'],
    ['half a keypoint', () => applyToScenes(flip, [{ image, keypoints: Float32Array.of(1) }], [true]), '`keypoints` must be a Float32Array [K, 2] of x, y'],
    ['too few parameters', () => applyToScenes(flip, [{ image }], []), 'expected parameters for each of 1 images, received 0.'],
    ['infinity in a batch', () => applyToBatch(flip, { ...size, count: 1, data: Float32Array.of(1, 2, 3, 4, 5, Infinity) }, [true]), 'pixels must be finite, received Infinity at 5.'],
    ['an `into` of another length', () => applyToBatch(flip, { ...size, count: 1, data: new Uint8Array(6) }, [true], new Uint8Array(5)), '`into` must be a Uint8Array of 6, received Uint8Array of 5.'],
  ])('%s', (_, run, message) => { expect(run).toThrow(message); });
});

describe('what no image can be drawn for or changed by', () => {
  const image = pixels(new Uint8Array(4), { channels: 1, height: 2, width: 2 });
  const batch = { ...image, count: 1 };
  const flip = randomHorizontalFlip();

  test('is said, with what was received', () => {
    expect(() => drawFor(randomHorizontalFlip as never, key, 1, image)).toThrow('drawFor: `transform` must be a transform, received function randomHorizontalFlip.');
    expect(() => drawFor(flip, null as never, 1, image)).toThrow('drawFor: `key` must be a random key, received null.');
    expect(() => drawFor(flip, key, Infinity, image)).toThrow('drawFor: `images` must be a whole number in [0, 4294967295], received Infinity.');
    expect(() => drawFor(flip, key, null as never, image)).toThrow('drawFor: `images` must be a number of images or a list of their ids, received null.');
    expect(() => applyToScenes(flip, [null as never], [true])).toThrow('applyToScenes: scene 0 must be { image, … }, received null.');
    expect(() => applyToScenes({} as never, [{ image }], [true])).toThrow('applyToScenes: `transform` must be a transform, received {}.');
    expect(() => applyToBatch(flip, null as never, [])).toThrow('applyToBatch: `batch` must be { data, count, channels, height, width }, received null.');
    expect(() => applyToBatch(flip, { ...batch, count: NaN }, [true])).toThrow('applyToBatch: `count` must be a whole number in [1, inf), received NaN.');
    expect(() => applyToBatch(flip, batch, null as never)).toThrow('applyToBatch: `params` must be a list with the parameters of each image, received null.');
  });

  test('a number is drawn below none, or more than a word holds', () => {
    for (const bound of [0, -1, Number.NaN, 2 ** 33]) expect(() => new Draws(key).below(bound)).toThrow('Draws.below: `bound` must be a whole number in [1, 2^32]');
    expect(() => drawFor(randomCrop({ size: 2 ** 40, padIfNeeded: true }), key, 1, image)).toThrow('`bound` must be');
  });
});
