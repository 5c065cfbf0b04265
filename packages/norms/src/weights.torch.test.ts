/** Weights that PyTorch saved, norms and their int64 counters among them, load here; and go back. Made by tooling/reference. */
import { readFile, writeFile } from 'node:fs/promises';
import { nn, readSafetensors, ready, writeSafetensors } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { beforeAll, expect, test } from 'vitest';
import { BatchNorm2d } from './index';

beforeAll(ready);

const folder = new URL('../fixtures/weights/', import.meta.url);
const bytesOf = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(new URL(name, folder)));

/** As tooling/reference/cases/weights.py builds it. */
const convnet = (): nn.Sequential => new nn.Sequential(
  new nn.Conv2d(1, 4, 3, { padding: 1 }), new BatchNorm2d(4), new nn.ReLU(), new nn.MaxPool2d(2),
  new nn.Conv2d(4, 6, 3, { bias: false }), new BatchNorm2d(6), new nn.ReLU(), new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(6, 3));

test('a convolutional net of PyTorch with batch norm computes the same here', async () => {
  const { cases: [known] } = await fixture<{ inputs: { x: FixtureArray }; outputs: [FixtureArray] }>(new URL('models.json', folder));
  const model = convnet().loadStateDict(readSafetensors(await bytesOf('convnet.safetensors')).tensors);
  await expectClose(model.forward(toTensor(known?.inputs.x as FixtureArray)), known?.outputs[0].data as Float64Array, { rtol: 1e-5, atol: 1e-6 });
});

// generate.py of tooling/reference lets PyTorch load the committed file and compare its outputs.
test('what is written back is the file that PyTorch was seen to take', async () => {
  const model = convnet().loadStateDict(readSafetensors(await bytesOf('convnet.safetensors')).tensors);
  const bytes = await writeSafetensors(model.stateDict());
  if (process.env['PARSIMONY_WRITE_BACK']) await writeFile(new URL('back/convnet.safetensors', folder), bytes);
  expect(bytes).toEqual(await bytesOf('back/convnet.safetensors'));
});
