/** What a training runs on. */
import { checkBoolean, checkChoice, checkOptions, type Executor, fail, show, useBackend } from '@parsimony/core';
import type { GpuOptions } from '@parsimony/core/gpu';

const names = ['wasm', 'auto', 'gpu'] as const;
/** Those that run in Node. */
const modes = ['webgpu', 'headlessgl', 'webasm', 'cpu'] as const;

/** A backend by its name, or `gpu` with a mode of its own. */
export type BackendConfig = (typeof names)[number] | GpuConfig;
interface GpuConfig extends Pick<GpuOptions, 'wgsl'> { readonly name: 'gpu'; readonly mode?: (typeof modes)[number] }

export function checkBackend(where: string, value: unknown): BackendConfig {
  if (typeof value === 'string') return checkChoice(where, 'backend', value, names);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return fail('config', `${where}: \`backend\` must be one of '${names.join("', '")}', or an object such as { name: 'gpu', mode: 'webgpu' }, received ${show(value)}.`);
  }
  const { name, mode, wgsl } = value as Partial<GpuConfig>;
  checkChoice(where, 'backend.name', name, ['gpu']);
  checkOptions(`${where}: \`backend\``, value, ['name', 'mode', 'wgsl']);
  if (mode !== undefined) checkChoice(where, 'backend.mode', mode, modes);
  if (wgsl !== undefined) checkBoolean(where, 'backend.wgsl', wgsl);
  return value as GpuConfig;
}

/** Starts it. `threads` are wasm's, 0 for one a core; `onCompile` is called once, when gpu.js compiles its first kernel. */
export async function startBackend(backend: BackendConfig, threads: number, onCompile: () => void): Promise<Executor> {
  const wasm = threads === 0 ? {} : { threads };
  if (backend === 'wasm') return useBackend('wasm', wasm);
  await import('@parsimony/core/gpu');
  const compiling = { onCompile: ({ count }: { readonly count: number }) => { if (count === 1) onCompile(); } };
  if (backend === 'auto') return useBackend('auto', { wasm, ...compiling });
  const { name, ...options } = typeof backend === 'string' ? { name: backend } : backend;
  return useBackend(name, { ...options, ...compiling });
}
