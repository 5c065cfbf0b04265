/**
 * The gpu executor, loaded only when asked for: `import '@parsimony/core/gpu'` makes `useBackend('gpu', { mode })` known, and
 * `useBackend('auto')`, which takes WebGPU or WebGL2 where graphics hardware answers, and wasm otherwise.
 * It carries gpu.js (MIT, The gpu.js Team) in its browser build; core alone does not.
 */
/*!
 * @license
 * This file contains gpu.js (Copyright (c) gpu.js Team), acorn (Copyright (C) 2012-2022 by various contributors) and gpu-mock.js
 * (Copyright (c) 2017), all under the MIT License: https://opensource.org/license/mit. The full texts are in THIRD-PARTY-LICENSES.txt of
 * the package @parsimony/core.
 */
import { registerBackend } from '@parsimony/core';
import { chooseBackend, gpuExecutor } from './backends/gpu/options';

registerBackend('gpu', gpuExecutor);
registerBackend('auto', chooseBackend);

export type { GpuMode } from './backends/gpu/device';
export type { CompileEvent } from './backends/gpu/events';
export { type AutoOptions, gpuExecutor, type GpuOptions } from './backends/gpu/options';
