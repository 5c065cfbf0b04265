/** What an executor makes of the cases, beside what the reference makes of them. */
import { checkBoolean, checkOptions, type DType, elementwiseRow, type Executor } from '@parsimony/core';
import { refuse } from '../assertion';
import { referenceExecutor } from '../reference';
import { runKernel, type RunKernelOptions } from '../run-kernel';
import type { KernelCase } from './case';
import { kernelCases } from './cases';

/** Which cases run. */
export interface CaseOptions {
  /** Whether cases with NaN and infinities run; compilers of shaders may assume there are none. Default true. */
  readonly nonFinite?: boolean;
  /** Whether cases with int32 values past 2^24 run; devices that compute in float32 alone cannot hold them. Default true. */
  readonly wideIntegers?: boolean;
  /** Only these kernels. Default all. */
  readonly kernels?: readonly string[];
}

/** The cases of each kernel that these options leave. */
export function chosenCases(owner: string, options: CaseOptions): ReadonlyMap<string, readonly KernelCase[]> {
  checkOptions(owner, options, ['nonFinite', 'wideIntegers', 'kernels']);
  const { nonFinite = true, wideIntegers = true, kernels } = options;
  checkBoolean(owner, 'nonFinite', nonFinite);
  checkBoolean(owner, 'wideIntegers', wideIntegers);
  const table = kernelCases();
  for (const name of kernels ?? []) if (!table.has(name)) refuse(`${owner}: no kernel is named '${name}'.`);
  return new Map([...table].filter(([name]) => kernels?.includes(name) ?? true)
    .map(([name, cases]) => [name, cases.filter((item) => (nonFinite || !item.nonFinite) && (wideIntegers || !isWide(item)))]));
}

/** Whether a case has whole numbers that float32 cannot hold. */
const isWide = ({ inputs }: KernelCase): boolean => inputs.some((x) => x.dtype === 'int32' && Array.from(x.data).some((v) => Math.abs(v) > 2 ** 24));

/** Numbers below it may count as 0 on an executor. */
export const SMALLEST_NORMAL = 2 ** -126;

export type Outcome =
  | { readonly how: string; readonly error: string }
  | { readonly how: string; readonly output: number; readonly actual: ArrayLike<number>; readonly expected: ArrayLike<number>; readonly shape: readonly number[]; readonly dtype: DType };

/** Every output of a case, for every way to lay out its tensors. */
export async function outcomes(executor: Executor, item: KernelCase): Promise<Outcome[]> {
  const results = await runKernel(referenceExecutor(), item);
  const found: Outcome[] = [];
  for (const [how, options] of placements(executor, item)) {
    try {
      const actual = await runKernel(executor, item, options);
      results.forEach((result, output) => {
        const { shape, dtype = 'float32' } = item.outputs[output] ?? { shape: [] };
        // What float32 cannot hold is infinite there.
        found.push({ how, output, actual: actual[output] ?? [], expected: dtype === 'float32' ? Float32Array.from(result) : result, shape, dtype });
      });
    } catch (error) {
      found.push({ how, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return found;
}

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
