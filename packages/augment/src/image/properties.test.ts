/** What holds of every geometric transform, whatever the image. */
import { random } from '@parsimony/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyToBatch, applyToScenes, centerCrop, compose, drawFor, elasticTransform, functional as F, pad, parseTransform, type Pixels, pixels, randomAffine, randomApply, randomChoice, randomCrop,
  randomHorizontalFlip, randomOrder, randomPerspective, randomResizedCrop, randomRotation, randomVerticalFlip, randomZoomOut, resize, type Scene, type Transform,
} from './index';

/** Each at a strength at which it does much, between pixels by the nearest. */
const strong: Readonly<Record<string, Transform>> = {
  pad: pad({ padding: [1, 2, 0, 3], paddingMode: 'symmetric' }),
  centerCrop: centerCrop({ size: [4, 9] }),
  resize: resize({ size: [7, 5], interpolation: 'nearest' }),
  randomCrop: randomCrop({ size: 6, padding: 1, padIfNeeded: true }),
  randomResizedCrop: randomResizedCrop({ size: [5, 8], interpolation: 'nearest' }),
  randomHorizontalFlip: randomHorizontalFlip(),
  randomVerticalFlip: randomVerticalFlip(),
  randomRotation: randomRotation({ degrees: 180 }),
  'randomRotation, expanded': randomRotation({ degrees: [20, 70], expand: true }),
  randomAffine: randomAffine({ degrees: 45, translate: [0.3, 0.2], scale: [0.5, 1.5], shear: [-20, 20, -10, 10] }),
  randomPerspective: randomPerspective({ distortionScale: 0.8, p: 0.9, interpolation: 'nearest' }),
  elasticTransform: elasticTransform({ alpha: 20, sigma: 2, interpolation: 'nearest' }),
  randomZoomOut: randomZoomOut({ sideRange: [1, 3], p: 0.9, interpolation: 'nearest' }),
};
const combined: Readonly<Record<string, Transform>> = {
  compose: compose([strong['randomAffine'] as Transform, strong['pad'] as Transform, strong['randomResizedCrop'] as Transform]),
  randomApply: randomApply({ transforms: [strong['randomRotation'] as Transform, strong['randomHorizontalFlip'] as Transform], p: 0.5 }),
  randomChoice: randomChoice({ transforms: [strong['randomVerticalFlip'] as Transform, strong['randomZoomOut'] as Transform, strong['elasticTransform'] as Transform], p: [1, 2, 3] }),
  randomOrder: randomOrder({ transforms: [strong['randomAffine'] as Transform, strong['randomPerspective'] as Transform, strong['randomHorizontalFlip'] as Transform] }),
};
const all = { ...strong, ...combined };

/** At no strength at all. */
const nothing: Readonly<Record<string, (image: Pixels) => Transform>> = {
  pad: () => pad({ padding: 0 }),
  centerCrop: ({ height, width }) => centerCrop({ size: [height, width] }),
  resize: ({ height, width }) => resize({ size: [height, width] }),
  randomCrop: () => randomCrop(),
  randomResizedCrop: ({ height, width }) => randomResizedCrop({ size: [height, width], scale: [1, 1], ratio: [width / height, width / height] }),
  flips: () => compose([randomHorizontalFlip({ p: 0 }), randomVerticalFlip({ p: 0 })]),
  randomRotation: () => randomRotation({ degrees: 0, interpolation: 'bilinear', fill: 1 }),
  randomAffine: () => randomAffine({ degrees: 0, interpolation: 'bilinear', fill: 1 }),
  'randomAffine about another place': () => randomAffine({ degrees: 0, center: [0.5, 1], interpolation: 'bilinear', fill: 1 }),
  randomPerspective: () => randomPerspective({ distortionScale: 0, p: 1, fill: 1 }),
  elasticTransform: () => elasticTransform({ alpha: 0, fill: 1 }),
  randomZoomOut: () => randomZoomOut({ sideRange: [1, 1], p: 1, fill: 1 }),
  randomApply: () => randomApply({ transforms: [randomHorizontalFlip({ p: 1 })], p: 0 }),
};

const side = fc.integer({ min: 1, max: 13 });
const anyImage = fc.record({ channels: fc.constantFrom(1, 3), height: side, width: side, seed: fc.nat(), bytes: fc.boolean() }).map(({ seed, bytes, ...size }) => {
  const count = size.channels * size.height * size.width;
  return pixels(bytes ? Uint8Array.from(random.bits(random.key(seed), count)) : random.uniform(random.key(seed), count), size);
});
/** With boxes and keypoints anywhere inside. */
const anyScene = fc.tuple(anyImage, fc.nat()).map(([image, seed]): Scene => {
  const draw = random.uniform(random.key(seed), 26);
  const [xs, ys] = [draw.subarray(0, 13).map((v) => v * image.width), draw.subarray(13).map((v) => v * image.height)];
  const between = (values: Float32Array, i: number): [number, number] => [values[2 * i] as number, values[2 * i + 1] as number].sort((a, b) => a - b) as [number, number];
  const boxes = Float32Array.from([0, 1, 2].flatMap((i) => [between(xs, i)[0], between(ys, i)[0], between(xs, i)[1], between(ys, i)[1]]));
  return { image, mask: { ...image, channels: 1, data: image.data.slice(0, image.height * image.width) }, boxes, boxLabels: Int32Array.of(7, 8, 9), keypoints: Float32Array.from([6, 7, 8, 9].flatMap((i) => [xs[i] as number, ys[i] as number])) };
});
const anyKey = fc.nat().map((seed) => random.key(seed));
const settings = { seed: 5, numRuns: 60 };

describe.each(Object.entries(all))('%s', (_, transform) => {
  const once = (key: ReturnType<typeof random.key>, scene: Scene): Scene => {
    const [drawn] = drawFor(transform, key, 1, scene.image);
    return applyToScenes(transform, [scene], [drawn as never])[0] as Scene;
  };

  test('an image of one channel that is its mask stays so', () => {
    fc.assert(fc.property(anyKey, anyScene, (key, scene) => {
      const mask = scene.mask as Pixels;
      const out = once(key, { image: mask, mask });
      expect(out.image).toEqual(out.mask);
    }), settings);
  });

  test('comes out in the size that it says, and leaves what it was given alone', () => {
    fc.assert(fc.property(anyKey, anyScene, (key, scene) => {
      const before = structuredClone(scene);
      const { image } = once(key, scene);
      const { channels, height, width } = image;
      expect({ channels, height, width }).toEqual(transform.outputSize({ channels: scene.image.channels, height: scene.image.height, width: scene.image.width }));
      expect([image.data.length, image.data.constructor]).toEqual([channels * height * width, scene.image.data.constructor]);
      expect(scene).toEqual(before);
    }), settings);
  });

  test('boxes lie inside with an area, and bring their labels', () => {
    fc.assert(fc.property(anyKey, anyScene, (key, scene) => {
      const { image, boxes = new Float32Array(), boxLabels = new Int32Array() } = once(key, scene);
      expect(boxLabels.length).toBe(boxes.length / 4);
      for (let i = 0; i < boxes.length; i += 4) {
        const [x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] = boxes.subarray(i, i + 4);
        expect(x0 >= 0 && x0 < x1 && x1 <= image.width && y0 >= 0 && y0 < y1 && y1 <= image.height).toBe(true);
      }
      expect([...boxLabels]).toEqual([...boxLabels].sort());
    }), settings);
  });

  test('a batch is its images, one by one; JSON of it and of its draws gives the same bits', () => {
    fc.assert(fc.property(anyKey, anyScene, (key, { image }) => {
      const three = new (image.data.constructor as Uint8ArrayConstructor)(3 * image.data.length);
      for (let i = 0; i < 3; i++) three.set(image.data as Uint8Array, i * image.data.length);
      const drawn = drawFor(transform, key, 3, image);
      const batch = applyToBatch(transform, { ...image, data: three, count: 3 }, drawn);
      const each = applyToScenes(transform, [{ image }, { image }, { image }], drawn).map((scene) => [...scene.image.data]);
      expect([...batch.data]).toEqual(each.flat());
      const again = parseTransform(JSON.parse(JSON.stringify(transform)));
      expect(drawFor(again, key, 3, image)).toEqual(drawn);
      expect(applyToBatch(again, { ...image, data: three, count: 3 }, JSON.parse(JSON.stringify(drawn)) as never)).toEqual(batch);
    }), settings);
  });
});

test.each(Object.entries(nothing))('%s of no strength is nothing, to the bit', (_, make) => {
  fc.assert(fc.property(anyKey, anyScene, (key, scene) => {
    const transform = make(scene.image);
    const [drawn] = drawFor(transform, key, 1, scene.image);
    expect(applyToScenes(transform, [scene], [drawn as never])[0]).toEqual(scene);
  }), settings);
});

test('flips twice are nothing, to the bit', () => {
  const same = (a: ArrayLike<number> = [], b: ArrayLike<number> = []): void => Array.from(a).forEach((v, i) => expect(v).toBeCloseTo(b[i] as number, 4));
  for (const flip of [randomHorizontalFlip({ p: 1 }), randomVerticalFlip({ p: 1 })]) {
    fc.assert(fc.property(anyScene, (scene) => {
      const twice = applyToScenes(compose([flip, flip]), [scene], [[true, true]])[0] as Scene;
      expect([twice.image, twice.mask, twice.boxLabels]).toEqual([scene.image, scene.mask, scene.boxLabels]);
      // W - (W - x) rounds twice.
      same(twice.boxes, scene.boxes);
      same(twice.keypoints, scene.keypoints);
    }), settings);
  }
});

test('a padding is undone by the crop of what was there; four quarter turns, and a shift and its opposite inside, too', () => {
  const sides = fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5), fc.nat(5));
  fc.assert(fc.property(anyImage, sides, (image, padding) => {
    const [left, top] = padding;
    expect(F.crop(F.pad(image, padding, { paddingMode: 'reflect' }), top, left, image.height, image.width)).toEqual(image);
    const square = F.crop(image, 0, 0, 6, 6);
    expect([1, 2, 3, 4].reduce((before) => F.rotate(before, 90), square)).toEqual(square);
    expect(F.rotate(square, 180)).toEqual(F.hflip(F.vflip(square)));
    expect(F.affine(image, { translate: [left, -top] })).toEqual(F.crop(image, top, -left, image.height, image.width));
  }), settings);
});

describe('keypoints follow the pixels under them', () => {
  // One bright pixel in a dark image; the keypoint in its middle must lie within a pixel that is bright afterwards, where it is inside.
  const marked = fc.record({ x: fc.integer({ min: 8, max: 23 }), y: fc.integer({ min: 8, max: 23 }), seed: fc.nat() });
  const gentle: Readonly<Record<string, Transform>> = {
    ...strong,
    randomAffine: randomAffine({ degrees: 45, translate: [0.1, 0.1], scale: [1, 1.5], shear: [-10, 10, -10, 10] }),
    randomCrop: randomCrop({ size: 24, padding: 2 }),
    centerCrop: centerCrop({ size: 20 }),
    resize: resize({ size: [40, 50], interpolation: 'nearest' }),
    randomResizedCrop: randomResizedCrop({ size: 40, interpolation: 'nearest' }),
    elasticTransform: elasticTransform({ alpha: 20, sigma: 4, interpolation: 'nearest' }),
    randomPerspective: randomPerspective({ distortionScale: 0.3, p: 1, interpolation: 'nearest' }),
    randomZoomOut: randomZoomOut({ sideRange: [1, 1.2], p: 1, interpolation: 'nearest' }),
  };
  test.each(Object.entries(gentle))('%s', (_, transform) => {
    fc.assert(fc.property(marked, ({ x, y, seed }) => {
      const image = pixels(new Uint8Array(1024), { channels: 1, height: 32, width: 32 });
      // A patch of 5 x 5: a map that shrinks may step over a single pixel.
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) image.data[(y + dy) * 32 + x + dx] = 255;
      const [drawn] = drawFor(transform, random.key(seed), 1, image);
      const out = applyToScenes(transform, [{ image, keypoints: Float32Array.of(x + 0.5, y + 0.5), boxes: Float32Array.of(x - 2, y - 2, x + 3, y + 3) }], [drawn as never])[0] as Scene;
      const [px = NaN, py = NaN] = out.keypoints ?? [];
      const { height, width, data } = out.image;
      if (px < 1 || py < 1 || px >= width - 1 || py >= height - 1) return;
      expect(data[Math.floor(py) * width + Math.floor(px)]).toBe(255);
      // And every bright pixel's middle lies in the box, to the half pixel that the nearest one may be off.
      const [x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] = out.boxes ?? [];
      data.forEach((value, i) => {
        if (value !== 255 || transform.name === 'Pad') return;
        const [cx, cy] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
        expect(cx > x0 - 1 && cx < x1 + 1 && cy > y0 - 1 && cy < y1 + 1).toBe(true);
      });
    }), settings);
  });
});
