export { kernelNames } from './cases';
export { executorParity, type ParityOptions } from './executor-parity';
