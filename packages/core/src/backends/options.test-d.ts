/** Types of `useBackend`'s options, by the backend's name. Checked by tsc; nothing here runs. */
import { type Executor, useBackend, type WasmOptions } from '@parsimony/core';
import { type AutoOptions, type GpuOptions, gpuExecutor } from '@parsimony/core/gpu';

declare const name: string;
declare const executor: Executor;
declare const gpu: GpuOptions;
declare const auto: AutoOptions;
declare const wasm: WasmOptions;

await useBackend('gpu', gpu);
await useBackend('gpu', { mode: 'webgpu', onCompile: ({ kernel, count }) => { kernel.trim(); count.toFixed(); } });
await useBackend('auto', auto);
await useBackend('wasm', wasm);
await useBackend(gpuExecutor(gpu));
await useBackend(executor);
await useBackend(name, { anything: 1 });

// @ts-expect-error -- no such mode
await useBackend('gpu', { mode: 'metal' });
// @ts-expect-error -- no such option
await useBackend('auto', { mode: 'webgpu' });
// @ts-expect-error -- a number
await useBackend('wasm', { threads: '2' });
