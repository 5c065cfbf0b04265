/** The kernels against the definitions in plain numbers, over widths and lengths beside those of vectors and pieces. */
import { random } from '@parsimony/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { functional as F, type Pixels, type Size } from '../index';

const { fround } = Math;
const cut = (x: number): number => Math.min(Math.max(Math.trunc(x), 0), 255);
const greyOf = (r: number, g: number, b: number): number => Math.trunc(fround(fround(fround(fround(0.2989) * r) + fround(fround(0.587) * g)) + fround(fround(0.114) * b)));

const side = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(127, 130, 150));
const sizes = fc.record({ channels: fc.constantFrom(1, 3), height: side, width: side });
const noise = ({ channels, height, width }: Size): Pixels => ({ data: Uint8Array.from(random.bits(random.key(3), channels * height * width)), channels, height, width });
const holds = (check: (image: Pixels, factor: number) => void): void =>
  fc.assert(fc.property(sizes, fc.constantFrom(0, 0.3, 1, 1.7, 1e30), (size, factor) => check(noise(size), factor)), { seed: 7, numRuns: 25 });
const mapped = ({ data }: Pixels, of: (v: number, i: number) => number): number[] => Array.from(data, of);

test('bits, inverses and brightness of every byte', () => {
  holds((image, factor) => {
    expect([...F.posterize(image, 3).data]).toEqual(mapped(image, (v) => v & 0xe0));
    expect([...F.invert(image).data]).toEqual(mapped(image, (v) => 255 - v));
    expect([...F.solarize(image, 99.5).data]).toEqual(mapped(image, (v) => (v >= 99.5 ? 255 - v : v)));
    expect([...F.solarize(image, -3).data]).toEqual(mapped(image, (v) => 255 - v));
    expect([...F.adjustBrightness(image, factor).data]).toEqual(mapped(image, (v) => cut(fround(fround(factor) * v))));
  });
});

test('grey, contrast and saturation', () => {
  holds((image, factor) => {
    const n = image.height * image.width;
    const at = (i: number): number => image.data[i] as number;
    const grey = Array.from({ length: n }, (_, i) => (image.channels === 1 ? at(i) : greyOf(at(i), at(i + n), at(i + 2 * n))));
    const share = fround(fround(1 - factor) * fround(grey.reduce((a, b) => a + b) / n));
    expect([...F.rgbToGrayscale(image, 3).data]).toEqual([...grey, ...grey, ...grey]);
    expect([...F.adjustContrast(image, factor).data]).toEqual(mapped(image, (v) => cut(fround(fround(fround(factor) * v) + share))));
    if (image.channels === 1 || factor > 2 ** 22) return;
    const other = fround(1 - factor);
    expect([...F.adjustSaturation(image, factor).data]).toEqual(mapped(image, (v, i) => cut(fround(fround(fround(factor) * v) + fround(other * (grey[i % n] as number))))));
  });
});

test('contrast to the full, channel by channel', () => {
  holds((image) => {
    const n = image.height * image.width;
    const dim = { ...image, data: image.data.map((v) => 20 + v / 3) };
    const right = Array.from({ length: image.channels }, (_, c) => {
      const plane = [...dim.data.subarray(c * n, (c + 1) * n)];
      const [least, greatest] = [Math.min(...plane), Math.max(...plane)];
      return least === greatest ? plane : plane.map((v) => cut(fround((v - least) * fround(255 / (greatest - least)))));
    });
    expect([...F.autocontrast(dim).data]).toEqual(right.flat());
  });
});

test('sharpness, of the pixels that have all neighbours', () => {
  holds((image, factor) => {
    const { height, width, data } = image;
    if (height <= 2 || width <= 2 || factor > 2 ** 22) return;
    const right = mapped(image, (v, i) => {
      const [x, y] = [i % width, Math.floor(i / width) % height];
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return v;
      let sum = 4 * v;
      for (const row of [-width, 0, width]) for (const column of [-1, 0, 1]) sum += data[i + row + column] as number;
      return cut(fround(fround(fround(factor) * v) + fround(fround(1 - factor) * Math.round(sum / 13))));
    });
    expect([...F.adjustSharpness(image, factor).data]).toEqual(right);
  });
});

test('rows upside down, mirrored and cut, of bytes and floats', () => {
  const place = fc.integer({ min: -20, max: 50 });
  fc.assert(fc.property(sizes, place, place, side, side, fc.boolean(), (size, top, left, h, w, floats) => {
    const bytes = noise(size);
    const image = floats ? { ...bytes, data: Float32Array.from(bytes.data, (v) => v / 255) } : bytes;
    const { channels, height, width, data } = image;
    const gather = (rows: number, columns: number, of: (y: number, x: number) => [number, number]): number[] => Array.from({ length: channels * rows * columns }, (_, i) => {
      const [y, x] = of(Math.floor(i / columns) % rows, i % columns);
      return y < 0 || x < 0 || y >= height || x >= width ? 9 : data[(Math.floor(i / columns / rows) * height + y) * width + x] as number;
    });
    expect([...F.vflip(image).data]).toEqual(gather(height, width, (y, x) => [height - 1 - y, x]));
    expect([...F.hflip(image).data]).toEqual(gather(height, width, (y, x) => [y, width - 1 - x]));
    expect([...F.crop(image, top, left, h, w, { fill: 9 }).data]).toEqual(gather(h, w, (y, x) => [top + y, left + x]));
  }), { seed: 7, numRuns: 50 });
});
