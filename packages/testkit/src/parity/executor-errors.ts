/** How far an executor is from the reference, as numbers for a table. */
import type { Executor } from '@parsimony/core';
import { worstError } from '../closeness';
import { type CaseOptions, chosenCases, outcomes, SMALLEST_NORMAL } from './outcomes';

export interface KernelError {
  readonly kernel: string;
  /** The largest |a - b| / (|b| + rms b) over all cases. 0 where every output is equal, Infinity where a case throws or one side alone is finite. */
  readonly worst: number;
  /** What is special about the case that has it; absent where `worst` is 0. */
  readonly label?: string;
}

/**
 * The worst error of each kernel over the cases of `executorParity`, in the order of the table. The same comparisons, without a
 * tolerance: `executorParity` says whether an executor passes, this how far it is from the float64 reference.
 *
 * @example
 * ```ts
 * import { executorErrors, referenceExecutor } from '@parsimony/testkit';
 * const [relu] = await executorErrors(referenceExecutor(), { kernels: ['relu'] });
 * relu; // => { kernel: 'relu', worst: 0 }
 * ```
 */
export async function executorErrors(executor: Executor, options: CaseOptions = {}): Promise<KernelError[]> {
  const found: KernelError[] = [];
  const table = chosenCases('executorErrors', options);
  await executor.ready();
  for (const [kernel, cases] of table) {
    let worst: KernelError = { kernel, worst: 0 };
    for (const item of cases) {
      for (const outcome of await outcomes(executor, item)) {
        const error = 'error' in outcome ? Infinity : worstError(outcome.actual, outcome.expected, outcome.dtype === 'float32' ? { atol: SMALLEST_NORMAL } : {});
        if (error > worst.worst) worst = { kernel, worst: error, label: item.label };
      }
    }
    found.push(worst);
  }
  return found;
}
