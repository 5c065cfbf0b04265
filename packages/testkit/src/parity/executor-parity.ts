/** Runs every kernel of the table on an executor and on the reference, and compares. */
import { checkBoolean, checkNumber, checkOptions, elementwiseRow, type Executor } from '@parsimony/core';
import { refuse } from '../assertion';
import type { Check } from '../check';
import { difference } from '../closeness';
import { referenceExecutor } from '../reference';
import { runKernel, type RunKernelOptions } from '../run-kernel';
import type { KernelCase } from './case';
import { kernelCases } from './cases';

export interface ParityOptions {
  /** Multiplies the tolerance stated for each kernel, for hardware with coarser functions. Default 1. */
  readonly tolerance?: number;
  /** Whether cases with NaN and infinities run; compilers of shaders may assume there are none. Default true. */
  readonly nonFinite?: boolean;
  /** Whether cases with int32 values past 2^24 run; devices that compute in float32 alone cannot hold them. Default true. */
  readonly wideIntegers?: boolean;
  /** Only these kernels. Default all. */
  readonly kernels?: readonly string[];
}

/**
 * One check a kernel: each of its cases runs on `executor` and on the float64 reference from the same float32 numbers, with
 * tensors at the start of their storages, at an odd offset in them, and elementwise ones in place where the executor can. The
 * tolerance is stated with the cases: copies, decisions and int32 are equal; float32 keeps 1e-6 (|b| + rms b) where there are a
 * few roundings, 1e-5 where there are sums. Numbers below float32's smallest normal one may count as 0.
 *
 * @example
 * ```ts
 * import { executorParity, referenceExecutor } from '@parsimony/testkit';
 * // In a test file: for (const { name, run } of executorParity(executor)) test(name, run);
 * const checks = executorParity(referenceExecutor(), { kernels: ['add', 'matmul'] });
 * for (const { run } of checks) await run();
 * checks.map((check) => check.name); // => ['add', 'matmul']
 * ```
 */
export function executorParity(executor: Executor, options: ParityOptions = {}): Check[] {
  checkOptions('executorParity', options, ['tolerance', 'nonFinite', 'wideIntegers', 'kernels']);
  const { tolerance = 1, nonFinite = true, wideIntegers = true, kernels } = options;
  checkNumber('executorParity', 'tolerance', tolerance, { min: 0, minExclusive: true });
  checkBoolean('executorParity', 'nonFinite', nonFinite);
  checkBoolean('executorParity', 'wideIntegers', wideIntegers);
  const table = kernelCases();
  for (const name of kernels ?? []) if (!table.has(name)) refuse(`executorParity: no kernel is named '${name}'.`);
  return [...table].filter(([name]) => kernels?.includes(name) ?? true).map(([name, cases]) => ({
    name,
    run: async () => {
      if (cases.length === 0) refuse(`executorParity: kernel '${name}' has no case.`);
      await executor.ready();
      const problems: string[] = [];
      for (const item of cases) if ((nonFinite || !item.nonFinite) && (wideIntegers || !isWide(item))) problems.push(...await compare(executor, item, tolerance));
      if (problems.length > 0) {
        const shown = problems.slice(0, 5).join('\n');
        refuse(`kernel '${name}' on '${executor.name}': ${problems.length} comparisons of ${cases.length} cases fail:\n${shown}${problems.length > 5 ? '\n...' : ''}`);
      }
    },
  }));
}

/** Whether a case has whole numbers that float32 cannot hold. */
const isWide = ({ inputs }: KernelCase): boolean => inputs.some((x) => x.dtype === 'int32' && Array.from(x.data).some((v) => Math.abs(v) > 2 ** 24));

/** What is wrong with one case; empty where nothing is. */
async function compare(executor: Executor, item: KernelCase, tolerance: number): Promise<string[]> {
  const expected = await runKernel(referenceExecutor(), item);
  const problems: string[] = [];
  for (const [how, options] of placements(executor, item)) {
    let actual;
    try {
      actual = await runKernel(executor, item, options);
    } catch (error) {
      problems.push(`${item.label}${how}: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    expected.forEach((b, i) => {
      const { shape, dtype = 'float32' } = item.outputs[i] ?? { shape: [] };
      const closeness = dtype === 'float32' ? { rtol: item.rtol * tolerance, atol: SMALLEST_NORMAL } : { rtol: 0 };
      // What float32 cannot hold is infinite there.
      const problem = difference(actual[i] ?? [], dtype === 'float32' ? Float32Array.from(b) : b, { ...closeness, shape });
      if (problem !== undefined) problems.push(`${item.label}${how}, output ${i}: ${problem}`);
    });
  }
  return problems;
}

const SMALLEST_NORMAL = 2 ** -126;

/** Ways to lay out the tensors of a case. */
function placements(executor: Executor, item: KernelCase): (readonly [string, RunKernelOptions])[] {
  const ways: (readonly [string, RunKernelOptions])[] = [['', {}], [' at offset 3', { offset: 3 }]];
  const row = elementwiseRow(item.kernel);
  if (!row || !executor.inPlace) return ways;
  const targets = row.outputs.map(([name], i) => {
    const k = Math.max(row.inputs.indexOf(name), 0);
    const [x, y] = [item.inputs[k], item.outputs[i]];
    return x && y && x.shape.join() === y.shape.join() && (x.dtype ?? 'float32') === (y.dtype ?? 'float32') ? k : -1;
  });
  return targets.every((k) => k >= 0) ? [...ways, [' in place', { inPlace: targets }]] : ways;
}
