/** Which executor new tensors are made on. Executors are registered by name and made when first asked for. */
import { fail } from '../errors';
import type { BackendInfo, Executor } from './executor';
import type { AutoOptions, GpuOptions } from './gpu/options';
import { WasmExecutor, type WasmOptions } from './wasm';

type BackendOptions = Readonly<Record<string, unknown>>;

/** Options of `useBackend` by the backend's name; those of other backends are checked when they run. */
export interface NamedBackendOptions {
  readonly wasm: WasmOptions;
  readonly gpu: GpuOptions;
  readonly auto: AutoOptions;
}
type OptionsOf<Name extends string> = Name extends keyof NamedBackendOptions ? NamedBackendOptions[Name] : BackendOptions;

/** Another backend, by name or made already, and for `backendInfo()` why it. */
export interface BackendChoice {
  readonly backend: Executor | string;
  readonly options?: BackendOptions;
  readonly why: string;
}

type BackendFactory = (options: BackendOptions) => Executor | Promise<BackendChoice>;

const factories = new Map<string, BackendFactory>([['wasm', (options) => new WasmExecutor(options)]]);
let current: Executor | undefined;
/** Why an executor was chosen, where something else than a person did. */
const reasons = new WeakMap<Executor, string>();

/**
 * Makes a backend known to `useBackend`: an executor, or the choice of another. The reference executor of testkit and the gpu
 * executor register this way.
 */
export function registerBackend(name: string, factory: BackendFactory): void {
  factories.set(name, factory);
}

function create(name: string, options: BackendOptions): Executor | Promise<BackendChoice> {
  const factory = factories.get(name);
  if (factory) return factory(options);
  const hint = name === 'reference' ? "Import '@parsimony/testkit' first." : name === 'gpu' || name === 'auto' ? "Import '@parsimony/core/gpu' first." : '';
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
export async function useBackend<Name extends string>(backend: Name | Executor, options?: OptionsOf<Name>): Promise<Executor> {
  const executor = await resolve(backend, options === undefined ? {} : options as BackendOptions);
  await executor.ready();
  current = executor;
  return executor;
}

async function resolve(backend: string | Executor, options: BackendOptions): Promise<Executor> {
  const made = typeof backend === 'string' ? await create(backend, options) : backend;
  if (!('why' in made)) return made;
  const executor = await resolve(made.backend, made.options ?? {});
  reasons.set(executor, made.why);
  return executor;
}

/** @internal Whether anyone has asked for a backend yet. */
export const backendChosen = (): boolean => current !== undefined;

/** Waits until the current backend (wasm unless another was chosen) can run. Call it once before the first tensor. */
export async function ready(): Promise<void> {
  current ??= new WasmExecutor();
  await current.ready();
}

/** The executor in use; an error when it is not ready. */
export function currentExecutor(): Executor {
  if (current?.isReady) return current;
  return fail('backend', 'No backend is ready: call `await ready()` (or `await useBackend(name)`) once before making tensors. `fit` and the data set loaders do it themselves.');
}

/** Name, mode, threads and build of the backend in use, and why it was chosen. */
export function backendInfo(): BackendInfo {
  const executor = currentExecutor();
  const info = executor.info();
  const why = reasons.get(executor);
  return why === undefined ? info : { ...info, description: `${info.description}; ${why}` };
}
