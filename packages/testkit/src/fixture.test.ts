import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeFixture, fixture, type FixtureArray, toTensor } from './fixture';
import { useReference } from './reference';

beforeAll(useReference);

const encode = (array: Float64Array | Float32Array | Int32Array | Uint8Array, dtype: string, shape: number[]) =>
  ({ dtype, shape, data: Buffer.from(array.buffer).toString('base64') });
const folder = mkdtempSync(join(tmpdir(), 'fixture-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return pathToFileURL(join(folder, name));
};

describe('fixture', () => {
  test('reads a file with arrays of every type', async () => {
    const text = JSON.stringify({
      source: 'torch 1.13.0',
      cases: [{
        name: 'a', grads: { x: null },
        outputs: [encode(new Float64Array([Math.PI]), 'float64', []), encode(new Float32Array([1.5, 2]), 'float32', [2])],
        labels: encode(new Int32Array([-1, 7]), 'int32', [2, 1]), mask: encode(new Uint8Array([1, 0, 1]), 'bool', [3]),
      }],
    });
    const { source, cases } = await fixture(file('good.json', text));
    expect(source).toBe('torch 1.13.0');
    expect(cases).toEqual([{
      name: 'a', grads: { x: null },
      outputs: [{ dtype: 'float32', shape: [], data: new Float64Array([Math.PI]) }, { dtype: 'float32', shape: [2], data: new Float32Array([1.5, 2]) }],
      labels: { dtype: 'int32', shape: [2, 1], data: new Int32Array([-1, 7]) }, mask: { dtype: 'bool', shape: [3], data: new Uint8Array([1, 0, 1]) },
    }]);
  });

  test('names what is missing or malformed', async () => {
    await expect(fixture(pathToFileURL(join(folder, 'absent.json')))).rejects.toThrow(/cannot read file:.*absent\.json/);
    await expect(fixture(file('bad.json', '{ "source": '))).rejects.toThrow('is not JSON');
    expect(() => decodeFixture(encode(new Float32Array(3), 'float32', [2]))).toThrow('a float32 array of shape [2] takes 8 bytes, received 12.');
    expect(() => decodeFixture(encode(new Float32Array(3), 'float16', [3]))).toThrow('received "float16"');
  });

  test('arrays become tensors', async () => {
    const array = decodeFixture(encode(new Int32Array([1, 2]), 'int32', [2, 1])) as FixtureArray;
    const made = toTensor(array);
    expect([made.dtype, made.shape, await made.array()]).toEqual(['int32', [2, 1], [[1], [2]]]);
    const flags = toTensor(decodeFixture(encode(new Uint8Array([1, 0]), 'bool', [2])) as FixtureArray);
    expect([flags.dtype, await flags.array()]).toEqual(['bool', [1, 0]]);
  });
});
