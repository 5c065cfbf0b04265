export { WasmExecutor } from './executor';
export type { WasmOptions } from './options';
export { workerSource as wasmWorkerSource } from './worker-source';
