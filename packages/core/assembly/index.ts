export { heapBase, scratchBytes, setScratch } from './abi';
export { fork, run, stop, work } from './threads';
