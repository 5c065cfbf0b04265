// `npm run bench -- --gpu [--size small|large] [--hardware] [--seconds N] [--model NAME] [--json FILE]`: step times of three models in each
// mode of ours, in Chromium and in Node, beside tfjs and jax-js in the same browser. Without `--hardware` Chromium and Dawn compute
// on the processor, by SwiftShader.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium as launcher } from 'playwright';
import { build, preview } from 'vite';
import { chromiumFlags, findBrowser } from '../../scripts/browser.mjs';
import { models, sizes } from './models.mjs';

const { values: options } = parseArgs({
  options: {
    gpu: { type: 'boolean' }, size: { type: 'string', default: 'small' }, hardware: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '3' }, model: { type: 'string', multiple: true, default: models }, json: { type: 'string' },
  },
});
const { size, hardware } = options;
if (!sizes[size]) throw new Error(`--size must be one of ${Object.keys(sizes).join(', ')}, received ${size}.`);
const seconds = Number(options.seconds);
/** A task that takes longer is given up. */
const PATIENCE_MS = 180_000;

/** @typedef {{ where: string, library: string, mode: string, model: string, ms: number, low: number, high: number, steps: number, description: string }} Row */
/** @type {Row[]} */
const rows = [];

function tell(/** @type {string} */ where, /** @type {import('./run.mjs').Task} */ task, /** @type {{ result?: any, error?: string }} */ { result, error }) {
  const label = `${where.padEnd(9)} ${task.model.padEnd(12)} ${`${task.library} ${task.mode}`.padEnd(24)}`;
  if (!result) return console.log(`${label}  skipped: ${(error ?? 'no result').split('\n')[0]}`);
  rows.push({ where, library: task.library, mode: task.mode, model: task.model, ...result });
  console.log(`${label} ${result.ms.toFixed(2).padStart(9)} ms   ${result.low.toFixed(2)} to ${result.high.toFixed(2)}, ${result.steps} steps   ${result.description}`);
}

console.log(`Training steps, ${size}: ${JSON.stringify(sizes[size])}. Node ${process.version}.`);
console.log('Median of steps after a warm-up, each with a read of the loss; beside it the 10th and 90th percentile.\n');

const inBrowser = [['parsimony', 'wasm 1'], ['parsimony', 'webgpu'], ['parsimony', 'webgpu gpu.js'], ['parsimony', 'webgl2'], ['parsimony', 'webasm'], ['tfjs', 'webgl'], ['tfjs', 'webgpu'], ['jax-js', 'webgpu']];
const inNode = ['wasm 1', 'wasm', 'webgpu', 'webgpu gpu.js', 'webasm'];

await benchBrowser();
for (const model of options.model) for (const mode of inNode) benchNode(model, mode);
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
printTable();

async function benchBrowser() {
  const executablePath = findBrowser();
  if (executablePath === '') return console.log('Chromium  skipped: needs Chromium or Chrome on the PATH, or its path in PARSIMONY_BROWSER');
  const root = fileURLToPath(new URL('.', import.meta.url));
  const outDir = mkdtempSync(join(tmpdir(), 'parsimony-bench-'));
  await build({ root, configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 10_000, rolldownOptions: { input: join(root, 'page.html') } } });
  const server = await preview({
    root, configFile: false, logLevel: 'error', build: { outDir },
    preview: { port: 0, host: '127.0.0.1', headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  });
  const args = hardware ? ['--no-sandbox', '--enable-unsafe-webgpu', '--enable-features=Vulkan', '--ignore-gpu-blocklist'] : chromiumFlags;
  for (const model of options.model) {
    for (const [library = '', mode = ''] of inBrowser) {
      // A browser of its own: what a task leaves behind is gone.
      const browser = await launcher.launch({ executablePath, args });
      const task = { library, mode, model, size, seconds };
      try {
        const page = await browser.newPage();
        await page.goto(`${server.resolvedUrls?.local[0]}page.html`);
        await page.waitForFunction('globalThis.bench !== undefined');
        const answer = await Promise.race([
          page.evaluate((given) => /** @type {any} */ (globalThis).bench(given), task),
          new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, { error: `took more than ${PATIENCE_MS / 1000} s` }); }),
        ]);
        tell('Chromium', task, answer);
      } catch (error) {
        tell('Chromium', task, { error: error instanceof Error ? error.message : String(error) });
      } finally {
        await browser.close();
      }
    }
  }
  await server.close();
  rmSync(outDir, { recursive: true, force: true });
}

function benchNode(/** @type {string} */ model, /** @type {string} */ mode) {
  const task = { library: 'parsimony', mode, model, size, seconds };
  const browser = findBrowser();
  // Dawn on the SwiftShader that comes with Chromium, where no other driver is asked for.
  const driver = [browser, '/usr/bin/chromium'].map((path) => join(dirname(path), '../lib/chromium/vk_swiftshader_icd.json')).find((path) => existsSync(path));
  const env = { ...process.env, ...(!hardware && driver ? { VK_DRIVER_FILES: driver } : {}), XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir() };
  const { stdout = '', stderr = '', error } = spawnSync(process.execPath, [fileURLToPath(new URL('node.mjs', import.meta.url)), JSON.stringify(task)], { env, encoding: 'utf8', timeout: PATIENCE_MS });
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  tell('Node', task, line ? { result: JSON.parse(line.slice(7)) } : { error: stdout.split('\n').find((text) => text.startsWith('MISSING '))?.slice(8) ?? error?.message ?? stderr.trim().split('\n').at(-1) ?? '' });
}

function printTable() {
  const lines = [...new Set(rows.map(({ where, library, mode }) => `${where}|${library} ${mode}`))];
  console.log(`\n| where | what | ${options.model.join(', ms | ')}, ms |\n|---|---|${options.model.map(() => '---|').join('')}`);
  for (const line of lines) {
    const [where, what] = line.split('|');
    const cells = options.model.map((model) => rows.find((row) => `${row.where}|${row.library} ${row.mode}` === line && row.model === model)?.ms.toFixed(1) ?? '');
    console.log(`| ${where} | ${what} | ${cells.join(' | ')} |`);
  }
}
