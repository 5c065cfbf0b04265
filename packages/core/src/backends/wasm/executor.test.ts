import { describe, expect, it } from 'vitest';
import { WasmExecutor } from './executor';
import { hasRelaxedSimd, loadBuild, withUnsharedMemory } from './module';
import { bench, noise } from './testing';

describe('options', () => {
  it.each([
    [{ threads: 0 }, 'wasm: `threads` must be a whole number in [1, 64], received 0.'],
    [{ threads: 1.5 }, 'wasm: `threads` must be a whole number in [1, 64], received 1.5.'],
    [{ thread: 2 }, 'wasm: unknown option `thread`. Did you mean `threads`?'],
    [{ deterministic: 1 }, 'wasm: `deterministic` must be true or false, received 1.'],
    [{ maximumMemory: 5 * 1024 ** 3 }, 'wasm: `maximumMemory` must be a whole number in [16777216, 4294967296], received 5368709120.'],
    [{ workerUrl: 3 }, 'wasm: `workerUrl` must be a string, received 3.'],
  ])('%j', (options, message) => expect(() => new WasmExecutor(options)).toThrow(message));
});

describe('builds', () => {
  it('describes itself', async () => {
    const { executor } = await bench({ threads: 2, deterministic: true });
    expect(executor.info()).toEqual({ name: 'wasm', threads: 2, description: 'WebAssembly SIMD, 2 threads' });
    await executor.ready();
    await executor.dispose();
  });

  it('both builds agree to rounding, where relaxed SIMD exists', async () => {
    const run = async (deterministic: boolean): Promise<ArrayLike<number>> => {
      const b = await bench({ threads: 1, deterministic });
      const [y] = await b.run('matmul', [b.floats(noise(4000), [40, 100]), b.floats(noise(3000), [100, 30])], [b.like([40, 30])], { transposeA: false, transposeB: false });
      await b.executor.dispose();
      return y!;
    };
    const [pinned, chosen] = await Promise.all([run(true), run(false)]);
    Array.from(pinned).forEach((v, i) => expect(Math.abs(v - chosen[i]!)).toBeLessThan(1e-5));
    if (!hasRelaxedSimd()) expect(chosen).toEqual(pinned);
  });

  it('are small', async () => {
    for (const build of ['baseline', 'relaxed'] as const) expect((await loadBuild(build)).length).toBeLessThan(150 * 1024);
  });

  it('run over unshared memory where no shared memory can be made', async () => {
    const bytes = withUnsharedMemory(await loadBuild('baseline'));
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 64 });
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort: () => {} } });
    expect((instance.exports.heapBase as () => number)()).toBeGreaterThanOrEqual(4096);
    expect(memory.buffer).toBeInstanceOf(ArrayBuffer);
  });
});
