/**
 * The gpu executor, loaded only when asked for: `import '@parsimony/core/gpu'` makes `useBackend('gpu', { mode })` known.
 * It carries gpu.js (MIT, The gpu.js Team) in its browser build; core alone does not.
 */
import { registerBackend } from '@parsimony/core';
import { gpuExecutor } from './backends/gpu/options';

registerBackend('gpu', gpuExecutor);

export type { GpuMode } from './backends/gpu/device';
export { gpuExecutor, type GpuOptions } from './backends/gpu/options';
