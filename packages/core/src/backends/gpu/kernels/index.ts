import type { StructuredKernel } from '../../../kernels/structured';
import { fill } from './fill';
import type { GpuKernel } from './kernel';
import { matmul } from './matmul';
import { reduce } from './reduce';

export { elementwise } from './elementwise';
export type { GpuKernel } from './kernel';

/** The kernels that are not elementwise. */
export const structured: ReadonlyMap<string, GpuKernel> = new Map<StructuredKernel, GpuKernel>([
  ['fill', fill],
  ['matmul', matmul],
  ['reduce', reduce],
]);
