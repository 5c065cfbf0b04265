import { elementwiseRows, type ElementwiseRow, structuredKernels, type Attrs } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { type HostTensor, runKernel } from '../run-kernel';
import { referenceExecutor, referenceKernels } from './executor';
import { philoxReference } from './philox';
import { erf, pow, roundEven } from './special';

const executor = referenceExecutor();
const f = (data: readonly number[], shape: readonly number[] = [data.length]): HostTensor => ({ data, shape });
const int = (data: readonly number[], shape: readonly number[] = [data.length]): HostTensor => ({ data, shape, dtype: 'int32' });

/** The first output, as a plain array. */
async function run(kernel: string, inputs: HostTensor[], shape: readonly number[], attrs: Attrs = {}, scalars: readonly number[] = [], dtype: 'float32' | 'int32' | 'bool' = 'float32'): Promise<number[]> {
  const [y] = await runKernel(executor, { kernel, inputs, outputs: [{ shape, dtype }], attrs, scalars });
  return Array.from(y!);
}

describe('special functions', () => {
  // From the C library, which is correct to a unit in the last place.
  test.each([
    [-5.5, -0.9999999999999927], [-2, -0.9953222650189527], [-0.5, -0.5204998778130465], [0, 0], [1e-9, 1.1283791670955127e-9],
    [0.1, 0.1124629160182849], [1, 0.8427007929497149], [1.9999, 0.9953201979070294], [2, 0.9953222650189527],
    [2.0001, 0.9953243313041966], [3.3, 0.9999969422902035], [5.9, 0.9999999999999999], [7, 1], [Infinity, 1], [-Infinity, -1],
  ])('erf(%d)', (x, expected) => {
    expect(Math.abs(erf(x) - expected)).toBeLessThanOrEqual(4e-16 * Math.abs(expected));
  });

  test('erf of NaN is NaN', () => expect(erf(NaN)).toBeNaN());

  test('roundEven takes halves to the even neighbour', () => {
    expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 1e15 + 0.5].map(roundEven)).toEqual([-2, -2, -0, 0, 2, 2, 2, 1e15]);
  });

  test('pow follows C where JavaScript does not', () => {
    expect([pow(1, NaN), pow(1, Infinity), pow(-1, Infinity), pow(2, 10), pow(-8, 1 / 3)]).toEqual([1, 1, 1, 1024, NaN]);
  });
});

// kat_vectors of the Random123 distribution, philox4x32-10.
test.each([
  [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  [[-1, -1, -1, -1], [-1, -1], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
] as const)('philox of counter %j', (counter, key, expected) => expect(philoxReference(counter, key)).toEqual(expected));

describe('the table', () => {
  test('every structured kernel is there', () => expect(Object.keys(referenceKernels).sort()).toEqual([...structuredKernels].sort()));

  test.each(elementwiseRows.map((row): [string, ElementwiseRow] => [row.name, row]))('row %s evaluates', async (_, row) => {
    const bool = row.kind === 'logical';
    const inputs = row.inputs.map((name): HostTensor => ({ data: bool ? [1] : [0.5], shape: [1], dtype: bool || name === 'condition' ? 'bool' : 'float32' }));
    const outputs = row.outputs.map(() => ({ shape: [1] }));
    const results = await runKernel(executor, { kernel: row.name, inputs, outputs, scalars: row.scalars.map(() => 0.25) });
    expect(results.every((y) => Number.isFinite(y[0]))).toBe(true);
  });

  test('an unknown kernel is an error', async () => {
    await expect(run('nothing', [], [1])).rejects.toThrow("no kernel is named 'nothing'");
  });
});

describe('elementwise', () => {
  test('inputs broadcast', async () => {
    expect(await run('sub', [f([1, 2], [2, 1]), f([10, 20, 30], [3])], [2, 3])).toEqual([-9, -19, -29, -8, -18, -28]);
  });

  test('int32 wraps and its division truncates', async () => {
    expect(await run('add', [int([2147483647]), int([1])], [1], {}, [], 'int32')).toEqual([-2147483648]);
    expect(await run('mul', [int([123456789, -7]), int([987654321, 3])], [2], {}, [], 'int32')).toEqual([Math.imul(123456789, 987654321), -21]);
    expect(await run('div', [int([-7, 7]), int([2, -2])], [2], {}, [], 'int32')).toEqual([-3, -3]);
  });

  test('comparisons give 0 or 1; NaN is unequal to itself', async () => {
    expect(await run('notEqual', [f([1, NaN]), f([1, NaN])], [2], {}, [], 'bool')).toEqual([0, 1]);
  });

  test('max and min pass NaN on', async () => {
    expect(await run('maximum', [f([NaN, 1]), f([1, NaN])], [2])).toEqual([NaN, NaN]);
    expect(await run('relu', [f([NaN, -1, 2])], [3])).toEqual([NaN, 0, 2]);
  });

  test('an update may write over its inputs', async () => {
    const [p, m] = await runKernel(executor, {
      kernel: 'sgdMomentumStep', inputs: [f([1, 2]), f([0.5, 1]), f([1, 1]), f([1])], outputs: [{ shape: [2] }, { shape: [2] }],
      scalars: [0.1, 0, 0, 0.9, 0, 0, 0],
    }, { inPlace: [0, 2] });
    expect([...m!]).toEqual([1.4, 1.9]);
    expect([...p!]).toEqual([1 - 0.1 * 1.4, 2 - 0.1 * 1.9]);
  });
});

describe('movement', () => {
  test('strided permutes, slices, flips', async () => {
    expect(await run('strided', [f([1, 2, 3, 4, 5, 6], [2, 3])], [3, 2], { strides: [1, 3], offset: 0 })).toEqual([1, 4, 2, 5, 3, 6]);
    expect(await run('strided', [f([1, 2, 3])], [3], { strides: [-1], offset: 2 })).toEqual([3, 2, 1]);
  });
  test('stridedAdd sums what strided repeated', async () => {
    expect(await run('stridedAdd', [f([1, 2, 3, 4, 5, 6], [2, 3])], [3], { strides: [0, 1], offset: 0 })).toEqual([5, 7, 9]);
  });
  test('concat and pad', async () => {
    expect(await run('concat', [f([1, 2], [2, 1]), f([3, 4, 5, 6], [2, 2])], [2, 3], { axis: 1 })).toEqual([1, 3, 4, 2, 5, 6]);
    expect(await run('pad', [f([1, 2], [1, 2])], [2, 4], { before: [1, 1] }, [9])).toEqual([9, 9, 9, 9, 9, 1, 2, 9]);
  });
});

describe('indexing', () => {
  const x = f([1, 2, 3, 4, 5, 6], [1, 3, 2]);
  test('indexSelect and its adjoint', async () => {
    expect(await run('indexSelect', [x, int([2, 0, 2])], [1, 3, 2])).toEqual([5, 6, 1, 2, 5, 6]);
    expect(await run('indexAdd', [x, int([1, 0, 1])], [1, 2, 2])).toEqual([3, 4, 6, 8]);
  });
  test('gather and its adjoint', async () => {
    const index = int([2, 0, 1, 1], [1, 2, 2]);
    expect(await run('gather', [x, index], [1, 2, 2])).toEqual([5, 2, 3, 4]);
    expect(await run('scatterAdd', [f([1, 2, 3, 4], [1, 2, 2]), index], [1, 3, 2])).toEqual([0, 2, 3, 4, 1, 0]);
  });
  test('in scatter the last of equal indices wins', async () => {
    expect(await run('scatter', [x, int([1, 1, 1, 0], [1, 2, 2]), f([7, 8, 9, 10], [1, 2, 2])], [1, 3, 2])).toEqual([1, 10, 9, 8, 5, 6]);
  });
  test.each([-1, 3, NaN])('index %d is out of range', async (bad) => {
    await expect(run('indexSelect', [x, { data: [bad], shape: [1] }], [1, 1, 2])).rejects.toThrow('indices must be in [0, 3)');
  });
});

describe('reductions', () => {
  test('over the middle axis, NaN shown by max', async () => {
    const x = f([1, NaN, 3, 4, 5, 6], [1, 3, 2]);
    expect(await run('reduce', [x], [1, 2], { op: 'sum' })).toEqual([9, NaN]);
    expect(await run('reduce', [x], [1, 2], { op: 'max' })).toEqual([5, NaN]);
    expect(await run('argReduce', [x], [1, 2], { op: 'min' }, [], 'int32')).toEqual([0, 0]);
  });
  test('of nothing', async () => {
    expect(await run('reduce', [f([], [2, 0, 1])], [2, 1], { op: 'sum' })).toEqual([0, 0]);
    expect(await run('reduce', [f([], [2, 0, 1])], [2, 1], { op: 'prod' })).toEqual([1, 1]);
  });
  test('argReduce takes the first of equals', async () => {
    expect(await run('argReduce', [f([1, 3, 3], [1, 3, 1])], [1, 1], { op: 'max' }, [], 'int32')).toEqual([1]);
  });
  test('cumsum from both ends', async () => {
    expect(await run('cumsum', [f([1, 2, 3], [1, 3, 1])], [1, 3, 1], { reverse: false })).toEqual([1, 3, 6]);
    expect(await run('cumsum', [f([1, 2, 3], [1, 3, 1])], [1, 3, 1], { reverse: true })).toEqual([6, 5, 3]);
  });
});

describe('products', () => {
  const a = f([1, 2, 3, 4, 5, 6], [2, 3]);
  const at = f([1, 4, 2, 5, 3, 6], [3, 2]);
  test.each([[false, false], [false, true], [true, false], [true, true]])('matmul, transposed %s %s', async (transposeA, transposeB) => {
    expect(await run('matmul', [transposeA ? at : a, transposeB ? a : at], [2, 2], { transposeA, transposeB })).toEqual([14, 32, 32, 77]);
  });
  test('batch axes broadcast', async () => {
    expect(await run('matmul', [f([1, 2, 3, 4], [2, 1, 2]), f([5, 6], [2, 1])], [2, 1, 1], { transposeA: false, transposeB: false })).toEqual([17, 39]);
  });
  test('linear with and without bias', async () => {
    expect(await run('linear', [f([1, 2], [1, 2]), f([1, 1, 2, 0], [2, 2]), f([10, 20])], [1, 2])).toEqual([13, 22]);
    expect(await run('linear', [f([1, 2], [1, 2]), f([1, 1, 2, 0], [2, 2])], [1, 2])).toEqual([3, 2]);
  });
});

describe('convolution', () => {
  const attrs = { stride: [1, 2, 1], padding: [0, 1, 1], dilation: [1, 1, 2], groups: 2 };
  const wave = (n: number, seed: number) => Array.from({ length: n }, (_, i) => Math.sin(seed + 1.7 * i));
  const [x, w] = [f(wave(2 * 4 * 5 * 6, 1), [2, 4, 1, 5, 6]), f(wave(6 * 2 * 3 * 3, 2), [6, 2, 1, 3, 3])];
  const y = [2, 6, 1, 3, 4];
  const dy = f(wave(144, 3), y);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0);

  test('a hand-computed one', async () => {
    const one = { stride: [1, 1, 1], padding: [0, 0, 1], dilation: [1, 1, 1], groups: 1 };
    expect(await run('conv', [f([1, 2, 3], [1, 1, 1, 1, 3]), f([1, 10], [1, 1, 1, 1, 2])], [1, 1, 1, 1, 4], one)).toEqual([10, 21, 32, 3]);
  });

  test('both gradients are adjoints', async () => {
    const forward = dot(await run('conv', [x, w], y, attrs), dy.data);
    expect(dot(await run('convInputGrad', [dy, w], x.shape, attrs), x.data)).toBeCloseTo(forward, 10);
    expect(dot(await run('convWeightGrad', [x, dy], w.shape, attrs), w.data)).toBeCloseTo(forward, 10);
  });
});

describe('pooling', () => {
  const x = f([1, 2, 3, 4, 5], [1, 1, 1, 1, 5]);
  const pool = { kernel: [1, 1, 2], stride: [1, 1, 2], padding: [0, 0, 1], dilation: [1, 1, 1] };
  test('maximum with its index; NaN counts as one', async () => {
    const outputs = [{ shape: [1, 1, 1, 1, 3] }, { shape: [1, 1, 1, 1, 3], dtype: 'int32' as const }];
    const [y, index] = await runKernel(executor, { kernel: 'maxPool', inputs: [f([1, NaN, 3, 4, 5], [1, 1, 1, 1, 5])], outputs, attrs: pool });
    expect([...y!]).toEqual([1, NaN, 5]);
    expect([...index!]).toEqual([0, 1, 4]);
  });
  test('average with padding counted or not, or a divisor', async () => {
    const average = (countIncludePad: boolean, divisor: number) => run('avgPool', [x], [1, 1, 1, 1, 3], { kernel: [1, 1, 2], stride: [1, 1, 2], padding: [0, 0, 1], countIncludePad, divisor });
    expect(await average(true, 0)).toEqual([0.5, 2.5, 4.5]);
    expect(await average(false, 0)).toEqual([1, 2.5, 4.5]);
    expect(await average(false, 4)).toEqual([0.25, 1.25, 2.25]);
  });
  test('adaptive windows overlap where sizes do not divide', async () => {
    expect(await run('adaptiveAvgPool', [x], [1, 1, 1, 1, 3], {})).toEqual([1.5, 3, 4.5]);
    expect(await run('adaptiveAvgPoolGrad', [f([1, 1, 1], [1, 1, 1, 1, 3])], [1, 1, 1, 1, 5], {})).toEqual([0.5, 0.5 + 1 / 3, 1 / 3, 1 / 3 + 0.5, 0.5].map((v) => expect.closeTo(v, 14)));
  });
});

describe('softmax', () => {
  test('large values do not overflow', async () => {
    expect(await run('softmax', [f([1000, 1000], [1, 2])], [1, 2])).toEqual([0.5, 0.5]);
    expect(await run('logSoftmax', [f([1000, 0], [1, 2])], [1, 2])).toEqual([0, -1000]);
  });
});

describe('norms', () => {
  test('layerNorm gives mean 0 and variance 1', async () => {
    const [y, mean, rstd] = await runKernel(executor, { kernel: 'layerNorm', inputs: [f([1, 3, 5, 9], [2, 2])], outputs: [{ shape: [2, 2] }, { shape: [2] }, { shape: [2] }], scalars: [0] });
    expect([[...y!], [...mean!], [...rstd!]]).toEqual([[-1, 1, -1, 1], [2, 7], [1, 0.5]]);
  });
  test('batchNorm normalizes channels, with weight and bias', async () => {
    const [y, mean, variance] = await runKernel(executor, { kernel: 'batchNorm', inputs: [f([1, 5, 3, 9], [2, 2, 1]), f([1, 2]), f([0, 10])], outputs: [{ shape: [2, 2, 1] }, { shape: [2] }, { shape: [2] }], scalars: [0] });
    expect([[...y!], [...mean!], [...variance!]]).toEqual([[-1, 8, 1, 12], [2, 7], [1, 4]]);
  });
});

describe('dropout', () => {
  test('decides on the low, then the high half of each word', async () => {
    // The first block of the published vector with counter and key 0.
    const halves = [0xe8d5, 0x6627, 0xc58d, 0xe169, 0xac4c, 0xbc57, 0xdbd8, 0x9b00];
    for (const threshold of [0, 0x9b00, 0x9b01, 0xe8d5, 0x10000]) {
      expect(await run('dropout', [f(Array(8).fill(1))], [8], {}, [threshold, 2, 0, 0, 0, 0, 0])).toEqual(halves.map((h) => (h >= threshold ? 2 : 0)));
    }
  });
});

test('totals', async () => {
  expect(await run('allFinite', [f([1, 2]), f([3])], [])).toEqual([1]);
  expect(await run('allFinite', [f([1, 2]), f([Infinity])], [])).toEqual([0]);
  expect(await run('sumSquares', [f([1, 2]), f([3])], [])).toEqual([14]);
});

describe('what it refuses', () => {
  test('use of freed memory, leaving a storage, overlap', async () => {
    const ref = (handle: object, offset: number, size: number) => ({ handle, offset, shape: [size], size, dtype: 'float32' as const });
    const handle = executor.allocate(4) as object;
    expect(() => executor.write(ref(handle, 2, 3), [1, 2, 3])).toThrow('leaves its storage');
    const command = { kernel: 'cumsum', inputs: [{ ...ref(handle, 0, 3), shape: [1, 3, 1] }], outputs: [{ ...ref(handle, 1, 3), shape: [1, 3, 1] }], attrs: { reverse: false }, scalars: [] };
    expect(() => executor.run(command)).toThrow('overlaps');
    executor.free(handle);
    await expect(executor.read(ref(handle, 0, 1))).rejects.toThrow('already freed');
    expect(() => executor.free(handle)).toThrow('already freed');
  });
  test('unwritten memory reads as NaN, and unknown options are errors', async () => {
    const fresh = referenceExecutor();
    const handle = fresh.allocate(1);
    expect([...await fresh.read({ handle, offset: 0, shape: [1], size: 1, dtype: 'float32' })]).toEqual([NaN]);
    expect(fresh.bytes()).toBe(8);
    await fresh.dispose();
    expect(fresh.bytes()).toBe(0);
    expect(() => referenceExecutor({ threads: 2 } as never)).toThrow('unknown option `threads`');
  });
});
