/** Every case of every kernel in the table. */
import { elementwiseRows, structuredKernels } from '@parsimony/core';
import type { KernelCase } from './case';
import { convCases } from './conv-cases';
import { elementwiseCases } from './elementwise-cases';
import { indexingCases } from './indexing-cases';
import { matmulCases } from './matmul-cases';
import { movementCases } from './movement-cases';
import { poolCases } from './pool-cases';
import { reduceCases } from './reduce-cases';
import { rowCases } from './row-cases';

/**
 * The names of all kernels that an executor must run.
 *
 * @example
 * ```ts
 * import { kernelNames } from '@parsimony/testkit';
 * kernelNames.includes('matmul'); // => true
 * ```
 */
export const kernelNames: readonly string[] = [...elementwiseRows.map((row) => row.name), ...structuredKernels];

/** Cases by kernel, an empty list where one has none. */
export function kernelCases(): ReadonlyMap<string, readonly KernelCase[]> {
  const byKernel = new Map<string, KernelCase[]>(kernelNames.map((name) => [name, []]));
  const all = [
    ...elementwiseCases(), ...movementCases(), ...indexingCases(), ...reduceCases(), ...matmulCases(), ...convCases(), ...poolCases(), ...rowCases(),
  ];
  for (const item of all) byKernel.get(item.kernel)?.push(item);
  return byKernel;
}
