export { WasmExecutor } from './executor';
export type { WasmOptions } from './options';
