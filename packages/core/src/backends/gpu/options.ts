/** The options of the gpu executor, and of the choice between it and wasm. */
import { type BackendChoice, checkBoolean, checkChoice, checkFunction, checkOptions, fail, show, type WasmOptions } from '@parsimony/core';
import { type Device, type GpuMode, gpuModes, type ProductWay, productWays } from './device';
import { HostDevice } from './devices/host';
import { openDevice } from './devices/open';
import { deviceEvents, type EventOptions } from './events';
import { GpuExecutor } from './executor';
import { type Machine, openHardware } from './hardware';

export interface GpuOptions extends EventOptions {
  /** gpu.js's mode. Default: the first of 'webgpu' and 'webgl2' that runs on graphics hardware, 'webasm' where there is none. */
  readonly mode?: GpuMode;
  /**
   * In mode 'webgpu': whether kernels that have WGSL of their own run it, and not gpu.js's. 'tiles' and 'registers' say where it makes products
   * and convolutions: in workgroup memory, or in each thread's registers. true, the default, takes registers where a processor
   * stands in for the GPU, tiles elsewhere.
   */
  readonly wgsl?: boolean | ProductWay;
  /** Whether products and convolutions run GLSL that reads four neighbours at once in mode 'webgl2', and not gpu.js's kernels. Default true. */
  readonly glsl?: boolean;
}

function check(where: string, { onCompile, strict }: EventOptions): void {
  if (onCompile !== undefined) checkFunction(where, 'onCompile', onCompile);
  if (strict !== undefined) checkBoolean(where, 'strict', strict);
}

const checkWgsl = (value: unknown): void => {
  if (!(productWays as readonly unknown[]).includes(value)) fail('option', `gpuExecutor: \`wgsl\` must be true, false, ${productWays.map((way) => `'${way}'`).join(' or ')}, received ${show(value)}.`);
};

async function openBest(options: GpuOptions): Promise<Device> {
  const { device, why } = await openHardware(options, undefined, options);
  return device ?? new HostDevice('webasm', deviceEvents('webasm', options), `${why}; the wasm backend is faster`);
}

/**
 * An executor on gpu.js, for `useBackend`.
 *
 * @param options - `mode`: 'webgpu' (in Node it needs the package `webgpu`), 'webgl2', 'headlessgl', 'webasm' or 'cpu', by default
 * the first of 'webgpu' and 'webgl2' that runs on graphics hardware, 'webasm' where there is none; `onCompile`: hears of each kernel
 * before it is compiled; `strict`: a kernel that gpu.js gives to another mode is an error and not a warning, default false; `wgsl`:
 * in mode 'webgpu', whether kernels run WGSL of their own where they have it, and not gpu.js's; 'tiles' or 'registers': the same, with products
 * made in workgroup memory or in registers; default true, which is the one of them that suits the adapter; `glsl`:
 * whether products and convolutions run GLSL of their own in mode 'webgl2', and all kernels read four neighbours at once, default true.
 * @throws option: an unknown option or mode. backend, from `useBackend`: the mode cannot run here.
 * @example
 * ```ts
 * import { ops, tensor, useBackend } from '@parsimony/core';
 * import { gpuExecutor } from '@parsimony/core/gpu';
 * const compiled: string[] = [];
 * await useBackend(gpuExecutor({ mode: 'webasm', onCompile: ({ kernel }) => { compiled.push(kernel); } }));
 * await ops.add(tensor([1, 2]), tensor([3, 4])).array(); // => [4, 6]
 * compiled; // => ['add']
 * ```
 */
export function gpuExecutor(options: GpuOptions = {}): GpuExecutor {
  checkOptions('gpuExecutor', options, ['mode', 'onCompile', 'strict', 'wgsl', 'glsl']);
  check('gpuExecutor', options);
  if (options.glsl !== undefined) checkBoolean('gpuExecutor', 'glsl', options.glsl);
  if (options.wgsl !== undefined && typeof options.wgsl !== 'boolean') checkWgsl(options.wgsl);
  if (options.mode === undefined) return new GpuExecutor(() => openBest(options));
  const mode = checkChoice('gpuExecutor', 'mode', options.mode, gpuModes);
  return new GpuExecutor(() => openDevice(mode, deviceEvents(mode, options), options));
}

/** Options of `useBackend('auto', …)`: `wasm`'s count where it is wasm that is chosen. */
export interface AutoOptions extends EventOptions {
  readonly wasm?: WasmOptions;
}

/**
 * `useBackend('auto')`: WebGPU, then WebGL2, where graphics hardware answers and its device opens; wasm otherwise.
 *
 * @throws option: an unknown option.
 */
export async function chooseBackend(options: AutoOptions = {}, machine?: Machine): Promise<BackendChoice> {
  checkOptions('auto', options, ['onCompile', 'strict', 'wasm']);
  check('auto', options);
  const { device, why } = await openHardware(options, machine);
  const reason = `chosen by 'auto': ${why}`;
  return device ? { backend: new GpuExecutor(async () => device), why: reason } : { backend: 'wasm', options: (options.wasm ?? {}) as BackendChoice['options'] & object, why: reason };
}
