import { type Command, elementwiseRows } from '@parsimony/core';
import { describe, expect, test } from 'vitest';
import { referenceExecutor } from '../reference';
import { runKernel } from '../run-kernel';
import { kernelCases, kernelNames } from './cases';
import { executorErrors } from './executor-errors';
import { executorParity } from './executor-parity';

test('every kernel has cases, and every case a kernel', () => {
  const table = kernelCases();
  expect([...table].filter(([, cases]) => cases.length < 3).map(([name]) => name)).toEqual([]);
  expect([...table.keys()]).toEqual(kernelNames);
});

test('every case is well formed: the reference writes all of each output', async () => {
  for (const cases of kernelCases().values()) for (const item of cases) {
    const outputs = await runKernel(referenceExecutor(), item);
    const undefinedValues = outputs.some((y) => y.some(Number.isNaN));
    // Unwritten memory is NaN; NaN may come from NaN, infinities or a domain's edge only.
    const mayBeNaN = item.nonFinite === true || item.label === 'edges';
    expect(undefinedValues && !mayBeNaN, `${item.kernel}: ${item.label}`).toBe(false);
  }
});

test('sums, products and the rest reach past a thousand, zero and one element', () => {
  const table = kernelCases();
  for (const { name } of elementwiseRows) {
    const sizes = table.get(name)!.map((item) => item.outputs[0]!.shape.reduce((a, b) => a * b, 1));
    expect(sizes, name).toEqual(expect.arrayContaining([0, 1, 1030]));
  }
});

describe('executorParity', () => {
  test('the reference agrees with itself', async () => {
    const kernels = ['sub', 'adamStep', 'softmax', 'maxPool', 'concat', 'gather'];
    for (const { run } of executorParity(referenceExecutor(), { kernels })) await run();
    expect(kernels).toHaveLength(6);
  });

  /** The reference with one thing broken. */
  function broken(change: (command: Command, run: (command: Command) => void) => void) {
    const executor = referenceExecutor();
    const run = executor.run.bind(executor);
    executor.run = (command) => change(command, run);
    return executor;
  }
  const parityOf = async (kernel: string, change: Parameters<typeof broken>[0]) => {
    for (const check of executorParity(broken(change), { kernels: [kernel] })) await check.run();
  };

  test('finds another function', async () => {
    await expect(parityOf('sigmoid', (command, run) => run({ ...command, kernel: 'tanh' }))).rejects.toThrow(/kernel 'sigmoid' on 'reference': \d+ comparisons of \d+ cases fail/);
  });
  test('finds wrong attributes and scalars', async () => {
    await expect(parityOf('conv', (command, run) => run({ ...command, attrs: { ...command.attrs, dilation: [1, 1, 1] } }))).rejects.toThrow('uneven dilation');
    await expect(parityOf('dropout', (command, run) => run({ ...command, scalars: command.scalars.map((s, i) => (i === 6 ? 0 : s)) }))).rejects.toThrow('[7] at offset 3, output 0: 3 of 7');
  });
  test('finds a forgotten offset', async () => {
    const change = (command: Command, run: (c: Command) => void) => run({ ...command, inputs: command.inputs.map((x) => ({ ...x, offset: 0 })) });
    await expect(parityOf('neg', change)).rejects.toThrow('at offset 3');
  });
  test('finds an error and an unknown kernel', async () => {
    await expect(parityOf('neg', () => { throw new Error('no such thing'); })).rejects.toThrow('no such thing');
    expect(() => executorParity(referenceExecutor(), { kernels: ['ad'] })).toThrow("no kernel is named 'ad'");
    expect(() => executorParity(referenceExecutor(), { rtol: 1 } as never)).toThrow('unknown option `rtol`');
  });
});

describe('executorErrors', () => {
  const off = (by: number) => {
    const executor = referenceExecutor();
    const read = executor.read.bind(executor);
    executor.read = async (ref) => {
      const data = await read(ref);
      return ref.dtype === 'float32' ? Float64Array.from(data, (v) => v * (1 + by)) : data;
    };
    return executor;
  };
  test('measures the worst error, and says where', async () => {
    const [sub, abs] = await executorErrors(off(0.01), { kernels: ['abs', 'sub'], nonFinite: false });
    expect([sub?.kernel, abs?.kernel], 'in the order of the table').toEqual(['sub', 'abs']);
    // |b| alone, and an rms that may be as large as |b|, or far less.
    for (const found of [sub, abs]) {
      expect(found?.worst).toBeGreaterThanOrEqual(0.005);
      expect(found?.worst).toBeLessThanOrEqual(0.01);
      expect(found?.label).toBeTruthy();
    }
  });
  test('a case that throws is infinitely far', async () => {
    const executor = referenceExecutor();
    executor.run = () => { throw new Error('no'); };
    expect((await executorErrors(executor, { kernels: ['neg'] }))[0]?.worst).toBe(Infinity);
    await expect(executorErrors(executor, { kernels: ['ad'] })).rejects.toThrow("executorErrors: no kernel is named 'ad'");
  });
});
