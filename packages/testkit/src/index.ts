export * from './reference';
export { runKernel, type HostTensor, type KernelRun, type RunKernelOptions } from './run-kernel';
