/** Which executor new tensors are made on. Executors are registered by name and made when first asked for. */
import { fail } from '../errors';
import type { BackendInfo, Executor } from './executor';
import { WasmExecutor } from './wasm';

const factories = new Map<string, (options: Readonly<Record<string, unknown>>) => Executor>([
  ['wasm', (options) => new WasmExecutor(options)],
]);
let current: Executor | undefined;

/** Makes a backend known to `useBackend`; the reference executor of testkit and the gpu executor register this way. */
export function registerBackend(name: string, factory: (options: Readonly<Record<string, unknown>>) => Executor): void {
  factories.set(name, factory);
}

function create(name: string, options: Readonly<Record<string, unknown>>): Executor {
  const factory = factories.get(name);
  if (factory) return factory(options);
  const hint = name === 'reference' ? "Import '@parsimony/testkit' first." : name === 'gpu' ? "Import '@parsimony/core/gpu' first." : '';
  return fail('backend', `useBackend: no backend named '${name}' is registered; known: ${[...factories.keys()].join(', ')}. ${hint}`.trimEnd());
}

/**
 * Chooses the executor on which new tensors are made, and waits until it can run. Tensors of another executor stay
 * valid there; an op on tensors of two executors is an error.
 *
 * @example
 * ```ts
 * import { useBackend, backendInfo } from '@parsimony/core';
 * await useBackend('wasm', { threads: 1 });
 * backendInfo().name; // => 'wasm'
 * ```
 */
export async function useBackend(backend: string | Executor, options: Readonly<Record<string, unknown>> = {}): Promise<Executor> {
  const executor = typeof backend === 'string' ? create(backend, options) : backend;
  await executor.ready();
  current = executor;
  return executor;
}

/** Waits until the current backend (wasm unless another was chosen) can run. Call it once before the first tensor. */
export async function ready(): Promise<void> {
  current ??= create('wasm', {});
  await current.ready();
}

/** The executor in use; an error when it is not ready. */
export function currentExecutor(): Executor {
  if (current?.isReady) return current;
  return fail('backend', 'No backend is ready: call `await ready()` (or `await useBackend(name)`) once before making tensors. `fit` and the data set loaders do it themselves.');
}

/** Name, threads and build of the backend in use. */
export const backendInfo = (): BackendInfo => currentExecutor().info();
