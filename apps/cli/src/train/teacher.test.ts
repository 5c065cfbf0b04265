/** A teacher named by the file of an earlier run, in a configuration as JSON can hold it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrayDataset, type Inputs, losses, nn, optim, ops, random, type Tensor, tensor, Trainer, useBackend, writeSafetensors } from '@parsimony/core';
import { cacheLogits } from '@parsimony/distillation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainConfig } from '../commands/explain';
import { checkConfig } from './config';
import { configRows } from './describe';
import { loadData, trainOnce } from './experiment';
import { parseConfig } from './load-config';
import { buildModel, type ModelConfig } from './models';
import { makePlugins } from './plugins';
import { loadTeacher, type TeacherConfig } from './teacher';

const folder = mkdtempSync(join(tmpdir(), 'parsimony-teacher-'));
const at = (...names: string[]): string => join(folder, ...names);
const [cnnFile, mlpFile, other] = [at('cnn-regularized-0.safetensors'), at('mlp-plain-3.safetensors'), at('teacher.safetensors')];
const checkpoints = at('checkpoints', 'tiny-plain-0');
const tiny: ModelConfig = { name: 'tiny', layout: 'flat', build: ({ classes }) => new nn.Sequential(new nn.Linear(784, classes)) };
const pixels = Float32Array.from({ length: 4 * 784 }, (_, i) => Math.abs(Math.sin(i)));
const values = async (x: unknown): Promise<number[]> => [...await (x as Tensor).data()];
const scores = async (teacher: Awaited<ReturnType<typeof loadTeacher>>, inputs: Tensor): Promise<number[]> =>
  values(typeof teacher === 'function' ? teacher(inputs) : (teacher as nn.Module).forward(inputs));

let cnn: nn.Module<Tensor, Tensor>;
let mlp: nn.Module<Tensor, Tensor>;
let own: nn.Module;

beforeAll(async () => {
  await useBackend('wasm', { threads: 1 });
  cnn = buildModel('cnn', true, 10).init(random.key(1));
  mlp = buildModel('mlp', false, 10).init(random.key(2));
  writeFileSync(cnnFile, await writeSafetensors(cnn.stateDict()));
  writeFileSync(mlpFile, await writeSafetensors(mlp.stateDict()));
  writeFileSync(other, await writeSafetensors(cnn.stateDict()));
  own = tiny.build({ regularized: false, classes: 10 });
  await new Trainer({ model: own, loss: losses.crossEntropy(), optimizer: optim.sgd({ lr: 0.1 }), seed: 1 }).fit({
    train: arrayDataset({ inputs: pixels, shape: [784], labels: Int32Array.of(1, 2, 3, 4), numClasses: 10 }), epochs: 2, batchSize: 2, checkpoint: { directory: checkpoints },
  });
  mkdirSync(at('empty'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const config = (teacher: unknown, more: object = {}) => checkConfig('test', { models: ['mlp', tiny], plugins: [{ name: 'distillation', teacher, temperature: 2 }], ...more });

describe('a teacher', () => {
  const load = (teacher: TeacherConfig, layout: 'flat' | 'image') => loadTeacher('teacher', teacher, { layout, classes: 10, models: ['mlp', tiny] });
  const flat = (): Tensor => tensor(pixels, [4, 784]);
  const images = (): Tensor => tensor(pixels, [4, 1, 28, 28]);

  test('is what its file says, for networks that take images and for those that take rows', async () => {
    const expected = await values(cnn.forward(images()));
    for (const teacher of [cnnFile, { weights: cnnFile }, { weights: other, model: 'cnn', run: 'regularized' }] as const) {
      expect(await scores(await load(teacher, 'image'), images())).toEqual(expected);
      expect(await scores(await load(teacher, 'flat'), flat())).toEqual(expected);
    }
    expect(await scores(await load(mlpFile, 'image'), images())).toEqual(await values(mlp.forward(flat())));
  });

  test('may be a checkpoint, or the newest of a folder, of a network of one\'s own', async () => {
    const expected = await values(own.forward(flat()));
    expect(await scores(await load(checkpoints, 'flat'), flat())).toEqual(expected);
    expect(await scores(await load(join(checkpoints, 'step-000000004.safetensors'), 'flat'), flat())).toEqual(expected);
    expect(await scores(await load({ weights: checkpoints, model: { ...tiny, name: 'another' } }, 'flat'), flat())).toEqual(expected);
  });

  test('may be a network or a function, as it is', async () => {
    const twice = (x: Inputs): Tensor => ops.mul(x as Tensor, 2);
    expect(await load(cnn, 'flat')).toBe(cnn);
    expect(await load(twice, 'flat')).toBe(twice);
    expect(config(twice).plugins).toHaveLength(1);
    expect(configRows(config(cnn), []).find(({ key }) => key === 'plugins')?.value).toBe('[{"name": "distillation", "teacher": "module Sequential", "temperature": 2}]');
  });

  test('of another network than its name says is refused', async () => {
    await expect(load({ weights: cnnFile, run: 'plain' }, 'image')).rejects.toThrow(`teacher: \`${cnnFile}\`: loadStateDict: unknown: 1.`);
  });
});

test.each([
  [() => undefined, "test: `plugins[0].teacher` must be the path of weights, such as 'runs/<time>/cnn-regularized-0.safetensors', or { weights, model, run }, or a network or a function from inputs to scores, received undefined."],
  [() => at('nowhere-plain-0.safetensors'), 'nowhere-plain-0.safetensors does not exist.'],
  [() => other, `the name of ${other} does not say which network it is of, as <model>-<run>-<seed>.safetensors would. Give { weights: '${other}', model: 'cnn', run: 'plain' }.`],
  [() => ({ weights: other, model: 'rnn', run: 'plain' }), `${other} is of the network 'rnn', which is none of \`models\`, nor 'mlp' or 'cnn'.`],
  [() => ({ weights: other, model: 'cnn', run: 'both' }), "`run` must be one of 'plain', 'regularized', received \"both\"."],
  [() => ({ weights: other, net: 'cnn' }), 'test: `plugins[0].teacher`: unknown option `net`.'],
  [() => ({ model: 'cnn' }), '`weights` must be the path of a file or a folder, received undefined.'],
  [() => at('empty'), 'is a folder without checkpoints.'],
  [() => folder, 'is a folder without checkpoints. Name one of the weights in it: cnn-regularized-0.safetensors, mlp-plain-3.safetensors, teacher.safetensors.'],
])('%# is refused', (teacher, message) => expect(() => config(teacher())).toThrow(message));

test('the other options are checked beside it', () => {
  expect(() => checkConfig('test', { plugins: [{ name: 'distillation', teacher: cnnFile, alpha: 2 }] })).toThrow('test: `plugins[0]`: distillation: `alpha` must be in [0, 1], received 2.');
  expect(() => checkConfig('test', { plugins: [{ name: 'reduceOnPlateau', factor: 2 }] })).toThrow('test: `plugins[0]`: reduceOnPlateau: `factor` must be in (0, 1), received 2.');
});

describe('a run of a configuration in JSON', () => {
  const json = (): string => JSON.stringify({
    trainSize: 128, validationSize: 64, epochs: 5, batchSize: 64, models: ['mlp'], runs: ['regularized'],
    plugins: [{ name: 'distillation', teacher: cnnFile, alpha: 0 }, { name: 'reduceOnPlateau', factor: 0.5, patience: 0, threshold: 100 }],
  });

  test('is explained', async () => {
    const checked = checkConfig('a.json', parseConfig('a.json', json()));
    const text = await explainConfig(checked, configRows(checked, [{ name: 'a.json', given: parseConfig('a.json', json()) }]));
    for (const part of [`{"name": "distillation", "teacher": ${JSON.stringify(cnnFile)}, "alpha": 0}`, '@parsimony/distillation', 'collectLossTerms', '@parsimony/early-stopping/reduce-on-plateau', 'evalEnd']) expect(text).toContain(part);
  });

  test('learns from the teacher, with a rate that falls', async () => {
    const checked = checkConfig('a.json', parseConfig('a.json', json()));
    const { history } = await trainOnce(checked, 'mlp', 'regularized', 0, await loadData(checked, 'mlp'), { update: () => {}, finish: () => {} });
    const divergence = history.map(({ values: v }) => v['@parsimony/distillation/divergence'] ?? Number.NaN);
    expect(divergence.every((d) => d > 0)).toBe(true);
    expect(divergence.at(-1)).toBeLessThan(divergence[0] ?? 0);
    // With a threshold that nothing passes, each check but the first halves the rate.
    expect(history.map(({ values: v }) => v['learningRate'])).toEqual([1e-3, 1e-3, 5e-4, 2.5e-4, 1.25e-4]);
  }, 60_000);
});

test('cached logits, an average and several teachers, with losses by name, in JSON', async () => {
  const cache = at('logits');
  const data = arrayDataset({ inputs: pixels, shape: [784], labels: Int32Array.of(0, 1, 2, 3), numClasses: 10 });
  await cacheLogits({ to: cache, teacher: new nn.Sequential(new nn.Linear(784, 10)).init(random.key(1)), data });
  const checked = config([cnnFile, { logits: cache }, 'ema'], { plugins: [{ name: 'distillation', teacher: [cnnFile, { logits: cache }, 'ema'], losses: [{ name: 'kl', temperature: 2 }, { name: 'similarity', student: '1', teacher: '1', from: 2 }] }] });
  const [plugin] = await makePlugins(checked.plugins, { layout: 'image', patience: 1, classes: 10, models: [] });
  expect(plugin?.options).toMatchObject({ teacher: [{ external: 'teacher' }, { logits: expect.stringMatching(/^[0-9a-f]{64}$/) as string }, 'ema'], losses: [{ name: 'kl', temperature: 2, weight: 0.9 }, { name: 'similarity', from: 2 }] });
  expect(() => config({ logits: 'no/such/folder' })).toThrow('no/such/folder does not exist.');
  expect(() => config({ logits: 3 })).toThrow('`logits` must be the path of a folder, received 3.');
  expect(() => config([cnnFile, 'none.safetensors'])).toThrow('`plugins[0].teacher`[1]: none.safetensors does not exist.');
});
