/** Shares against pixels counted one by one, on images whose pixels say which sample they are of. */
import { random, type Target, type Tensor, tensor, useBackend } from '@parsimony/core';
import { expectClose, useReference } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { techniqueBackends } from '../../../../tooling/reference/check/backends';
import { assemble } from './collage';
import { mosaicBoxes, ricapBoxes } from './collage-boxes';
import { applyCutmix, drawCutmix, pasteBoxes } from './cutmix';
import { applyFmix, drawFmix } from './fmix';
import { applyMixupOrCutmix, drawMixupOrCutmix } from './mixup-or-cutmix';
import { applyMosaic, drawMosaic } from './mosaic';
import type { MixMode } from './pairing';
import { applyRicap, drawRicap, patchImages } from './ricap';

const [samples, height, width] = [5, 6, 7];
const pixels = height * width;
const channels = 2;
/** Pixel (i, c, p) is i + c / 10; a class a sample. */
const ids = (): Tensor => tensor(Float32Array.from({ length: samples * channels * pixels }, (_, k) => Math.floor(k / (channels * pixels)) + (Math.floor(k / pixels) % channels) / 10), [samples, channels, height, width]);
const classes = (): Target => ({ kind: 'index', labels: tensor(Int32Array.from({ length: samples }, (_, i) => i), [samples]), numClasses: samples });
const keys = Array.from({ length: 12 }, (_, step) => random.at(random.key(5), { step }));
const size = { height, width };

/** Shares of the samples in the first channel of each image, by counting. */
async function counted(images: Tensor): Promise<number[][]> {
  const [n = 0, , h = 0, w = 0] = images.shape;
  const data = await images.data();
  return Array.from({ length: n }, (_, i) => {
    const row = new Array<number>(samples).fill(0);
    for (let p = 0; p < h * w; p++) row[Math.round(data[i * channels * h * w + p] as number)]! += 1 / (h * w);
    return row;
  });
}
const probsOf = (target: Target): Tensor => (target.kind === 'soft' ? target.probs : expect.unreachable());
async function expectShares(images: Tensor, target: Target): Promise<void> {
  await expectClose(probsOf(target), await counted(images), { atol: 1e-6 });
  for (const row of await probsOf(target).array() as number[][]) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
}
const everything: Record<string, number[]>[] = [];

describe.each([...techniqueBackends, 'gpu cpu'])('on %s', (backend) => {
  beforeAll(async () => { await useBackend(backend); });
  const seen: Record<string, number[]> = {};
  const note = async (name: string, images: Tensor): Promise<void> => { seen[name] = Array.from(await images.data(), Math.fround); };

  test.each<MixMode>(['batch', 'pair', 'element'])('cutmix, %s', async (mode) => {
    for (const [k, key] of keys.entries()) {
      const draw = drawCutmix(key, samples, { ...size, mode, ...(k % 2 === 1 && { minmax: [0.3, 1] as const }) });
      const { inputs, target } = applyCutmix(ids(), classes(), JSON.parse(JSON.stringify(draw)) as typeof draw);
      await expectShares(inputs, target);
      await note(`cutmix ${mode} ${k}`, inputs);
      // Where it lies, too.
      const [first, box] = [(await inputs.array() as number[][][][])[0], draw.boxes[0]];
      first?.[0]?.forEach((row, y) => { row.forEach((v, x) => {
        const inside = box !== undefined && y >= box.top && y < box.top + box.height && x >= box.left && x < box.left + box.width;
        expect(v).toBe(inside ? draw.permutation[0] : 0);
      }); });
    }
  });

  test.each<MixMode>(['batch', 'pair', 'element'])('fmix, %s', async (mode) => {
    for (const [k, key] of keys.slice(0, 4).entries()) {
      const { inputs, target } = applyFmix(ids(), classes(), drawFmix(key, samples, { ...size, mode }));
      await expectShares(inputs, target);
      await note(`fmix ${mode} ${k}`, inputs);
    }
  });

  test('mixup or cutmix, by samples: boxes are of the images as they were', async () => {
    for (const key of keys) {
      const draw = drawMixupOrCutmix(key, samples, { ...size, mode: 'element' });
      const { inputs, target } = applyMixupOrCutmix(ids(), classes(), draw);
      // The mean of a sample's pixels is the sum of the samples' numbers in their shares.
      const images = await inputs.array() as number[][][][];
      const probs = await probsOf(target).array() as number[][];
      images.forEach(([plane = []], i) => {
        expect(plane.flat().reduce((a, b) => a + b, 0) / pixels).toBeCloseTo((probs[i] ?? []).reduce((sum, p, c) => sum + p * c, 0), 5);
        expect((probs[i] ?? []).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      });
    }
    const both = { ...size, permutation: [1, 0, 2, 3, 4], lambda: 0.5, boxes: [{ top: 0, left: 0, height: 3, width: 7 }] };
    const { target } = applyMixupOrCutmix(ids(), classes(), both);
    expect((await probsOf(target).array() as number[][])[0]).toEqual([0.25, 0.75, 0, 0, 0]);
  });

  test('mosaic: canvases, their halves and their shares', async () => {
    for (const [k, key] of keys.entries()) {
      const draw = drawMosaic(key, samples, { ...size, prob: k % 2 === 0 ? 1 : 0.5 });
      // Without the fill nothing else is left to count.
      const fill = 4;
      const canvas = assemble('test', ids(), draw, fill);
      const { inputs, target } = applyMosaic(ids(), classes(), draw, { fill });
      expect(inputs.shape).toEqual([samples, channels, height, width]);
      const shares = await counted(canvas);
      const probs = await probsOf(target).array() as number[][];
      draw.pieces.forEach((of, i) => {
        const covered = of.reduce((sum, piece) => sum + piece.height * piece.width, 0) / (4 * pixels);
        probs[i]?.forEach((p, c) => { expect(p).toBeCloseTo(((shares[i]?.[c] ?? NaN) - (c === fill ? 1 - covered : 0)) / covered, 6); });
        expect((probs[i] ?? []).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      });
      const halved = await inputs.array() as number[][][][];
      const whole = await canvas.array() as number[][][][];
      halved.forEach((image, i) => { image.forEach((plane, c) => { plane.forEach((row, y) => { row.forEach((v, x) => {
        const four = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([dy = 0, dx = 0]) => whole[i]?.[c]?.[2 * y + dy]?.[2 * x + dx] ?? NaN);
        expect(v).toBeCloseTo(draw.pieces[i]?.length === 1 ? i + c / 10 : four.reduce((a, b) => a + b, 0) / 4, 5);
      }); }); }); });
      await note(`mosaic ${k}`, canvas);
    }
  });

  test('ricap', async () => {
    for (const [k, key] of keys.entries()) {
      const { inputs, target } = applyRicap(ids(), classes(), drawRicap(key, samples, { ...size, beta: 1 }));
      await expectShares(inputs, target);
      await note(`ricap ${k}`, inputs);
    }
  });

  test('whole numbers and masks of truth are cut as they are', async () => {
    const masks = tensor(Int32Array.from({ length: samples * pixels }, (_, i) => i), [samples, 1, height, width]);
    const draw = drawCutmix(random.key(9), samples, size);
    expect(pasteBoxes(masks, draw).dtype).toBe('int32');
    const patched = patchImages(masks, drawRicap(random.key(9), samples, { ...size, beta: 1 }));
    expect(patched.dtype).toBe('int32');
    // Every pixel of a patch comes with those beside it.
    const [first] = drawRicap(random.key(9), samples, { ...size, beta: 1 }).pieces;
    const image = ((await patched.array()) as number[][][][])[0]?.[0] ?? [];
    for (const piece of first ?? []) {
      for (let y = 0; y < piece.height; y++) {
        for (let x = 0; x < piece.width; x++) expect(image[piece.top + y]?.[piece.left + x]).toBe(piece.sample * pixels + (piece.fromTop + y) * width + piece.fromLeft + x);
      }
    }
  });

  test('nothing drawn is nothing changed', async () => {
    const x = ids();
    const key = random.key(2);
    const same = await x.data();
    const all = [
      applyCutmix(x, classes(), drawCutmix(key, samples, { ...size, prob: 0 })), applyFmix(x, classes(), drawFmix(key, samples, { ...size, prob: 0 })),
      applyMixupOrCutmix(x, classes(), drawMixupOrCutmix(key, samples, { ...size, prob: 0, mode: 'pair' })), applyMosaic(x, classes(), drawMosaic(key, samples, { ...size, prob: 0 })),
      applyRicap(x, classes(), drawRicap(key, samples, { ...size, prob: 0 })),
    ];
    for (const { inputs, target } of all) {
      expect(await inputs.data()).toEqual(same);
      expect(await probsOf(target).array()).toEqual(Array.from({ length: samples }, (_, i) => Array.from({ length: samples }, (_v, c) => (c === i ? 1 : 0))));
    }
  });

  test('the same draws give the same bits as on other executors', () => {
    expect(Object.keys(seen).length).toBeGreaterThan(60);
    everything.push(seen);
    expect(seen).toEqual(everything[0]);
  });
});

describe('boxes of mosaics and patches', () => {
  beforeAll(useReference);

  /** One box an image, painted into its pixels; labels say which. */
  const boxesOf = (key: typeof keys[number]) => Array.from({ length: samples }, (_, i) => {
    const [a = 0, b = 0, c = 0, d = 0] = random.uniform(random.foldIn(key, `${i}`), 4);
    const [x0, y0] = [Math.floor(a * (width - 1)), Math.floor(b * (height - 1))];
    return { boxes: Float32Array.of(x0, y0, x0 + 1 + Math.floor(c * (width - x0)), y0 + 1 + Math.floor(d * (height - y0))), boxLabels: Int32Array.of(i + 1) };
  });
  /** 1 + i inside the box of image i. */
  const painted = (all: ReturnType<typeof boxesOf>): Tensor => {
    const data = new Int32Array(samples * pixels);
    all.forEach(({ boxes: [x0 = 0, y0 = 0, x1 = 0, y1 = 0] }, i) => {
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) data[i * pixels + y * width + x] = i + 1;
    });
    return tensor(data, [samples, 1, height, width]);
  };

  test.each([['mosaic', 0.5], ['ricap', 1]] as const)('of a %s are where their pixels are', async (kind, scale) => {
    for (const key of keys) {
      const all = boxesOf(key);
      const draw = kind === 'mosaic' ? drawMosaic(key, samples, size) : drawRicap(key, samples, { ...size, beta: 1 });
      const moved = kind === 'mosaic' ? mosaicBoxes(all, draw) : ricapBoxes(all, draw);
      const canvas = await assemble('test', painted(all), draw, 0).array() as number[][][][];
      moved.forEach(({ boxes, boxLabels }, i) => {
        const rebuilt = (canvas[i]?.[0] ?? []).map((row) => row.map(() => 0));
        for (let k = 0; k < boxes.length; k += 4) {
          const [x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] = Array.from(boxes.subarray(k, k + 4), (v) => v / scale);
          expect(x0 >= 0 && x0 < x1 && x1 <= draw.width && y0 >= 0 && y0 < y1 && y1 <= draw.height).toBe(true);
          for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) rebuilt[y]![x] = boxLabels?.[k / 4] ?? NaN;
        }
        expect(rebuilt).toEqual(canvas[i]?.[0]);
      });
    }
  });

  test('of which little is left are dropped; images that stay themselves keep theirs', () => {
    const all = boxesOf(random.key(1));
    const alone = drawMosaic(random.key(1), samples, { ...size, prob: 0 });
    expect(mosaicBoxes(all, alone)).toEqual(all);
    const piece = { sample: 0, top: 0, left: 0, height: 2, width: 2, fromTop: 0, fromLeft: 0 };
    const of = [{ boxes: Float32Array.of(1, 0, 3, 2) }];
    expect(ricapBoxes(of, { height: 4, width: 4, pieces: [[piece]] }, { minVisible: 0.4 })).toEqual([{ boxes: Float32Array.of(1, 0, 2, 2) }]);
    expect(ricapBoxes(of, { height: 4, width: 4, pieces: [[piece]] }, { minVisible: 0.5 })).toEqual([{ boxes: new Float32Array(0) }]);
  });

  test('errors', () => {
    const draw = drawMosaic(random.key(1), 1, { height: 4, width: 4 });
    expect(() => mosaicBoxes([{ boxes: Float32Array.of(0, 0, 5, 2) }], draw)).toThrow('mosaicBoxes: box 0 of `images[0]` must lie inside its image, 4 wide and 4 high, received x 0 to 5, y 0 to 2.');
    expect(() => mosaicBoxes([{ boxes: Float32Array.of(0, 0, NaN, 2) }], draw)).toThrow('must lie inside its image');
    expect(() => mosaicBoxes([{ boxes: [0, 0, 1, 1] as never }], draw)).toThrow('mosaicBoxes: `images[0].boxes` must be a Float32Array');
    expect(() => mosaicBoxes([{ boxes: Float32Array.of(0, 0, 1, 1), boxLabels: Int32Array.of(1, 2) }], draw)).toThrow('must be one for each of 1 boxes, received 2.');
    expect(() => mosaicBoxes([], draw)).toThrow('the draw has a piece of image 0; there are boxes of 0 images.');
    expect(() => ricapBoxes([], draw, { minVisible: 1 })).toThrow('`minVisible` must be in [0, 1), received 1.');
  });
});

test('errors', async () => {
  await useReference();
  const [x, y] = [ids(), classes()];
  const draw = drawCutmix(random.key(1), samples, size);
  expect(() => drawCutmix(random.key(1), 2, { height: 0, width: 3 })).toThrow('drawCutmix: `height` must be a whole number in [1, inf), received 0.');
  expect(() => drawCutmix(random.key(1), 2, { ...size, mode: 'each' as never })).toThrow("drawCutmix: `mode` must be one of 'batch', 'pair', 'element', received \"each\".");
  expect(() => drawCutmix(random.key(1), 2, { ...size, minmax: [0.5, 0.2] })).toThrow('drawCutmix: `minmax[1]` must be in [0.5, 1], received 0.2.');
  expect(() => drawCutmix(random.key(1), 2, { ...size, beta: 1 } as never)).toThrow('unknown option `beta`');
  expect(() => pasteBoxes(x, { ...draw, height: 9 })).toThrow('pasteBoxes: the draw is for images [5, C, 9, 7], received [5, 2, 6, 7].');
  expect(() => pasteBoxes(x, { ...draw, boxes: [{ top: 0, left: 5, height: 1, width: 3 }] })).toThrow('pasteBoxes: `boxes[0].width` must be a whole number in [0, 2], received 3.');
  expect(() => pasteBoxes(x, { ...draw, boxes: [...draw.boxes, ...draw.boxes] })).toThrow('`boxes` must be one for all, or one for each of 5 samples, received 2.');
  expect(() => pasteBoxes(x, { ...draw, permutation: [0, 1, 2, 3, 5] })).toThrow('pasteBoxes: `permutation` must be the number of a sample for each sample, received');
  const dense: Target = { kind: 'index', labels: tensor(new Int32Array(samples * pixels), [samples, height, width]), numClasses: 2 };
  expect(() => applyCutmix(x, dense, draw)).toThrow('applyCutmix: there must be one target a sample, received [5, 6, 7]. Change a mask by the same draw as its image: `pasteBoxes`.');
  expect(() => applyCutmix(x, y, draw, { classAxis: 3 })).toThrow('applyCutmix: `classAxis` must be an axis of outputs with 2 axes, behind that of the batch, received 3.');
  const masks = drawFmix(random.key(1), samples, size);
  expect(() => applyFmix(x, y, { ...masks, masks: [[1, 0]] })).toThrow('pasteMasks: `masks[0]` must be 42 zeros and ones, received');
  expect(() => drawFmix(random.key(1), 2, { ...size, decayPower: -1 })).toThrow('drawFmix: `decayPower` must be in [0, inf), received -1.');
  expect(() => applyMosaic(x, y, drawMosaic(random.key(1), 3, size))).toThrow('applyMosaic: the draw is for images [3, C, 6, 7], received [5, 2, 6, 7].');
  const bare = { height: 12, width: 14, pieces: Array.from({ length: samples }, () => []) };
  expect(() => applyMosaic(x, y, bare)).toThrow('applyMosaic: image 0 of the draw has no piece, so it has no target.');
  const piece = { sample: 5, top: 0, left: 0, height: 1, width: 1, fromTop: 0, fromLeft: 0 };
  expect(() => patchImages(x, { ...size, pieces: Array.from({ length: samples }, () => [piece]) })).toThrow('patchImages: `pieces[0][0].sample` must be a whole number in [0, 4], received 5.');
  expect(() => drawRicap(random.key(1), 2, { ...size, beta: 0 })).toThrow('drawRicap: `beta` must be in (0, inf), received 0.');
});
