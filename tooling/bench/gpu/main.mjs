// `npm run bench -- --gpu [--size small|large] [--hardware] [--seconds N] [--model NAME] [--only TEXT] [--json FILE]`: step times of three models in
// each mode of ours, in Chromium and in Node, beside tfjs and jax-js in the same browser and PyTorch. Without `--hardware` Chromium and
// Dawn compute on the processor, by SwiftShader, and so does PyTorch; with it what has only the processor to run on is skipped, and
// PyTorch runs on CUDA. `--only` keeps the lines that have a text, as 'Node' or 'webgpu'.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromiumFlags, findBrowser } from '../../scripts/browser.mjs';
import { adam, models, sizes } from './models.mjs';

const { values: options } = parseArgs({
  options: {
    gpu: { type: 'boolean' }, size: { type: 'string', default: 'small' }, hardware: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '3' }, model: { type: 'string', multiple: true, default: models }, json: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const { size, hardware } = options;
if (!sizes[size]) throw new Error(`--size must be one of ${Object.keys(sizes).join(', ')}, received ${size}.`);
const seconds = Number(options.seconds);
if (!(seconds > 0)) throw new Error(`--seconds must be a number above 0, received ${options.seconds}.`);
const strange = options.model.find((model) => !models.includes(model));
if (strange !== undefined) throw new Error(`--model must be one of ${models.join(', ')}, received ${strange}.`);
/** Vulkan for both APIs, without a display. */
const hardwareFlags = ['--no-sandbox', '--use-angle=vulkan', '--enable-features=Vulkan', '--disable-vulkan-surface', '--enable-unsafe-webgpu', '--ignore-gpu-blocklist'];
/** How long a browser may take to start, and to name its GPU. */
const ANSWER_MS = 30_000;
/** APIs of the browser that have no GPU, where one was asked for. */
const missing = new Set();
/** A task that takes longer is given up. */
const PATIENCE_MS = 180_000;

/** Names of adapters that compute on the processor. */
const software = /software|swiftshader|llvmpipe|lavapipe|\bwarp\b/i;
const wanted = (/** @type {string} */ where, /** @type {string} */ what) => `${where} ${what}`.includes(options.only);

/** @typedef {{ where: string, library: string, mode: string, model: string, ms: number, low: number, high: number, steps: number, description: string }} Row */
/** @type {Row[]} */
const rows = [];

function tell(/** @type {string} */ where, /** @type {import('./run.mjs').Task} */ task, /** @type {{ result?: any, error?: string }} */ { result, error }) {
  const label = `${where.padEnd(9)} ${task.model.padEnd(12)} ${`${task.library} ${task.mode}`.padEnd(24)}`;
  if (hardware && result && software.test(result.description)) return console.log(`${label}  skipped: --hardware asks for a GPU, and this ran on ${result.description}`);
  if (!result) return console.log(`${label}  skipped: ${(error ?? 'no result').split('\n')[0]}`);
  rows.push({ where, library: task.library, mode: task.mode, model: task.model, ...result });
  console.log(`${label} ${result.ms.toFixed(2).padStart(9)} ms   ${result.low.toFixed(2)} to ${result.high.toFixed(2)}, ${result.steps} steps   ${result.description}`);
}

console.log(`Training steps, ${size}: ${JSON.stringify(sizes[size])}. Node ${process.version}.`);
console.log('Median of steps after a warm-up, each with a read of the loss; beside it the 10th and 90th percentile.\n');

const inBrowser = [['parsimony', 'wasm 1'], ['parsimony', 'webgpu'], ['parsimony', 'webgpu tiles'], ['parsimony', 'webgpu registers'], ['parsimony', 'webgpu gpu.js'], ['parsimony', 'webgl2'], ['parsimony', 'webgl2 gpu.js'], ['parsimony', 'webasm'], ['tfjs', 'webgl'], ['tfjs', 'webgpu'], ['jax-js', 'webgpu']];
const inNode = ['wasm 1', 'wasm', 'webgpu', 'webgpu tiles', 'webgpu registers', 'webgpu gpu.js', 'webasm'];
const onTorch = hardware ? 'cuda' : 'cpu';

if (inBrowser.some(([library, mode]) => wanted('Chromium', `${library} ${mode}`))) await benchBrowser();
for (const model of options.model) for (const mode of inNode) if (wanted('Node', `parsimony ${mode}`)) benchNode(model, mode);
if (wanted('Python', `pytorch ${onTorch}`)) for (const model of options.model) benchTorch(model);
if (rows.length === 0) process.exitCode = 1;
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
printTable();

async function benchBrowser() {
  const executablePath = findBrowser();
  if (executablePath === '') return console.log('Chromium  skipped: needs Chromium or Chrome on the PATH, or its path in PARSIMONY_BROWSER');
  /** @type {[typeof import('playwright'), typeof import('vite')]} */
  let tools;
  try {
    tools = await Promise.all([import('playwright'), import('vite')]);
  } catch (error) {
    return console.log(`Chromium  skipped: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
  const [{ chromium: launcher }, { build, preview }] = tools;
  const root = fileURLToPath(new URL('.', import.meta.url));
  const outDir = mkdtempSync(join(tmpdir(), 'parsimony-bench-'));
  await build({ root, configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 10_000, rolldownOptions: { input: join(root, 'page.html') } } });
  const server = await preview({
    root, configFile: false, logLevel: 'error', build: { outDir },
    preview: { port: 0, host: '127.0.0.1', headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  });
  const url = `${server.resolvedUrls?.local[0]}page.html`;
  const args = hardware ? hardwareFlags : chromiumFlags;
  if (hardware) await tellAdapters(launcher, executablePath, url);
  for (const model of options.model) {
    for (const [library = '', mode = ''] of inBrowser) {
      if (!wanted('Chromium', `${library} ${mode}`) || missing.has(api(mode))) continue;
      const task = { library, mode, model, size, seconds };
      tell('Chromium', task, await inBrowserOf(launcher, executablePath, args, url, PATIENCE_MS, async (page) => {
        await page.waitForFunction('globalThis.bench !== undefined');
        return page.evaluate((given) => /** @type {any} */ (globalThis).bench(given), task);
      }).catch((error) => ({ error: firstLine(error) })));
    }
  }
  await server.close();
  rmSync(outDir, { recursive: true, force: true });
}

/** What a mode asks the browser for. */
function api(/** @type {string} */ mode) { return mode.startsWith('webgpu') ? 'webgpu' : mode.startsWith('webgl') ? 'webgl2' : ''; }

/** Says which GPU the browser has for each API, and leaves out the API that has none, or never answers. */
async function tellAdapters(/** @type {import('playwright').BrowserType} */ launcher, /** @type {string} */ executablePath, /** @type {string} */ url) {
  const asking = {
    webgpu: async () => {
      const adapter = await /** @type {any} */ (navigator).gpu?.requestAdapter();
      return adapter ? `${adapter.info.vendor} ${adapter.info.architecture} ${adapter.info.description}${adapter.info.isFallbackAdapter ? ' (software)' : ''}` : 'no adapter';
    },
    webgl2: async () => {
      const gl = document.createElement('canvas').getContext('webgl2');
      const info = gl?.getExtension('WEBGL_debug_renderer_info');
      return gl ? String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : 'no context';
    },
  };
  for (const [name, ask] of Object.entries(asking)) {
    const adapter = await inBrowserOf(launcher, executablePath, hardwareFlags, url, ANSWER_MS, (page) => page.evaluate(ask)).catch((error) => `no answer: ${firstLine(error)}`);
    const none = software.test(adapter) || adapter.startsWith('no ');
    if (none) missing.add(name);
    console.log(`Chromium  ${name}: ${adapter}${none ? '; skipped, since --hardware asks for a GPU' : ''}`);
  }
}

/**
 * What a page answers, in a browser of its own: what a task leaves behind is gone. A browser whose graphics process hangs does not close either, so
 * nothing waits for it longer than `patience`.
 * @template T
 * @param {import('playwright').BrowserType} launcher @param {string} executablePath @param {string[]} args @param {string} url @param {number} patience
 * @param {(page: import('playwright').Page) => Promise<T>} use @returns {Promise<T>}
 */
async function inBrowserOf(launcher, executablePath, args, url, patience, use) {
  const server = await launcher.launchServer({ executablePath, args, timeout: ANSWER_MS });
  try {
    return await within(patience, (async () => {
      const browser = await launcher.connect(server.wsEndpoint());
      const page = await browser.newPage();
      await page.goto(url);
      return use(page);
    })());
  } finally {
    await server.kill();
  }
}

/** @template T @param {number} ms @param {Promise<T>} promise @returns {Promise<T>} */
async function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`took more than ${ms / 1000} s`)), ms); });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}

function firstLine(/** @type {unknown} */ error) { return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''; }

/** PyTorch on the same GPU, or on the processor. */
function benchTorch(/** @type {string} */ model) {
  const task = { library: 'pytorch', mode: onTorch, model, size, seconds };
  const given = JSON.stringify({ ...task, device: onTorch, sizes: sizes[size], adam });
  let told = 'no python3';
  for (const python of [process.env.PARSIMONY_PYTHON, 'python3', '/usr/bin/python3']) {
    if (!python) continue;
    const { stdout, stderr, error } = spawnSync(python, [fileURLToPath(new URL('torch_step.py', import.meta.url)), given], { encoding: 'utf8', timeout: PATIENCE_MS });
    const lines = (stdout ?? '').split('\n');
    const line = lines.find((text) => text.startsWith('RESULT '));
    if (line) return tell('Python', task, { result: JSON.parse(line.slice(7)) });
    told = lines.find((text) => text.startsWith('MISSING '))?.slice(8) ?? error?.message ?? (stderr ?? '').trim().split('\n').at(-1) ?? told;
  }
  tell('Python', task, { error: told });
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
