/** Every pair of plugins works together or is refused with a reason, and docs/pairs.md says which. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@parsimony/core';
import { loadMnist } from '@parsimony/datasets';
import { beforeAll, describe, expect, test } from 'vitest';
import { pluginsByName } from './plugins';
import { buildTeacher, runPair, type Setting, warningsOf } from './run-pair';
import { type PairRow, pairTable } from './table';

const names = Object.keys(pluginsByName);
const rows: PairRow[] = [];
let setting: Setting;

beforeAll(async () => {
  await useBackend('wasm', { threads: 1 });
  const { train, validation } = await loadMnist({ trainSize: 96, validationSize: 32 });
  setting = { train, validation };
});

const make = (name: string) => pluginsByName[name]?.(buildTeacher()) ?? expect.unreachable(`no plugin ${name}`);

test('no plugin is left out', () => {
  const root = fileURLToPath(new URL('../../packages', import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    // Most mixers are made by one function of theirs, which is no plugin itself.
    .filter((file) => /^(?!core|testkit)[^/]+\/src\/.*(?<!\.test|\/mix\/mixer)\.ts$/.test(file) && /return (definePlugin|batchMixer<\w+>)\(/.test(readFileSync(join(root, file), 'utf8')));
  expect(files.length).toBe(names.length);
});

describe('pairs', () => {
  const pairs = names.flatMap((second, i) => names.slice(0, i).map((first) => [first, second] as const));
  test.each(pairs)('%s and %s', async (first, second) => {
    const alone = [first, second].flatMap((name) => warningsOf([make(name)]));
    const outcome = await runPair(setting, () => [make(first), make(second)], alone);
    rows.push({ first, second, outcome });
    if (outcome.kind === 'refused') expect(outcome.reason.length).toBeGreaterThan(40);
    else expect(outcome).toMatchObject({ finite: true, sameBits: { 1: true, 4: true } });
  });
});

test('docs/pairs.md is what was found', () => {
  const file = fileURLToPath(new URL('../../docs/pairs.md', import.meta.url));
  const table = pairTable(names, rows);
  if (process.env['WRITE_PAIRS'] === '1') writeFileSync(file, table);
  expect(readFileSync(file, 'utf8')).toBe(table);
});
