/** Built packages carry the licences of the code in them; `npm test` asks the same of each package before it is packed. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { missingLicences } from '../scripts/licences.mjs';

const dist = mkdtempSync(join(tmpdir(), 'parsimony-licences-'));
cpSync(fileURLToPath(new URL('../../packages/core/dist', import.meta.url)), dist, { recursive: true });
afterAll(() => rmSync(dist, { recursive: true, force: true }));

test('core carries those of gpu.js, acorn and gpu-mock.js', () => {
  expect(missingLicences(dist)).toEqual([]);
  const text = readFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['gpu.js', 'acorn', 'gpu-mock.js']) expect(text).toMatch(new RegExp(`^${name}\n`, 'm'));
});

test('one that is left out is found', () => {
  const file = join(dist, 'THIRD-PARTY-LICENSES.txt');
  writeFileSync(file, readFileSync(file, 'utf8').replace('\ngpu-mock.js\n', '\nanother\n'));
  expect(missingLicences(dist)).toContain('gpu.js contains gpu-mock.js, whose licence is not in THIRD-PARTY-LICENSES.txt');
  const code = join(dist, 'gpu.js');
  writeFileSync(code, readFileSync(code, 'utf8').replaceAll('gpu.js Team', 'nobody').replaceAll('@license', '@by').replaceAll('/*!', '/*'));
  expect(missingLicences(dist)).toContain('gpu.js contains acorn and does not name it in a comment with @license');
});
