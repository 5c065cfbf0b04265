export { heapBase, scratchBytes, setScratch } from './abi';
export { badIndex } from './indexing';
export { fork, run, stop, work } from './threads';
