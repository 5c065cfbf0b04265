// `pnpm -C tooling/browser worst-errors`: measures the worst error of each kernel in every mode that this machine has, and
// writes the table of docs/backends.md. A mode that this machine has not keeps the figures that are there.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium as launcher } from 'playwright';
import { createServer, type ViteDevServer } from 'vite';
import type { KernelError } from '@parsimony/testkit';
import { workspaceAlias } from '../vitest/preset.ts';
import { chromium, chromiumFlags, isolationHeaders } from './chromium.ts';

type Measured = ReadonlyMap<string, readonly KernelError[] | string>;
type Measure = (mode: string) => Promise<readonly KernelError[]>;

const here = fileURLToPath(new URL('.', import.meta.url));
const document = fileURLToPath(new URL('../../docs/backends.md', import.meta.url));

const families: readonly (readonly [string, RegExp])[] = [
  ['steps of optimizers', /Step$/],
  ['convolutions', /^conv/],
  ['matrix products', /^(matmul|linear)$/],
  ['norms and softmax', /norm|softmax/i],
  ['pools', /pool/i],
  ['sums and the like', /^(reduce|argReduce|cumsum|sumSquares|allFinite)$/],
  ['data in other places', /^(fill|strided|stridedAdd|concat|pad|indexSelect|indexAdd|gather|scatter|scatterAdd|dropout)$/],
  ['functions of elements and their gradients', /./],
];
const familyOf = (kernel: string): string => families.find(([, pattern]) => pattern.test(kernel))?.[0] ?? '';

/** Modes in Node, then in the browser. */
async function measureAll(server: ViteDevServer): Promise<Measured> {
  const found = new Map<string, readonly KernelError[] | string>();
  const note = async (name: string, measured: Promise<readonly KernelError[]>): Promise<void> => {
    found.set(name, await measured.catch((error: unknown) => (error instanceof Error ? error.message : String(error))));
    console.log(name, typeof found.get(name) === 'string' ? found.get(name) : 'measured');
  };
  const { withoutWebGpu } = await server.ssrLoadModule('/@fs/' + fileURLToPath(new URL('../../packages/core/src/backends/gpu/devices/webgpu/testing.ts', import.meta.url))) as { withoutWebGpu(): Promise<unknown> };
  await withoutWebGpu();
  const { measure } = await server.ssrLoadModule('/measure.ts') as { measure: Measure };
  for (const mode of ['wasm', 'webasm', 'cpu', 'headlessgl', 'webgpu']) await note(mode === 'webgpu' ? 'webgpu, Node' : mode, measure(mode));
  const inBrowser = ['webgl2', 'webgpu'];
  if (chromium === '') {
    for (const mode of inBrowser) found.set(`${mode}, browser`, 'no browser');
    return found;
  }
  const browser = await launcher.launch({ executablePath: chromium, args: chromiumFlags });
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.waitForFunction(() => 'measure' in globalThis);
  for (const mode of inBrowser) {
    await note(`${mode}, browser`, page.evaluate((m) => (globalThis as unknown as { readonly measure: Measure }).measure(m), mode));
  }
  await browser.close();
  return found;
}

/** Columns of the table as it was, by their names: cells in the order of the families. */
function columnsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const rows = text.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(2, -1).map((cell) => cell.trim()));
  const [names = [], , ...cells] = rows;
  return new Map(names.map((name, k) => [name, cells.map((row) => row[k] ?? '')]));
}

const keptMark = ' (earlier)';

/** A mode that does not run here keeps its earlier figures, marked as such, or says that it was not run. */
function table(measured: Measured, earlier: ReadonlyMap<string, readonly string[]>): string {
  const shown = families.toReversed().map(([family]) => family);
  const cell = (errors: readonly KernelError[], family: string): string => {
    const worst = errors.filter(({ kernel }) => familyOf(kernel) === family).reduce((a, b) => (b.worst > a.worst ? b : a));
    return worst.worst === 0 ? '0' : `${worst.worst.toExponential(1)} \`${worst.kernel}\``;
  };
  const columns = [...measured].map(([name, errors]): readonly string[] => {
    if (typeof errors !== 'string') return [name, ...shown.map((family) => cell(errors, family))];
    const before = earlier.get(name) ?? earlier.get(`${name}${keptMark}`);
    return before?.length === shown.length ? [`${name}${keptMark}`, ...before] : [name, ...shown.map(() => 'not run')];
  });
  const lines = ['', ...shown].map((head, k) => `| ${head === '' ? '' : `${head} `}| ${columns.map((column) => column[k] ?? '').join(' | ')} |`);
  return [lines[0], `|---|${columns.map(() => '---').join('|')}|`, ...lines.slice(1)].join('\n');
}

const server = await createServer({
  root: `${here}errors`, configFile: false, logLevel: 'error', resolve: { alias: workspaceAlias },
  server: { headers: isolationHeaders, hmr: false, watch: null, fs: { allow: [fileURLToPath(new URL('../..', import.meta.url))] } },
  optimizeDeps: { include: ['gpu.js/dist/gpu-browser.js'] },
});
await server.listen();
const [start, end] = ['<!-- worst errors: pnpm -C tooling/browser worst-errors -->', '<!-- end of worst errors -->'];
const before = readFileSync(document, 'utf8');
if (!before.includes(start) || !before.includes(end)) throw new Error(`${document} has no place for the table.`);
const text = table(await measureAll(server), columnsOf(before.slice(before.indexOf(start), before.indexOf(end))));
await server.close();
writeFileSync(document, `${before.slice(0, before.indexOf(start) + start.length)}\n${text}\n${before.slice(before.indexOf(end))}`);
console.log(text);
process.exit(0);
