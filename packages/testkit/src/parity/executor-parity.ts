/** Runs every kernel of the table on an executor and on the reference, and compares. */
import { checkNumber, checkOptions, type Executor } from '@parsimony/core';
import { refuse } from '../assertion';
import type { Check } from '../check';
import { difference } from '../closeness';
import type { KernelCase } from './case';
import { chosenCases, type CaseOptions, outcomes, SMALLEST_NORMAL } from './outcomes';

export interface ParityOptions extends CaseOptions {
  /** Multiplies the tolerance stated for each kernel, for hardware with coarser functions. Default 1. */
  readonly tolerance?: number;
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
  const { tolerance = 1, ...which } = options;
  checkNumber('executorParity', 'tolerance', tolerance, { min: 0, minExclusive: true });
  return [...chosenCases('executorParity', which)].map(([name, cases]) => ({
    name,
    run: async () => {
      if (cases.length === 0) refuse(`executorParity: kernel '${name}' has no case.`);
      await executor.ready();
      const problems: string[] = [];
      for (const item of cases) problems.push(...await problemsOf(executor, item, tolerance));
      if (problems.length > 0) {
        const shown = problems.slice(0, 5).join('\n');
        refuse(`kernel '${name}' on '${executor.name}': ${problems.length} comparisons of ${cases.length} cases fail:\n${shown}${problems.length > 5 ? '\n...' : ''}`);
      }
    },
  }));
}

/** What is wrong with one case; empty where nothing is. */
async function problemsOf(executor: Executor, item: KernelCase, tolerance: number): Promise<string[]> {
  return (await outcomes(executor, item)).flatMap((outcome) => {
    if ('error' in outcome) return [`${item.label}${outcome.how}: ${outcome.error}`];
    const { how, output, actual, expected, shape, dtype } = outcome;
    const closeness = dtype === 'float32' ? { rtol: item.rtol * tolerance, atol: SMALLEST_NORMAL } : { rtol: 0 };
    const problem = difference(actual, expected, { ...closeness, shape });
    return problem === undefined ? [] : [`${item.label}${how}, output ${output}: ${problem}`];
  });
}
