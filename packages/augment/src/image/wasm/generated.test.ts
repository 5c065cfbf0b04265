import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { source } from './generated';

test('the module is of the sources in assembly/', () => {
  const folder = new URL('../../../assembly/', import.meta.url);
  const text = readdirSync(folder).filter((name) => name.endsWith('.ts')).sort().map((name) => readFileSync(new URL(name, folder), 'utf8')).join('');
  expect(source, 'node scripts/build-wasm.mjs makes it').toBe(createHash('sha256').update(text).digest('hex'));
});
