/**
 * A program as WGSL, by gpu.js's own WebGPU kernel. Its translation is synchronous; only its build is not, and that part is
 * done in `pipelines.ts`, so that an op need not wait.
 */
import * as bundle from 'gpu.js/dist/gpu-browser.js';
import { fail } from '@parsimony/core';
import type { Program } from '../../program';

/** A scalar argument's place in the uniforms of a call. */
export interface Scalar { readonly offset: number; readonly type: string }

export interface Translation {
  readonly wgsl: string;
  /** Of the uniforms: the number of threads, three more words, four a tensor, then one a scalar. */
  readonly byteLength: number;
  readonly scalars: readonly Scalar[];
}

/** What is used of gpu.js's WebGPUKernel 2.24.1, in the order in which its own `build` calls it. */
interface WebGpuKernel {
  threadDim: number[];
  paramsLayout: { readonly byteLength: number; readonly scalarArgs: readonly Scalar[] };
  readonly workgroupSize: readonly number[];
  readonly componentCount: number;
  setupConstants(): void;
  setupArguments(args: readonly unknown[]): void;
  validateSettings(args: readonly unknown[]): void;
  translateSource(): void;
  computeParamsLayout(): WebGpuKernel['paramsLayout'];
  assembleWGSL(): string;
}

interface GpuJs { readonly WebGPUKernel: new (source: string, settings: object) => WebGpuKernel }

/** The bundle is UMD: bundlers give its exports as a namespace or as a default. */
const gpuJs = (): GpuJs => {
  const found = bundle as unknown as GpuJs & { readonly default?: GpuJs };
  return found.WebGPUKernel ? found : found.default ?? fail('backend', 'gpu: gpu.js did not export WebGPUKernel.');
};

/** Threads in a workgroup of gpu.js's kernels of one dimension. */
export const WORKGROUP = 64;
/** Rounds after which gpu.js ends a loop without constant bounds. */
const LOOP_LIMIT = 2 ** 24;

export function translate(program: Program): Translation {
  const args = program.argumentTypes.map((type) => (type === 'Array' ? new Float32Array(1) : 1));
  const { WebGPUKernel } = gpuJs();
  try {
    const kernel = new WebGPUKernel(program.source(4), {
      output: [1], functions: program.functions, argumentTypes: [...program.argumentTypes], loopMaxIterations: LOOP_LIMIT, precision: 'single',
    });
    kernel.setupConstants();
    kernel.setupArguments(args);
    kernel.validateSettings(args);
    kernel.threadDim = [1, 1, 1];
    kernel.translateSource();
    kernel.paramsLayout = kernel.computeParamsLayout();
    const wgsl = kernel.assembleWGSL();
    if (kernel.componentCount !== 4 || kernel.workgroupSize[0] !== WORKGROUP) fail('backend', `gpu: kernel '${program.name}' is not one of four elements a thread.`);
    return { wgsl, byteLength: kernel.paramsLayout.byteLength, scalars: kernel.paramsLayout.scalarArgs.map(({ offset, type }) => ({ offset, type })) };
  } catch (cause) {
    return fail('backend', `gpu: gpu.js cannot translate kernel '${program.name}' to WGSL: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
