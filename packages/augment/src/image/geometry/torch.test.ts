/** Geometry as torchvision 0.14 has it for tensors: bytes to one grey level, floats to 1e-5. */
import { type FixtureArray, fixture } from '@parsimony/testkit';
import { describe, expect, test } from 'vitest';
import { expectPixels, type FixturePixels, imageOf } from '../../../../../tooling/reference/check/pixels';
import type { Pixels } from '../../transform/transform';
import * as geometry from './functional';

interface ImageCase { readonly name: string; readonly pixels: FixturePixels }
interface FieldCase { readonly name: string; readonly field: FixtureArray }
interface OpCase { readonly name: string; readonly op: string; readonly args: readonly unknown[]; readonly image: string; readonly output: FixturePixels }

const { cases } = await fixture<ImageCase | FieldCase | OpCase>(new URL('../../../fixtures/geometry.json', import.meta.url));
const given = new Map<unknown, Pixels>(cases.flatMap((one): [string, Pixels][] => ('pixels' in one ? [[one.name, imageOf(one.pixels)]] : [])));
const fields = new Map<unknown, Float32Array>(cases.flatMap((one): [string, Float32Array][] => ('field' in one ? [[one.name, Float32Array.from(one.field.data)]] : [])));
const opCases = cases.filter((one): one is OpCase => 'op' in one);
const functions = geometry as unknown as Readonly<Record<string, (image: Pixels, ...args: readonly unknown[]) => Pixels | Pixels[]>>;

/** Several images, one after the other, as channels of one. */
function stacked(images: Pixels | Pixels[]): Pixels {
  if (!Array.isArray(images)) return images;
  const first = images[0] as Pixels;
  const values = images.flatMap(({ data }) => [...data]);
  const data = first.data instanceof Uint8Array ? Uint8Array.from(values) : Float32Array.from(values);
  return { ...first, channels: first.channels * images.length, data };
}

describe('as torchvision', () => {
  test.each([...new Set(opCases.map(({ op }) => op))])('%s', (op) => {
    let [differing, bytes] = [0, 0];
    for (const { name, args, image, output } of opCases.filter((one) => one.op === op)) {
      const from = given.get(`image ${image}`) as Pixels;
      const before = from.data.slice();
      const expected = imageOf(output);
      const off = expectPixels(`${name} ${JSON.stringify(args)}`, stacked(functions[op]?.(from, ...args.map((arg) => fields.get(arg) ?? arg)) ?? []), expected);
      if (expected.data instanceof Uint8Array) [differing, bytes] = [differing + off, bytes + expected.data.length];
      expect(from.data, `${name} writes into its input`).toEqual(before);
    }
    // Bilinear weights of bytes are whole 2048ths, so a sum near a half may round to the other side.
    expect(differing / bytes, `${differing} of ${bytes}`).toBeLessThan(0.02);
  });
});
