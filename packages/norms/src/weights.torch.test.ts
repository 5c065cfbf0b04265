/** Weights that PyTorch saved, norms, their int64 counters and parametrizations among them, load here; and go back. Made by tooling/reference. */
import { readFile, writeFile } from 'node:fs/promises';
import { nn, ops, readSafetensors, ready, type Tensor, writeSafetensors } from '@parsimony/core';
import { expectClose, fixture, type FixtureArray, toTensor } from '@parsimony/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { applyOrthogonal, applySpectralNorm, applyWeightNorm, BatchNorm2d, BatchNorm3d, GroupNorm, InstanceNorm1d, InstanceNorm2d, LayerNorm, LocalResponseNorm } from './index';

beforeAll(ready);

const folder = new URL('../fixtures/weights/', import.meta.url);
const bytesOf = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(new URL(name, folder)));

/** [N, C, 18] as [N, C, 3, 6]. */
class Unflatten extends nn.Module {
  protected compute(x: Tensor): Tensor { return ops.reshape(x, [x.shape[0] ?? 0, x.shape[1] ?? 0, 3, 6]); }
}

/** As tooling/reference/cases/weights.py builds them. */
const models: Readonly<Record<string, () => nn.Sequential>> = {
  convnet: () => new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }), new BatchNorm2d(4), new nn.ReLU(), new nn.MaxPool2d(2),
    new nn.Conv2d(4, 6, 3, { bias: false }), new BatchNorm2d(6), new nn.ReLU(), new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(6, 3)),
  norms: () => new nn.Sequential(
    new nn.Conv3d(1, 4, 2), new BatchNorm3d(4), new nn.ReLU(), new nn.Flatten({ startAxis: 2 }), new InstanceNorm1d(4, { affine: true, trackRunningStats: true }),
    new GroupNorm(2, 4), new LocalResponseNorm(3), new LayerNorm([4, 18]), new Unflatten(), new InstanceNorm2d(4), new BatchNorm2d(4, { affine: false })),
  parametrized: () => {
    const model = new nn.Sequential(
      new nn.Linear(5, 6), new nn.Tanh(), new nn.Linear(6, 6), new nn.Tanh(), new nn.Linear(6, 6), new nn.Linear(6, 4), new nn.Tanh(), new nn.Linear(4, 3));
    applyWeightNorm(model, '0.weight');
    applySpectralNorm(model, '2.weight');
    applyOrthogonal(model, '4.weight');
    applyOrthogonal(model, '5.weight');
    return applyWeightNorm(model, '7.weight', { axis: null });
  },
};

const { cases } = await fixture<{ name: string; inputs: { x: FixtureArray }; outputs: [FixtureArray] }>(new URL('models.json', folder));

describe.each(cases.map((c) => [c.name, c] as const))('%s', (name, known) => {
  const load = async (): Promise<nn.Sequential> => (models[name] ?? expect.unreachable(name))().loadStateDict(readSafetensors(await bytesOf(`${name}.safetensors`)).tensors);

  test('computes what it does in PyTorch', async () => {
    await expectClose((await load()).forward(toTensor(known.inputs.x)), known.outputs[0].data as Float64Array, { rtol: 1e-5, atol: 1e-6 });
  });

  // generate.py of tooling/reference lets PyTorch load the committed file and compare its outputs.
  test('what is written back is the file that PyTorch was seen to take', async () => {
    const bytes = await writeSafetensors((await load()).stateDict());
    if (process.env['PARSIMONY_WRITE_BACK']) await writeFile(new URL(`back/${name}.safetensors`, folder), bytes);
    expect(bytes).toEqual(await bytesOf(`back/${name}.safetensors`));
  });
});

test('the names of the other time load too', async () => {
  const make = (): nn.Sequential => new nn.Sequential(new nn.Linear(5, 6), new nn.Linear(6, 6));
  const older = applySpectralNorm(applyWeightNorm(make(), '0.weight'), '1.weight', { names: 'hook' });
  const newer = applySpectralNorm(applyWeightNorm(make(), '0.weight', { names: 'parametrization' }), '1.weight');
  const { tensors } = readSafetensors(await bytesOf('parametrized.safetensors'));
  const of = (name: string): Tensor => tensors[name] as Tensor;
  const shared = { '0.bias': of('0.bias'), '1.bias': of('2.bias') };
  const [w, u, v] = ['original', '0._u', '0._v'].map((part) => of(`2.parametrizations.weight.${part}`)) as [Tensor, Tensor, Tensor];
  older.loadStateDict({ ...shared, '0.weight_g': of('0.weight_g'), '0.weight_v': of('0.weight_v'), '1.weight_orig': w, '1.weight_u': u, '1.weight_v': v });
  newer.loadStateDict({
    ...shared, '0.parametrizations.weight.original0': of('0.weight_g'), '0.parametrizations.weight.original1': of('0.weight_v'),
    '1.parametrizations.weight.original': w, '1.parametrizations.weight.0._u': u, '1.parametrizations.weight.0._v': v,
  });
  const x = toTensor(cases.find(({ name }) => name === 'parametrized')?.inputs.x as FixtureArray);
  await expectClose(older.forward(x), newer.forward(x), { rtol: 1e-7 });
  expect(Object.keys(older.stateDict())).toEqual(['0.bias', '0.weight_g', '0.weight_v', '1.bias', '1.weight_orig', '1.weight_u', '1.weight_v']);
});
