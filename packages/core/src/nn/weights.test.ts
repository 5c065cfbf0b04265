import { useReference } from '@parsimony/testkit';
import { expect, test } from 'vitest';
import { memory, tensor } from '../tensor';
import { holdWeights, packWeights, unpackWeights } from './weights';

test('packing keeps paths and kinds apart', async () => {
  await useReference();
  const [w, b] = [tensor([1]), tensor([2])];
  const weights = { params: { 'a/b.w': w }, buffers: { 'a/b.w': b } };
  const table = packWeights(weights);
  expect(Object.keys(table)).toEqual(['params/a/b.w', 'buffers/a/b.w']);
  expect(unpackWeights(table)).toEqual(weights);
  expect(unpackWeights({})).toBeUndefined();
});

test('held weights outlive their originals and take no memory of their own', async () => {
  await useReference();
  const w = tensor([3, 4]);
  const { bytes } = memory();
  const held = holdWeights({ params: { w }, buffers: {} });
  expect(memory().bytes).toBe(bytes);
  w.dispose();
  expect(Array.from(await held.params['w']!.data())).toEqual([3, 4]);
});
