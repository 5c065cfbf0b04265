/** Mode webgl2's GLSL of its own beside gpu.js's kernels of the same: which runs, and that both give the same numbers, on sizes that leave rests. */
import { gpuExecutor } from '@parsimony/core/gpu';
import { difference, executorParity, type KernelRun, runKernel, sample } from '@parsimony/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GpuExecutor } from './executor';

const compiled = new Map<boolean, Set<string>>([[true, new Set()], [false, new Set()]]);
const [own, plain] = [true, false].map((glsl) => gpuExecutor({ mode: 'webgl2', strict: true, glsl, onCompile: ({ kernel }) => { compiled.get(glsl)?.add(kernel); } })) as [GpuExecutor, GpuExecutor];
beforeAll(() => Promise.all([own.ready(), plain.ready()]));
afterAll(() => Promise.all([own.dispose(), plain.dispose()]));

const tensor = (shape: readonly number[], seed: number) => ({ shape, data: sample(shape.reduce((a, b) => a * b, 1), { seed, low: -2, high: 2 }) });

/** Where they differ: at offset 0 and behind another texel, where GLSL runs, and at an offset where it does not. */
async function differences(...runs: readonly KernelRun[]): Promise<string[]> {
  const found: string[] = [];
  for (const run of runs) {
    const [expected] = await runKernel(plain, run);
    for (const offset of [0, 4, 5]) {
      const [actual] = await runKernel(own, run, { offset });
      const problem = difference(actual ?? [], expected ?? [], { rtol: 1e-5, shape: run.outputs[0]?.shape ?? [] });
      if (problem !== undefined) found.push(`${run.kernel}, inputs [${run.inputs.map(({ shape }) => shape.join(', ')).join('], [')}], offset ${offset}: ${problem}`);
    }
  }
  return found;
}

/** m, n, k: around whole texels, and past the size from which a factor is transposed first. */
const sizes = [[1, 4, 1], [3, 4, 5], [5, 8, 4], [4, 7, 8], [6, 12, 7], [7, 5, 3], [2, 1, 9], [9, 20, 33], [65, 68, 130], [66, 130, 67]] as const;

describe('products', () => {
  test.each(sizes)('%i x %i, sums of %i', async (m, n, k) => {
    const products = [false, true].flatMap((transposeA) => [false, true].flatMap((transposeB): KernelRun[] => {
      const [a, b, attrs] = [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n], { transposeA, transposeB }];
      return [
        { kernel: 'matmul', inputs: [tensor(a, 1), tensor(b, 2)], outputs: [{ shape: [m, n] }], attrs },
        { kernel: 'matmul', inputs: [tensor([2, 1, ...a], 1), tensor([3, ...b], 2)], outputs: [{ shape: [2, 3, m, n] }], attrs },
      ];
    }));
    const [x, weight] = [tensor([m, k], 1), tensor([n, k], 2)];
    const linear = [[x, weight], [x, weight, tensor([n], 3)]].map((inputs): KernelRun => ({ kernel: 'linear', inputs, outputs: [{ shape: [m, n] }] }));
    expect(await differences(...products, ...linear)).toEqual([]);
  });

  test('NaN in a row stays in it, though texels reach into the next', async () => {
    for (const [m, n, k] of [[3, 4, 5], [3, 7, 6], [3, 8, 3]] as const) {
      const a = tensor([m, k], 1);
      a.data.fill(Number.NaN, k, 2 * k);
      for (const run of [
        { kernel: 'matmul', inputs: [a, tensor([k, n], 2)], outputs: [{ shape: [m, n] }], attrs: { transposeA: false, transposeB: false } },
        { kernel: 'linear', inputs: [a, tensor([n, k], 2)], outputs: [{ shape: [m, n] }] },
      ]) {
        const [y] = await runKernel(own, run);
        expect(Array.from(y ?? [], (v, i) => Number.isNaN(v) === (Math.floor(i / n) === 1)).every(Boolean)).toBe(true);
      }
    }
  });
});

/** Channels in and out of a group, groups, image, kernel, stride, padding, dilation. */
const convolutions = [
  [1, 4, 1, [1, 7, 9], [1, 3, 3], [1, 1, 1], [0, 1, 1], [1, 1, 1]],
  [2, 6, 2, [1, 8, 8], [1, 3, 3], [1, 2, 2], [0, 1, 1], [1, 1, 1]],
  [4, 4, 1, [1, 5, 5], [1, 1, 1], [1, 1, 1], [0, 0, 0], [1, 1, 1]],
  [5, 7, 1, [1, 9, 6], [1, 3, 2], [1, 3, 2], [0, 2, 1], [1, 1, 1]],
  [8, 9, 1, [1, 11, 7], [1, 2, 3], [1, 2, 1], [0, 2, 3], [1, 2, 3]],
  [3, 5, 3, [1, 1, 19], [1, 1, 5], [1, 1, 2], [0, 0, 2], [1, 1, 2]],
  [6, 4, 2, [4, 5, 6], [2, 3, 2], [2, 1, 3], [1, 1, 0], [1, 2, 1]],
] as const;

describe('convolutions', () => {
  test.each(convolutions)('%i to %i channels, %i groups, of %j by %j', async (channels, outputs, groups, image, kernel, stride, padding, dilation) => {
    const out = image.map((n, axis) => Math.floor((n + 2 * padding[axis]! - dilation[axis]! * (kernel[axis]! - 1) - 1) / stride[axis]!) + 1);
    const [x, weight, y] = [[3, channels * groups, ...image], [outputs * groups, channels, ...kernel], [3, outputs * groups, ...out]];
    const attrs = { stride, padding, dilation, groups };
    expect(await differences(
      { kernel: 'conv', inputs: [tensor(x, 1), tensor(weight, 2)], outputs: [{ shape: y }], attrs },
      { kernel: 'convInputGrad', inputs: [tensor(y, 1), tensor(weight, 2)], outputs: [{ shape: x }], attrs },
      { kernel: 'convWeightGrad', inputs: [tensor(x, 1), tensor(y, 2)], outputs: [{ shape: weight }], attrs },
    )).toEqual([]);
  });
});

describe('gpu.js\'s kernels, beside the reference', () => {
  const kernels = ['matmul', 'linear', 'conv', 'convInputGrad', 'convWeightGrad', 'add', 'adamStep', 'where'];
  for (const { name, run } of executorParity(plain, { nonFinite: false, wideIntegers: false, kernels })) test(name, () => run());
});

test('the layouts of GLSL were made where it runs, and there alone', () => {
  const layouts = ['transposed', 'channelsTogether', 'weightsTogether', 'channelsApart'];
  expect(layouts.map((name) => [true, false].map((glsl) => compiled.get(glsl)?.has(name)))).toEqual(layouts.map(() => [true, false]));
});

test('leaves no memory in use', () => expect([own.bytes(), plain.bytes()]).toEqual([0, 0]));
