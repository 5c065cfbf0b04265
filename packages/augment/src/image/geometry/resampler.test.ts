import { random } from '@parsimony/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { functional as F, type Pixels, pixels } from '../index';
import { interpolations, tapsOf } from './resize-taps';

/** The definition, in float64: the weighted sum of the taps of both axes. */
function expected(image: Pixels, height: number, width: number, interpolation: (typeof interpolations)[number], antialias: boolean): number[] {
  const smooth = (n: number, m: number): boolean => antialias && (n > m || interpolation === 'bicubic');
  const [rows, columns] = [tapsOf(image.height, height, interpolation, smooth(image.height, height)), tapsOf(image.width, width, interpolation, smooth(image.width, width))];
  return Array.from({ length: image.channels * height * width }, (_, i) => {
    const [x, y, c] = [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)];
    let sum = 0;
    for (let j = 0; j < rows.count; j++) for (let k = 0; k < columns.count; k++) {
      const [sy, sx] = [(rows.starts[y] as number) + j, (columns.starts[x] as number) + k];
      sum += (rows.weights[y * rows.stride + j] as number) * (columns.weights[x * columns.stride + k] as number) * (image.data[(c * image.height + sy) * image.width + sx] as number);
    }
    return sum;
  });
}

test('every size from every other, beyond what a vector holds, and in a memory that grows', () => {
  const side = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(64, 65, 127, 130));
  const cases = fc.record({ h: side, w: side, height: side, width: side, channels: fc.constantFrom(1, 3), bytes: fc.boolean(), antialias: fc.boolean(), interpolation: fc.constantFrom(...interpolations), seed: fc.nat() });
  fc.assert(fc.property(cases, ({ h, w, height, width, channels, bytes, antialias, interpolation, seed }) => {
    const count = channels * h * w;
    const image = pixels(bytes ? Uint8Array.from(random.bits(random.key(seed), count)) : random.uniform(random.key(seed), count), { channels, height: h, width: w });
    const out = F.resize(image, [height, width], { interpolation, antialias });
    const right = expected(image, height, width, interpolation, antialias);
    expect([out.channels, out.height, out.width, out.data.length]).toEqual([channels, height, width, right.length]);
    // Bytes are rounded; floats are float32 sums of some tens of products of values up to 1.
    const worst = right.reduce((most, value, i) => Math.max(most, Math.abs((out.data[i] as number) - (bytes ? Math.min(Math.max(value, 0), 255) : value))), 0);
    expect(worst).toBeLessThan(bytes ? 0.5 + 1e-3 : 1e-5);
  }), { seed: 7, numRuns: 100 });
});

test('the nearest of floats are the same bits, whatever is beside them', () => {
  const image = { data: Float32Array.of(NaN, -0, Infinity, 5), channels: 1, height: 1, width: 4 };
  expect(F.resize(image, [1, 2], { interpolation: 'nearest' }).data).toEqual(Float32Array.of(NaN, Infinity));
  expect(Object.is(F.resize(image, [1, 8], { interpolation: 'nearest' }).data[2], -0)).toBe(true);
});
