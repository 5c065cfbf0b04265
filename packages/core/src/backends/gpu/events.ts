/** What a device tells while it works, as a person asked for it. */
import { fail } from '@parsimony/core';
import type { DeviceEvents, GpuMode } from './device';

/** A kernel that is about to be compiled. Each is once, whatever the sizes it runs on later. */
export interface CompileEvent {
  readonly kernel: string;
  readonly mode: GpuMode;
  /** Kernels compiled by this backend so far, this one included. */
  readonly count: number;
}

export interface EventOptions {
  /** Hears of each kernel before it is compiled: the first step takes longer than those after it. */
  readonly onCompile?: (event: CompileEvent) => void;
  /** Whether a kernel that gpu.js gives to another mode is an error, and not a warning. Default false. */
  readonly strict?: boolean;
}

export function deviceEvents(mode: GpuMode, { onCompile, strict = false }: EventOptions): DeviceEvents {
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
