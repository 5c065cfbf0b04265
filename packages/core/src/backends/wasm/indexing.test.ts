import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, type Bench, noise } from './testing';

let b: Bench;
beforeAll(async () => { b = await bench(); });
afterAll(() => b.executor.dispose());

const [outer, n, k, inner] = [2, 7, 5, 70] as const;
const rows = [6, 0, 3, 3, 1];
const table = Int32Array.from(noise(outer * k * inner, 3), (v) => Math.floor((v + 1) * 3.5));
const x = noise(outer * n * inner, 1);
const source = noise(outer * k * inner, 2);

/** Calls `fn` with the position of every [o, j, i] of k rows and of [o, row, i] of n. */
function each(row: (e: number, j: number) => number, fn: (small: number, large: number) => void): void {
  for (let o = 0; o < outer; o++) for (let j = 0; j < k; j++) for (let i = 0; i < inner; i++) {
    const e = (o * k + j) * inner + i;
    fn(e, (o * n + row(e, j)) * inner + i);
  }
}
const byRow = (_: number, j: number): number => rows[j]!;
const byTable = (e: number): number => table[e]!;

describe('by rows', () => {
  it('indexSelect', async () => {
    const want = new Float32Array(source.length);
    each(byRow, (e, at) => { want[e] = x[at]!; });
    expect((await b.run('indexSelect', [b.floats(x, [outer, n, inner]), b.ints(rows)], [b.like([outer, k, inner])]))[0]).toEqual(want);
    expect([...(await b.run('indexSelect', [b.ints([5, 6, 7], [1, 3, 1]), b.ints([2, 0])], [b.like([1, 2, 1], 'int32')]))[0]!]).toEqual([7, 5]);
  });

  it('indexAdd, indices ascending', async () => {
    const want = new Float32Array(x.length);
    each(byRow, (e, at) => { want[at] = want[at]! + source[e]!; });
    expect((await b.run('indexAdd', [b.floats(source, [outer, k, inner]), b.ints(rows)], [b.like([outer, n, inner])]))[0]).toEqual(want);
  });
});

describe('element by element', () => {
  const index = (): ReturnType<Bench['ints']> => b.ints(table, [outer, k, inner]);

  it('gather', async () => {
    const want = new Float32Array(source.length);
    each(byTable, (e, at) => { want[e] = x[at]!; });
    expect((await b.run('gather', [b.floats(x, [outer, n, inner]), index()], [b.like([outer, k, inner])]))[0]).toEqual(want);
  });

  it('scatterAdd', async () => {
    const want = new Float32Array(x.length);
    each(byTable, (e, at) => { want[at] = want[at]! + source[e]!; });
    expect((await b.run('scatterAdd', [b.floats(source, [outer, k, inner]), index()], [b.like([outer, n, inner])]))[0]).toEqual(want);
  });

  it('scatter, the last one winning', async () => {
    const want = x.slice();
    each(byTable, (e, at) => { want[at] = source[e]!; });
    expect((await b.run('scatter', [b.floats(x, [outer, n, inner]), index(), b.floats(source, [outer, k, inner])], [b.like([outer, n, inner])]))[0]).toEqual(want);
  });
});

describe('an index out of range', () => {
  const cases = [
    ['indexSelect', [1, 2, 9, 4, 5], 9, 2], ['indexSelect', [0, -1], -1, 1], ['indexSelect', [0, 1, 2, 3, 4, 5, 6, 7], 7, 7],
  ] as const;
  it.each(cases)('%s %j', async (kernel, index, value, at) => {
    const run = b.run(kernel, [b.floats(noise(7), [1, 7, 1]), b.ints(index)], [b.like([1, index.length, 1])]);
    await expect(run).rejects.toMatchObject({ code: 'range', message: `${kernel}: an index must be in [0, 7), received ${value} at position ${at}.` });
  });

  it('is refused by every kernel that takes one, before anything is written', async () => {
    const index = (): ReturnType<Bench['ints']> => b.ints([0, 7], [1, 2, 1]);
    const small = (): ReturnType<Bench['floats']> => b.floats([1, 2], [1, 2, 1]);
    const large = (): ReturnType<Bench['floats']> => b.floats(noise(7), [1, 7, 1]);
    const range = { code: 'range' };
    await expect(b.run('gather', [large(), index()], [b.like([1, 2, 1])])).rejects.toMatchObject(range);
    await expect(b.run('scatterAdd', [small(), index()], [b.like([1, 7, 1])])).rejects.toMatchObject(range);
    await expect(b.run('scatter', [large(), index(), small()], [b.like([1, 7, 1])])).rejects.toMatchObject(range);
    await expect(b.run('indexAdd', [small(), b.ints([0, 7])], [b.like([1, 7, 1])])).rejects.toMatchObject(range);
  });
});

describe('argReduce', () => {
  it.each([[4, 9, 1], [2, 33, 5], [1, 1, 70]])('[%i, %i, %i]', async (o, m, i) => {
    const data = noise(o * m * i, 5).map((v) => Math.round(v * 4));
    for (const op of ['max', 'min'] as const) {
      const want: number[] = [];
      for (let a = 0; a < o; a++) for (let c = 0; c < i; c++) {
        const line = Array.from({ length: m }, (_, j) => data[(a * m + j) * i + c]!);
        want.push(line.indexOf(op === 'max' ? Math.max(...line) : Math.min(...line)));
      }
      expect([...(await b.run('argReduce', [b.floats(data, [o, m, i])], [b.like([o, i], 'int32')], { op }))[0]!]).toEqual(want);
      expect([...(await b.run('argReduce', [b.ints(data, [o, m, i])], [b.like([o, i], 'int32')], { op }))[0]!]).toEqual(want);
    }
  });

  it('takes the first NaN for the extreme', async () => {
    for (const op of ['max', 'min']) {
      const [y] = await b.run('argReduce', [b.floats([1, NaN, 5, NaN, -5], [1, 5, 1])], [b.like([1, 1], 'int32')], { op });
      expect([...y!]).toEqual([1]);
    }
  });
});
