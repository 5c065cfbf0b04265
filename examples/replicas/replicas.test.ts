/** The program runs as written, in TypeScript, in threads that its loader reaches; on the sources of the packages. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('two replicas end where one does', async () => {
  const loader = createRequire(import.meta.url).resolve('jiti/package.json').replace(/package\.json$/, 'lib/jiti-register.mjs');
  const source = (name: string): string => fileURLToPath(new URL(`../../packages/${name}/src/index.ts`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', pathToFileURL(loader).href, fileURLToPath(new URL('train.ts', import.meta.url))], {
    env: { ...process.env, JITI_ALIAS: JSON.stringify({ '@parsimony/core': source('core'), '@parsimony/norms': source('norms') }) },
  });
  const [one, two] = [...stdout.matchAll(/validation loss ([\d.]+)/g)].map(([, loss]) => Number(loss));
  expect(one).toBeLessThan(0.5);
  expect(two).toBeCloseTo(one as number, 2);
}, 180_000);
