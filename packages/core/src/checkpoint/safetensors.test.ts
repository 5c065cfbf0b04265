import { readFile } from 'node:fs/promises';
import { isTensor, nn, readSafetensors, ready, type Tensor, tensor, writeSafetensors, zeros } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { inference } from '../nn/context';

beforeAll(ready);

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const fixtureBytes = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(new URL(`../../fixtures/weights/${name}.safetensors`, import.meta.url)));
/** A file with this header, and so many bytes of data. */
function file(header: unknown, dataLength = 0): Uint8Array {
  const text = bytesOf(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

describe('the bytes of a file', () => {
  // What the official writer's own tests expect of an int32 array of zeros [2, 2].
  test('are those of the official writer', async () => {
    const golden = bytesOf(`@\0\0\0\0\0\0\0{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}    ${'\0'.repeat(16)}`);
    expect(await writeSafetensors({ test: zeros([2, 2], { dtype: 'int32' }) }, { metadata: {} })).toEqual(golden);
    expect(await readSafetensors(golden).tensors['test']?.array()).toEqual([[0, 0], [0, 0]]);
  });

  test('come back as they were, whatever the order and the types', async () => {
    const numbers = [0, -0, 1.5, -Infinity, NaN, 1e-45, 3.4028234663852886e38];
    const tensors = { flags: tensor([true, false, true]), b: tensor(numbers), a: tensor(Int32Array.of(-(2 ** 31), 7)), none: zeros([0, 3]), one: tensor(4.25) };
    const { tensors: back, metadata } = readSafetensors(await writeSafetensors(tensors, { metadata: { note: 'ä "quoted"' } }));
    expect(metadata).toEqual({ note: 'ä "quoted"' });
    // Types in the order of their width, names in theirs.
    expect(Object.keys(back)).toEqual(['b', 'none', 'one', 'a', 'flags']);
    for (const [name, x] of Object.entries(tensors)) {
      expect([back[name]?.shape, back[name]?.dtype]).toEqual([x.shape, x.dtype]);
      expect(await back[name]?.data()).toStrictEqual(await x.data());
    }
  });

  test("may come in Node's Buffer, and are not changed or kept", async () => {
    const bytes = Buffer.concat([Buffer.alloc(3), await writeSafetensors({ a: tensor([1, 2]), b: tensor([true]) })]).subarray(3);
    const { tensors } = readSafetensors(bytes);
    bytes.fill(0);
    expect([await tensors['a']?.array(), await tensors['b']?.array()]).toEqual([[1, 2], [1]]);
  });

  test('refuse what is no tensor, and a name that the format takes', async () => {
    await expect(writeSafetensors({ a: [1, 2] as never })).rejects.toThrow('writeSafetensors: `a` must be a tensor, received [1,2].');
    await expect(writeSafetensors({ __metadata__: tensor(1) })).rejects.toThrow('no tensor can be called `__metadata__`');
    await expect(writeSafetensors({}, { metadata: { a: 1 as never } })).rejects.toThrow('`metadata.a` must be text, received 1.');
    await expect(writeSafetensors({}, { metadat: {} } as never)).rejects.toThrow('unknown option `metadat`. Did you mean `metadata`?');
  });
});

describe('a file of PyTorch', () => {
  test('with every type', async () => {
    const { cases: [types] } = await fixture<{ outputs: Record<string, FixtureArray> }>(new URL('../../fixtures/weights/types.json', import.meta.url));
    const { tensors, metadata } = readSafetensors(await fixtureBytes('types'));
    expect(metadata).toEqual({ format: 'pt', note: 'every type' });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(types?.outputs ?? {}).sort());
    for (const [name, { data, shape, dtype }] of Object.entries(types?.outputs ?? {})) {
      expect([name, tensors[name]?.shape, tensors[name]?.dtype]).toEqual([name, shape, dtype]);
      expect([...await (tensors[name] as Tensor).data()]).toEqual([...(dtype === 'float32' ? Float32Array.from(data) : data)]);
    }
  });

  // Constructed as tooling/reference/cases/weights.py does.
  const models: Readonly<Record<string, () => nn.Module<never, unknown>>> = {
    layers: () => new nn.Sequential(new nn.Conv1d(3, 4, 3), new nn.ReLU(), new nn.ConvTranspose1d(4, 2, 3, { stride: 2 }), new nn.Flatten(), new nn.Linear(34, 6, { bias: false }), new nn.LayerNorm(6)),
    lstm: () => new nn.LSTM(3, 4, { numLayers: 2, bidirectional: true, batchFirst: true }),
    gru: () => new nn.GRU(3, 4, { batchFirst: true }),
    rnn: () => new nn.RNN(3, 4, { batchFirst: true }),
    attention: () => new nn.MultiheadAttention(8, 2, { batchFirst: true }),
    transformer: () => new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 12, batchFirst: true }),
    embedding: () => new nn.Embedding(7, 3),
  };
  const run = (model: nn.Module<never, unknown>, x: Tensor): Tensor => {
    const inputs = model instanceof nn.MultiheadAttention ? { query: x } : model instanceof nn.LSTM || model instanceof nn.GRU || model instanceof nn.RNN ? { x } : x;
    const outputs = (model as nn.Module<unknown, unknown>).forward(inputs, inference());
    return isTensor(outputs) ? outputs : Object.values(outputs as Record<string, Tensor>)[0] as Tensor;
  };

  test.each(Object.entries(models))('%s: loads, computes what PyTorch computes, and is written back byte by byte', async (name, make) => {
    const { cases } = await fixture<{ name: string; inputs: { x: FixtureArray }; outputs: [FixtureArray] }>(new URL('../../fixtures/weights/models.json', import.meta.url));
    const known = cases.find((c) => c.name === name);
    const bytes = await fixtureBytes(name);
    const model = make().loadStateDict(readSafetensors(bytes).tensors);
    const outputs = run(model, toTensor(known?.inputs.x as FixtureArray));
    expect(outputs.shape).toEqual(known?.outputs[0].shape);
    await expectClose(outputs, known?.outputs[0].data as Float64Array, { rtol: 1e-5, atol: 1e-6 });
    expect(await writeSafetensors(model.stateDict())).toEqual(bytes);
  });
  test('every model of the fixture is among them', async () => {
    const { cases } = await fixture<{ name: string }>(new URL('../../fixtures/weights/models.json', import.meta.url));
    expect(cases.map((c) => c.name)).toEqual(Object.keys(models));
  });

  test('for another model is refused with the paths and shapes', async () => {
    const { tensors } = readSafetensors(await fixtureBytes('gru'));
    expect(() => new nn.LSTM(3, 4).loadStateDict(tensors)).toThrow('loadStateDict: `bias_hh_l0` must have shape [16], received [12].');
    expect(() => new nn.Linear(3, 4).loadStateDict(tensors)).toThrow('unknown: bias_hh_l0, bias_ih_l0, weight_hh_l0, weight_ih_l0; missing: weight, bias');
  });
});

describe('is refused', () => {
  test('cut short, at every byte', async () => {
    const bytes = await fixtureBytes('types');
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readSafetensors(bytes.subarray(0, length), { name: 'w.safetensors' }), `${length} bytes`).toThrow(/^w\.safetensors: it is cut short/);
    }
  });
  const entry = (offsets: unknown, shape: unknown = [1], dtype = 'F32'): unknown => ({ dtype, shape, data_offsets: offsets });
  test.each<[string, Uint8Array, string]>([
    ['a picture', bytesOf('\x89PNG\r\n\x1a\n and so on'), 'a header of'],
    ['no JSON', file('{"a": '), 'its header is not JSON ('],
    ['no text', file('{"\xff": 1}'), 'its header is not JSON ('],
    ['a list', file([1]), 'its header is not a JSON object'],
    ['an entry without a shape', file({ a: { dtype: 'F32', data_offsets: [0, 0] } }), "the header's entry of `a` must have dtype, shape and data_offsets"],
    ['a size below 0', file({ a: entry([0, 0], [-1]) }), "the header's entry of `a`"],
    ['an unknown type', file({ a: entry([0, 1], [1], 'F8_E4M3') }, 1), 'the tensor `a` is of the type F8_E4M3; known: BOOL, U8'],
    ['a shape that does not fill', file({ a: entry([0, 8]) }, 8), 'the tensor `a` of shape [1] needs 4 bytes and has 8'],
    ['an overlap', file({ a: entry([0, 4]), b: entry([2, 6]) }, 6), 'the tensor `b` begins at byte 2 of the data, and the one before ends at 4'],
    ['a gap', file({ a: entry([4, 8]) }, 8), 'the tensor `a` begins at byte 4 of the data, and the one before ends at 0'],
    ['an end before the start', file({ a: entry([4, 0]) }, 4), 'ends before it begins'],
    ['bytes too many', file({ a: entry([0, 4]) }, 5), '1 bytes too many at its end'],
    ['metadata that are not text', file({ __metadata__: { a: 1 } }), '`__metadata__` must be text by name'],
    ['a whole number beyond int32', file({ a: entry([0, 8], [1], 'I64') }, 8).fill(1, -8), 'of the type I64, and it holds 72340172838076673, which int32 does not'],
  ])('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
    expect(() => readSafetensors(bytes)).toThrow(/^safetensors: /);
  });
  test('what is no file', () => {
    expect(() => readSafetensors('model.safetensors' as never)).toThrow('expected the bytes of a file as a Uint8Array, received "model.safetensors".');
  });
});
