import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Every file that one imports, and the packages that these name. */
function reach(file: string, files = new Set<string>(), packages = new Set<string>()): ReadonlySet<string> {
  if (files.has(file)) return packages;
  files.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)) {
    if (!name.startsWith('.')) packages.add(name);
    else if (!name.endsWith('.json')) {
      const path = fileURLToPath(new URL(name, `file://${file}`));
      reach([`${path}.ts`, `${path}/index.ts`].find(exists) ?? expect.unreachable(`${file} imports ${name}`), files, packages);
    }
  }
  return packages;
}

function exists(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

const packagesOf = (part: string): ReadonlySet<string> => reach(fileURLToPath(new URL(`../${part}/index.ts`, import.meta.url)));

test('the FFT library is loaded by the audio part, and by no other', () => {
  expect(packagesOf('audio')).toContain('fourier-transform');
  for (const part of ['image', 'mix', 'text', 'tabular']) expect(packagesOf(part), part).not.toContain('fourier-transform');
});
