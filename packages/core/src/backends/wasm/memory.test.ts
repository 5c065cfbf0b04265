import { afterAll, describe, expect, it } from 'vitest';
import { classSize, WasmMemory } from './memory';
import { bench, type Bench, noise } from './testing';

const MIB = 1024 ** 2;

describe('size classes', () => {
  it('hold what is asked for, waste at most a quarter, and are fixed points', () => {
    for (let bytes = 1; bytes < 1e9; bytes = Math.ceil(bytes * 1.13)) {
      const size = classSize(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size % 64).toBe(0);
      if (bytes > 256) expect(size).toBeLessThanOrEqual(bytes * 1.26);
      expect(classSize(size)).toBe(size);
    }
  });
});

function start(maximum: number): WasmMemory {
  const memory = new WasmMemory(16, { shared: true, maximum });
  memory.begin(4096);
  return memory;
}

describe('the allocator', () => {
  it('reuses blocks of a class and counts what is live', () => {
    const memory = start(16 * MIB);
    const a = memory.allocate(1000);
    const b = memory.allocate(1000);
    expect(b.pointer).toBeGreaterThanOrEqual(a.pointer + 1000);
    expect(a.pointer % 64).toBe(0);
    expect(memory.live).toBe(2000);
    memory.free(a);
    expect(memory.live).toBe(1000);
    expect(memory.allocate(990).pointer).toBe(a.pointer);
    expect(() => memory.free(a)).not.toThrow();
    expect(() => memory.free(a)).toThrow('this block was already given back');
  });

  it('joins free neighbours when it can grow no more', () => {
    const memory = start(16 * MIB);
    const small = Array.from({ length: 14 }, () => memory.allocate(MIB));
    for (const block of small) memory.free(block);
    const large = memory.allocate(10 * MIB);
    expect(large.pointer).toBe(small[0]!.pointer);
    memory.free(large);
    expect(Array.from({ length: 12 }, () => memory.allocate(MIB))).toHaveLength(12);
  });

  it('says how much there is when that is not enough', () => {
    const memory = start(16 * MIB);
    memory.allocate(10 * MIB);
    expect(() => memory.allocate(8 * MIB)).toThrow(
      'wasm: cannot allocate 8.0 MiB: live tensors hold 10.0 MiB, 0.0 MiB are free in pieces too small, and the memory cannot grow past 16.0 MiB.',
    );
    expect(memory.allocate(MIB).live).toBe(true);
  });

  it('says so of sizes without end too, and stays as it was', () => {
    const memory = start(16 * MIB);
    for (const bytes of [Infinity, Number.NaN, 2 ** 60, Number.MAX_SAFE_INTEGER]) expect(() => memory.allocate(bytes)).toThrow('wasm: cannot allocate');
    expect(memory.live).toBe(0);
    expect(Number.isInteger(memory.allocate(64).pointer)).toBe(true);
  });
});

describe('the executor\'s memory', () => {
  let b: Bench;
  afterAll(() => b.executor.dispose());

  it('grows while tensors live, and counts them', async () => {
    b = await bench({ threads: 2 });
    expect(b.executor.bytes()).toBe(0);
    const first = b.floats(noise(1000));
    const many = Array.from({ length: 40 }, (_, i) => b.floats(new Float32Array(MIB / 4).fill(i)));
    expect(b.executor.bytes()).toBe(4000 + 40 * MIB);
    const [sum] = await b.run('add', [many[3]!, many[39]!], [b.like([MIB / 4])]);
    expect(sum![12_345]).toBe(42);
    expect(await b.executor.read(first)).toEqual(noise(1000));
    for (const ref of [first, ...many.filter((_, i) => i !== 3 && i !== 39)]) b.executor.free(ref.handle);
    expect(b.executor.bytes()).toBe(0);
  });

  it('frees temporaries when a kernel needs more than there is', async () => {
    const tight = await bench({ threads: 1, maximumMemory: 16 * MIB });
    const [x, w, y] = [tight.like([1000, 1000]), tight.like([1000, 1000]), tight.like([1000, 1000])];
    await expect(tight.run('matmul', [x, w], [y], { transposeA: false, transposeB: false })).rejects.toMatchObject({ code: 'memory' });
    expect(tight.executor.bytes()).toBe(0);
    await tight.executor.dispose();
  });

  it('reads and writes bool as bytes and views at an offset', async () => {
    const ref = b.bools([5, 0, 1]);
    expect(await b.executor.read(ref)).toEqual(Uint8Array.from([1, 0, 1]));
    const base = b.floats([1, 2, 3, 4, 5, 6]);
    const view = { ...base, offset: 2, shape: [2, 2], size: 4 };
    expect(await b.executor.read(view)).toEqual(Float32Array.from([3, 4, 5, 6]));
    b.executor.write({ ...view, shape: [1], size: 1 }, [9]);
    expect([...await b.executor.read(base)]).toEqual([1, 2, 9, 4, 5, 6]);
    expect(() => b.executor.write(base, [1])).toThrow('write: expected 6 elements, received 1.');
    for (const r of [ref, base]) b.executor.free(r.handle);
  });
});
