/** The worst error of each kernel in a mode, here or in a page. */
import { WasmExecutor } from '../../../packages/core/src/backends/wasm';
import { type GpuMode, gpuExecutor } from '@parsimony/core/gpu';
import { executorErrors, type KernelError } from '@parsimony/testkit';

export async function measure(mode: GpuMode | 'wasm'): Promise<readonly KernelError[]> {
  const executor = mode === 'wasm' ? new WasmExecutor({}) : gpuExecutor({ mode, strict: true });
  try {
    return await executorErrors(executor, { nonFinite: false, wideIntegers: false });
  } finally {
    await executor.dispose();
  }
}

Object.assign(globalThis, { measure });
