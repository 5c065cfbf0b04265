import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { writeExamples } from '../doctest/write-examples.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A package's name means its source, as in tooling/tsconfig/base.json: tests need no build. */
export const workspaceAlias = [
  { find: /^@parsimony\/augment\/(.+)$/, replacement: `${root}packages/augment/src/$1/index.ts` },
  { find: /^@parsimony\/([^/]+)\/(.+)$/, replacement: `${root}packages/$1/src/$2.ts` },
  { find: '@parsimony/cli', replacement: `${root}apps/cli/src/index.ts` },
  { find: /^@parsimony\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
];

interface PackageTests {
  /** Where the examples to run are, see tooling/doctest. */
  examples?: Parameters<typeof writeExamples>[1];
  include?: string[];
}

/** The test preset of a package: unit tests beside the source, and its documentation's examples. */
export function definePackageTests(configUrl: string, { examples = {}, include = ['src/**/*.test.ts'] }: PackageTests = {}) {
  const packageRoot = fileURLToPath(new URL('.', configUrl));
  writeExamples(packageRoot, examples);
  return defineConfig({
    root: packageRoot,
    resolve: { alias: workspaceAlias },
    test: {
      environment: 'node',
      include: [...include, '.doctest/examples.test.ts'],
      // Those run in tooling/browser.
      exclude: ['**/node_modules/**', '**/*.browser.test.ts'],
      pool: 'forks',
      maxWorkers: 2,
      testTimeout: 30_000,
      passWithNoTests: true,
      reporters: ['default', 'json'],
      outputFile: { json: '.vitest/results.json' },
    },
  });
}
