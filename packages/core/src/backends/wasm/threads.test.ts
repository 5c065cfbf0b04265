import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WasmExecutor } from './executor';
import { bench, type Bench, noise, sameBits } from './testing';

let one: Bench;
let two: Bench;
let three: Bench;
beforeAll(async () => {
  [one, two, three] = await Promise.all([bench({ threads: 1 }), bench({ threads: 2 }), bench({ threads: 3 })]);
});
afterAll(() => Promise.all([one, two, three].map((b) => b.executor.dispose())));

type Make = (b: Bench) => Parameters<Bench['run']>;
const conv = { stride: [1, 1, 1], padding: [0, 1, 1], dilation: [1, 1, 1], groups: 1 } as const;

/** Large enough that all of them fork. */
const commands: Record<string, Make> = {
  gelu: (b) => ['gelu', [b.floats(noise(300_000))], [b.like([300_000])]],
  broadcast: (b) => ['mul', [b.floats(noise(90_000), [300, 1, 300]), b.floats(noise(7), [7, 1])], [b.like([300, 7, 300])]],
  'reduce rows': (b) => ['reduce', [b.floats(noise(700_000), [1, 700_000, 1])], [b.like([1, 1])], { op: 'sum' }],
  'reduce columns': (b) => ['reduce', [b.floats(noise(600_000), [1, 6000, 100])], [b.like([1, 100])], { op: 'sum' }],
  matmul: (b) => ['matmul', [b.floats(noise(90_000), [300, 300]), b.floats(noise(90_000, 2), [300, 300])], [b.like([300, 300])], { transposeA: true, transposeB: false }],
  batched: (b) => ['matmul', [b.floats(noise(80_000), [20, 40, 100]), b.floats(noise(80_000, 2), [20, 100, 40])], [b.like([20, 40, 40])], { transposeA: false, transposeB: false }],
  conv: (b) => ['conv', [b.floats(noise(98_304), [4, 24, 1, 32, 32]), b.floats(noise(6912), [32, 24, 1, 3, 3])], [b.like([4, 32, 1, 32, 32])], conv],
  convInputGrad: (b) => ['convInputGrad', [b.floats(noise(131_072), [4, 32, 1, 32, 32]), b.floats(noise(6912), [32, 24, 1, 3, 3])], [b.like([4, 24, 1, 32, 32])], conv],
  convWeightGrad: (b) => ['convWeightGrad', [b.floats(noise(98_304), [4, 24, 1, 32, 32]), b.floats(noise(131_072), [4, 32, 1, 32, 32])], [b.like([32, 24, 1, 3, 3])], conv],
  softmax: (b) => ['softmax', [b.floats(noise(300_000), [3000, 100])], [b.like([3000, 100])]],
  layerNormGrad: (b) => [
    'layerNormGrad',
    [b.floats(noise(300_000), [3000, 100]), b.floats(noise(300_000, 2), [3000, 100]), b.floats(noise(3000)), b.floats(noise(3000, 5)), b.floats(noise(100))],
    [b.like([3000, 100]), b.like([100]), b.like([100])],
  ],
  batchNorm: (b) => ['batchNorm', [b.floats(noise(300_000), [30, 100, 100])], [b.like([30, 100, 100]), b.like([100]), b.like([100])], {}, [1e-5]],
  dropout: (b) => ['dropout', [b.floats(noise(300_001))], [b.like([300_001])], {}, [30_000, 2, 1, 2, 3, 4, 5]],
  addNormal: (b) => ['addNormal', [b.floats(noise(300_001))], [b.like([300_001])], {}, [2, 1, 2, 3, 4, 5]],
  sumSquares: (b) => ['sumSquares', [b.floats(noise(300_000)), b.floats(noise(100_003, 2))], [b.like([])]],
  allFinite: (b) => ['allFinite', [b.floats(noise(300_000).fill(NaN, 290_000, 290_001))], [b.like([])]],
};

describe('any number of threads gives the same bits', () => {
  it('has as many threads as asked for', () => expect([one, two, three].map((b) => b.executor.info().threads)).toEqual([1, 2, 3]));

  it.each(Object.entries(commands))('%s', async (_, make) => {
    const want = await one.run(...make(one));
    for (let repeat = 0; repeat < 3; repeat++) {
      expect(sameBits(await two.run(...make(two)), want)).toBe(true);
      expect(sameBits(await three.run(...make(three)), want)).toBe(true);
    }
  });
});

it('survives many short commands, with pauses in which workers fall asleep', async () => {
  const x = two.floats(noise(40_000));
  const y = two.like([40_000]);
  for (let i = 0; i < 300; i++) {
    two.executor.run({ kernel: 'exp', inputs: [x], outputs: [y], attrs: {}, scalars: [] });
    if (i % 50 === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
  expect((await two.executor.read(y))[39_999]).toBeCloseTo(Math.exp(noise(40_000)[39_999]!), 5);
});

describe('life and death', () => {
  it('refuses use after dispose, and disposes while starting', async () => {
    const executor = new WasmExecutor({ threads: 2 });
    expect(executor.isReady).toBe(false);
    expect(() => executor.allocate(1)).toThrow('wasm: call `await ready()` first.');
    const starting = executor.ready();
    await executor.dispose();
    await starting;
    expect(executor.isReady).toBe(false);
    expect(() => executor.allocate(1)).toThrow('wasm: this backend was disposed.');
    expect(() => executor.ready()).toThrow('wasm: this backend was disposed.');
  });

  it('workers end with dispose and do not keep a process alive without it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parsimony-wasm-'));
    try {
      await build({
        logLevel: 'silent', configFile: false,
        build: { lib: { entry: fileURLToPath(new URL('index.ts', import.meta.url)), formats: ['es'], fileName: 'wasm' }, outDir: folder, minify: false, target: 'es2022', rollupOptions: { external: [/^node:/] } },
      });
      const program = `
        import { WasmExecutor } from ${JSON.stringify(pathToFileURL(join(folder, 'wasm.js')).href)};
        const threads = async () => (await import('node:fs')).readdirSync('/proc/self/task').length;
        const alone = await threads();
        const a = new WasmExecutor({ threads: 4 });
        await a.ready();
        const during = await threads();
        await a.dispose();
        await new Promise((resolve) => setTimeout(resolve, 50));
        const after = await threads();
        const b = new WasmExecutor({ threads: 4 });
        await b.ready();
        console.log(JSON.stringify({ started: during - alone, left: after - alone, threads: b.info().threads }));
      `;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { timeout: 20_000 });
      const seen = JSON.parse(stdout) as { started: number; left: number; threads: number };
      expect(seen.threads).toBe(4);
      // Node itself may add or drop a thread meanwhile.
      if (process.platform === 'linux') {
        expect(seen.started).toBeGreaterThanOrEqual(3);
        expect(seen.left).toBeLessThanOrEqual(1);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
