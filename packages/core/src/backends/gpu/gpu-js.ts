// oxlint-disable-next-line typescript/triple-slash-reference -- packages that test on the gpu executor check its source without this package's own files
/// <reference path="./gpu-browser.d.ts" />
/** The part of gpu.js that kernels here use, typed; its browser build also runs in Node, where it needs nothing native. */
import type { HelperFunction } from './program';
import * as bundle from 'gpu.js/dist/gpu-browser.js';

export interface KernelSettings {
  readonly output: readonly number[];
  readonly functions?: readonly HelperFunction[];
  readonly loopMaxIterations?: number;
  readonly argumentTypes?: readonly string[];
  readonly dynamicOutput?: boolean;
  readonly dynamicArguments?: boolean;
  readonly moduleCacheLimit?: number;
  readonly precision?: 'single';
  readonly pipeline?: boolean;
  /** GLSL's precision: 'precision' is `highp`; by default gpu.js chooses by the size of the output, down to 10 bits. */
  readonly tactic?: 'precision';
}

export interface BuiltKernel {
  (...args: readonly (Float32Array | number)[]): Float32Array;
  setOutput(output: readonly number[]): void;
  /** The kernel that runs it and, where gpu.js fell back to another mode, why. */
  readonly kernel: { readonly constructor: { readonly name: string }; readonly fallbackReason?: string | null };
  destroy(): void;
}

export interface Gpu {
  createKernel(source: string, settings: KernelSettings): BuiltKernel;
  destroy(): Promise<void>;
}

export interface GpuConstructor { new(settings: { readonly mode: string; readonly context?: object; readonly canvas?: object }): Gpu }

/** The bundle is UMD: bundlers give its exports as a default, a namespace, or the constructor itself. */
export function gpuConstructor(): GpuConstructor {
  const found = bundle as unknown as { readonly GPU?: GpuConstructor; readonly default?: { readonly GPU?: GpuConstructor } };
  const constructor = found.GPU ?? found.default?.GPU;
  if (!constructor) throw new TypeError('gpu.js did not export GPU.');
  return constructor;
}
