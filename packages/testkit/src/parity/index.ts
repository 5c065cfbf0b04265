export { kernelNames } from './cases';
export { executorErrors, type KernelError } from './executor-errors';
export { executorParity, type ParityOptions } from './executor-parity';
export type { CaseOptions } from './outcomes';
