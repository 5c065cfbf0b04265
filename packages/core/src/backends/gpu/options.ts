/** The options of the gpu executor, and which device they open. */
import { checkBoolean, checkChoice, checkFunction, checkOptions, fail } from '@parsimony/core';
import { type Device, type DeviceEvents, type GpuMode, gpuModes } from './device';
import { openDevice } from './devices/open';
import { GpuExecutor } from './executor';

/** A kernel that is about to be compiled. Each is once, whatever the sizes it runs on later. */
export interface CompileEvent {
  readonly kernel: string;
  readonly mode: GpuMode;
  /** Kernels compiled by this backend so far, this one included. */
  readonly count: number;
}

export interface GpuOptions {
  /** gpu.js's mode. Default 'webasm'. */
  readonly mode?: GpuMode;
  /** Hears of each kernel before it is compiled: the first step takes longer than those after it. */
  readonly onCompile?: (event: CompileEvent) => void;
  /** Whether a kernel that gpu.js gives to another mode is an error, and not a warning. Default false. */
  readonly strict?: boolean;
}

/** What a device tells, as the options ask for it. */
export function deviceEvents(mode: GpuMode, { onCompile, strict = false }: GpuOptions): DeviceEvents {
  let count = 0;
  return {
    compiling: ({ name }) => onCompile?.({ kernel: name, mode, count: ++count }),
    degraded: ({ name }, reason) => {
      const message = `gpu: gpu.js runs kernel '${name}' in another mode than '${mode}': ${reason}`;
      if (strict) fail('backend', message);
      // oxlint-disable-next-line no-console -- a person should know that this will be slow, and nothing else tells them
      console.warn(message);
    },
  };
}

/** Opens the device of a mode. */
const opener = (mode: GpuMode, options: GpuOptions) => (): Promise<Device> => openDevice(mode, deviceEvents(mode, options));

/**
 * An executor on gpu.js, for `useBackend`.
 *
 * @param options - `mode`: 'webgpu' (in Node it needs the package `webgpu`), 'webasm' (default) or 'cpu'; `onCompile`: hears of
 * each kernel before it is compiled; `strict`: a kernel that gpu.js gives to another mode is an error, default false.
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
  checkOptions('gpuExecutor', options, ['mode', 'onCompile', 'strict']);
  const mode = checkChoice('gpuExecutor', 'mode', options.mode ?? 'webasm', gpuModes);
  if (options.onCompile !== undefined) checkFunction('gpuExecutor', 'onCompile', options.onCompile);
  if (options.strict !== undefined) checkBoolean('gpuExecutor', 'strict', options.strict);
  return new GpuExecutor(opener(mode, options));
}
