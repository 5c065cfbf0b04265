/**
 * `*.browser.test.ts` run in Chromium, here and beside the sources of packages; `*.test.ts` of this folder drive one from Node.
 * Without a browser one skipped test says so.
 */
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { workspaceAlias } from '../vitest/preset.ts';
import { chromium, chromiumFlags, isolationHeaders } from './chromium.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

const common = { testTimeout: 240_000, hookTimeout: 60_000, fileParallelism: false };

const inBrowser = {
  root: here,
  resolve: { alias: workspaceAlias },
  server: { headers: isolationHeaders, fs: { allow: [repository] } },
  // Named, so that no dependency is found after the page was loaded, which would reload it.
  optimizeDeps: { include: ['gpu.js/dist/gpu-browser.js'] },
  test: {
    ...common,
    name: 'browser',
    include: ['*.browser.test.ts', '../../packages/*/src/**/*.browser.test.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: chromium, args: chromiumFlags } }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
};

const fromNode = { root: here, resolve: { alias: workspaceAlias }, test: { ...common, name: 'pages', include: ['*.test.ts'], exclude: ['*.browser.test.ts', 'no-browser.test.ts'] } };
const skipped = { root: here, test: { name: 'no browser', include: ['no-browser.test.ts'] } };

export default defineConfig({
  root: here,
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: '.vitest/results.json' },
    passWithNoTests: true,
    projects: chromium === '' ? [skipped] : [inBrowser, fromNode],
  },
});
