/** Colours as torchvision 0.14 has them for tensors: bytes to one grey level, floats to 1e-5. */
import { fixture } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { expectPixels, type FixturePixels, imageOf } from '../../../../../tooling/reference/check/pixels';
import type { Pixels } from '../../transform/transform';
import * as colour from './functional';

interface ImageCase { readonly name: string; readonly pixels: FixturePixels }
interface OpCase { readonly name: string; readonly op: string; readonly args: readonly unknown[]; readonly image: string; readonly output: FixturePixels }

const { cases } = await fixture<ImageCase | OpCase>(new URL('../../../fixtures/colour.json', import.meta.url));
const images = new Map(cases.filter((one): one is ImageCase => 'pixels' in one).map(({ name, pixels }) => [name, imageOf(pixels)]));
const opCases = cases.filter((one): one is OpCase => 'op' in one);
const functions = colour as unknown as Readonly<Record<string, (image: Pixels, ...args: readonly unknown[]) => Pixels>>;

describe('as torchvision', () => {
  test.each([...new Set(opCases.map(({ op }) => op))])('%s', (op) => {
    let [differing, bytes] = [0, 0];
    for (const { name, args, image, output } of opCases.filter((one) => one.op === op)) {
      const given = images.get(`image ${image}`) as Pixels;
      const before = given.data.slice();
      const expected = imageOf(output);
      const off = expectPixels(name, functions[op]?.(given, ...args) as Pixels, expected);
      if (expected.data instanceof Uint8Array) [differing, bytes] = [differing + off, bytes + expected.data.length];
      expect(given.data, `${name} writes into its input`).toEqual(before);
    }
    // Nearly all are the same to the bit; a convolution adds in another order.
    expect(differing / Math.max(bytes, 1)).toBeLessThan(0.005);
  });
});
