/** The options of the gpu executor, and which device they open. */
import { checkChoice, checkOptions, fail } from '@parsimony/core';
import { type Device, type GpuMode } from './device';
import { HostDevice } from './devices/host';
import { GpuExecutor } from './executor';

const modes: readonly GpuMode[] = ['webasm', 'cpu'];

export interface GpuOptions {
  /** gpu.js's mode. Default 'webasm'. */
  readonly mode?: GpuMode;
}

async function openDevice(mode: GpuMode): Promise<Device> {
  if (mode === 'webasm' || mode === 'cpu') return new HostDevice(mode);
  return fail('backend', `gpu: mode '${mode}' is not available here.`);
}

/**
 * An executor on gpu.js, for `useBackend`.
 *
 * @param options - `mode`: 'webasm' (default) or 'cpu'.
 * @throws option: an unknown option or mode.
 * @example
 * ```ts
 * import { ops, tensor, useBackend } from '@parsimony/core';
 * import { gpuExecutor } from '@parsimony/core/gpu';
 * await useBackend(gpuExecutor({ mode: 'webasm' }));
 * await ops.add(tensor([1, 2]), tensor([3, 4])).array(); // => [4, 6]
 * ```
 */
export function gpuExecutor(options: GpuOptions = {}): GpuExecutor {
  checkOptions('gpuExecutor', options, ['mode']);
  const mode = checkChoice('gpuExecutor', 'mode', options.mode ?? 'webasm', modes);
  return new GpuExecutor(() => openDevice(mode));
}
