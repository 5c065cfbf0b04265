/** A page that is nothing but what a bundler makes of the published packages, minified, trains in both modes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium as launcher } from 'playwright';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium, chromiumFlags } from './chromium.ts';
import type { PageResult } from './page/main.ts';

const root = fileURLToPath(new URL('page', import.meta.url));
const outDir = mkdtempSync(join(tmpdir(), 'parsimony-page-'));
let server: PreviewServer;
let browser: Browser;

beforeAll(async () => {
  await build({ root, configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: true, minify: true, target: 'es2022' } });
  server = await preview({ root, configFile: false, logLevel: 'error', build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  browser = await launcher.launch({ executablePath: chromium, args: chromiumFlags });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(outDir, { recursive: true, force: true });
});

test('the page is minified', () => {
  const scripts = readdirSync(join(outDir, 'assets')).map((name) => readFileSync(join(outDir, 'assets', name), 'utf8'));
  const longest = Math.max(...scripts.map((text) => text.length));
  const script = scripts.find((text) => text.length === longest) ?? '';
  expect(script.length).toBeGreaterThan(100_000);
  // Names of this project's code that minifiers keep only in strings.
  expect(script).not.toMatch(/\bdefineProgram\b|\bprogramFamily\b/);
});

describe.each(['webgl2', 'webgpu'])('in mode %s', (mode) => {
  test('the loss falls', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
    page.on('request', (request) => { if (!request.url().startsWith(server.resolvedUrls?.local[0] ?? '?')) problems.push(`asks for ${request.url()}`); });
    await page.goto(`${server.resolvedUrls?.local[0]}#${mode}`);
    const { description, losses } = await page.evaluate(() => (globalThis as unknown as { readonly trained: Promise<PageResult> }).trained);
    await page.close();
    expect(problems).toEqual([]);
    expect(description).toContain(`mode ${mode}, on `);
    expect(losses).toHaveLength(30);
    expect(losses[29]).toBeLessThan((losses[0] ?? 0) * 0.7);
  });
});
