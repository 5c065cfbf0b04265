/** Configuration files of every kind, found and read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schedules } from '@parsimony/core';
import { defineConfig } from '../index';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConfig, defaults } from './config';
import { configRows } from './describe';
import { loadConfig } from './load-config';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'parsimony-config-')); });
afterEach(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

describe('a configuration file', () => {
  test.each([
    ['parsimony.config.ts', "interface A { readonly epochs: number }\nconst a: A = { epochs: 3 };\nexport default { ...a, data: 'x' } satisfies object;"],
    ['parsimony.config.mts', "export default { epochs: 3 as number, data: 'x' };"],
    ['parsimony.config.mjs', "import { join } from 'node:path';\nexport default { epochs: 3, data: join('x') };"],
    ['parsimony.config.js', "module.exports = { epochs: 3, data: 'x' };"],
    ['parsimony.config.json', '{ "epochs": 3, "data": "x" }'],
  ])('%s is found and read', async (name, text) => {
    write(name, text);
    expect(await loadConfig(undefined, folder)).toEqual({ file: name, given: { epochs: 3, data: 'x' } });
    expect(await loadConfig(name, folder)).toEqual({ file: name, given: { epochs: 3, data: 'x' } });
  });

  test('without one, nothing is given', async () => expect(await loadConfig(undefined, folder)).toEqual({ file: undefined, given: {} }));

  test.each([
    ['a.ts', 'export default { epoch: 3 };', 'a.ts: unknown option `epoch`. Did you mean `epochs`?'],
    ['b.ts', 'export const config = { epochs: 3 };', 'b.ts: no default export. Export it: `export default defineConfig({ … })`.'],
    ['c.ts', 'export default { epochs: ;', 'c.ts: it could not be loaded:'],
    ['d.ts', "import { x } from './nowhere';\nexport default x;", 'd.ts: it could not be loaded:'],
    ['e.ts', 'export default 3;', 'e.ts: expected an object of options, received 3.'],
    ['f.ts', "throw new Error('of its own');", 'f.ts: it could not be loaded: of its own'],
    ['g.json', '{', 'g.json: not JSON'],
    ['h.yaml', 'epochs: 3', 'h.yaml: expected a file that ends in .ts, .mts, .js, .mjs or .json.'],
  ])('%s is refused', async (name, text, message) => {
    write(name, text);
    await expect(loadConfig(name, folder)).rejects.toThrow(message);
  });

  test.each(['missing.ts', 'missing.json'])('%s does not exist', async (name) => {
    await expect(loadConfig(name, folder)).rejects.toThrow(new RegExp(`the configuration ${name} (does not exist|could not be read)`));
  });
});

test('a value comes from the strongest source that gives it', () => {
  const given = { epochs: 3, schedule: schedules.cosine({ value: 1 }) };
  const config = checkConfig('test', { ...given, epochs: 4 });
  const rows = configRows(config, [{ name: 'a.ts', given }, { name: 'command line', given: { epochs: 4 } }]);
  const row = (key: string) => rows.find((r) => r.key === key);
  expect(row('epochs')).toEqual({ key: 'epochs', value: '4', from: 'command line' });
  expect(row('schedule')).toEqual({ key: 'schedule', value: '{"schedule": "cosine", "min": 0, "value": 1}', from: 'a.ts' });
  expect(row('lr')).toEqual({ key: 'lr', value: '0.001', from: 'default' });
  expect(rows.map(({ key }) => key)).toEqual(Object.keys(defaults));
});

test('defineConfig refuses other keys and values as it is typed', () => {
  // @ts-expect-error `epoch` is no key.
  expect(defineConfig({ epoch: 3 })).toEqual({ epoch: 3 });
  // @ts-expect-error `mixup` has no `alhpa`.
  expect(defineConfig({ plugins: [{ name: 'mixup', alhpa: 3 }] })).toEqual({ plugins: [{ name: 'mixup', alhpa: 3 }] });
  // @ts-expect-error `distillation` needs a teacher.
  expect(defineConfig({ plugins: [{ name: 'distillation' }] })).toEqual({ plugins: [{ name: 'distillation' }] });
  expect(checkConfig('test', defineConfig({ optimizer: { name: 'sgd', momentum: 0.9 }, plugins: [{ name: 'ema' }] })).optimizer).toEqual({ name: 'sgd', momentum: 0.9 });
});
