/** Images in fixtures: bytes as base64, floats as arrays. */
import type { FixtureArray } from '@parsimony/testkit';
import { expect } from 'vitest';

/** [C, H, W]. */
export type FixturePixels = FixtureArray | { readonly shape: readonly number[]; readonly bytes: string };

export interface HostPixels {
  readonly data: Uint8Array | Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** As the functions of images take it. */
export function imageOf(pixels: FixturePixels): HostPixels {
  const [channels = 0, height = 0, width = 0] = pixels.shape;
  const data = 'bytes' in pixels ? new Uint8Array(Buffer.from(pixels.bytes, 'base64')) : Float32Array.from(pixels.data);
  return { data, channels, height, width };
}

/** Of one size and type, and each value within one grey level of bytes, or within 1e-5 of floats. How many differ at all is returned. */
export function expectPixels(name: string, actual: HostPixels, expected: HostPixels, tolerance = expected.data instanceof Uint8Array ? 1 : 1e-5): number {
  expect([name, actual.channels, actual.height, actual.width, actual.data.constructor.name, actual.data.length])
    .toEqual([name, expected.channels, expected.height, expected.width, expected.data.constructor.name, expected.data.length]);
  let [worst, at, differing] = [0, 0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    const off = Math.abs((actual.data[i] as number) - (expected.data[i] as number));
    if (off !== 0) differing++;
    // Not `>`: NaN is the worst of all.
    if (!(off <= worst)) [worst, at] = [off, i];
  }
  expect(worst, `${name}: value ${at} is ${actual.data[at]}, expected ${expected.data[at]}`).toBeLessThanOrEqual(tolerance);
  return differing;
}
