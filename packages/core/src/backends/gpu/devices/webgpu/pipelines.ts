/** Compute pipelines of programs: one a program, whatever the sizes, made the first time it runs. */
import { fail } from '@parsimony/core';
import type { Program, ProgramCall, WgslVariant } from '../../program';
import { COMPUTE_STAGE } from './flags';
import { whenCaught } from './scope';
import { type Scalar, translate, WORKGROUP } from './translate';
import { declareVariant } from './variant';

export interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Room that a call's uniforms take, a multiple of the alignment of offsets. */
  readonly slotBytes: number;
  readonly scalars: readonly Scalar[];
  readonly extent: (call: ProgramCall) => Extent;
}

/** Of a call: its workgroups, and what its shader counts, threads or workgroups. */
export interface Extent { readonly count: number; readonly groups: number }

const ofThreads = (count: number): Extent => ({ count, groups: Math.ceil(count / WORKGROUP) });

const extentOf = (variant: WgslVariant | undefined): Compiled['extent'] => {
  if (!variant) return ({ output }) => ofThreads(Math.ceil(output.size / 4));
  const { count, counted } = variant;
  return counted === 'threads' ? (call) => ofThreads(count(call)) : (call) => ({ count: count(call), groups: count(call) });
};

export class Pipelines {
  readonly #made = new Map<Program, Compiled>();
  /** Layouts by the number of inputs and outputs: bind groups are shared by all programs of as many. */
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  /** `wgsl`: whether a program's own WGSL goes first. `onCompile` hears of a program before it is compiled, `onError` if the device refuses it. */
  constructor(readonly device: GPUDevice, readonly wgsl: boolean, readonly onCompile: (program: Program) => void, readonly onError: (message: string) => void) {}

  get(program: Program): Compiled {
    const made = this.#made.get(program);
    if (made) return made;
    this.onCompile(program);
    const compiled = this.#compile(program);
    this.#made.set(program, compiled);
    return compiled;
  }

  #compile(program: Program): Compiled {
    const { device } = this;
    const most = device.limits.maxStorageBuffersPerShaderStage;
    if (program.inputs.length + 1 > most) {
      fail('backend', `gpu: kernel '${program.name}' reads ${program.inputs.length} tensors; this WebGPU device binds at most ${most - 1} beside the output. Use the wasm backend for this model.`);
    }
    const variant = this.wgsl ? program.wgsl : undefined;
    const { wgsl, byteLength, scalars } = variant ? declareVariant(program, variant) : translate(program);
    const alignment = device.limits.minUniformBufferOffsetAlignment;
    const layout = this.#layout(program.inputs.length, 1 + (variant?.others?.length ?? 0));
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ code: wgsl, label: program.name });
    const pipeline = device.createComputePipeline({
      label: program.name, layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module, entryPoint: 'main' },
    });
    void whenCaught(device.popErrorScope(), (message) => this.onError(`kernel '${program.name}' does not compile: ${message}`));
    return { pipeline, layout, scalars, extent: extentOf(variant), slotBytes: Math.ceil(byteLength / alignment) * alignment };
  }

  #layout(inputs: number, outputs: number): GPUBindGroupLayout {
    const key = `${inputs}>${outputs}`;
    const made = this.#layouts.get(key);
    if (made) return made;
    const entry = (binding: number, buffer: GPUBufferBindingLayout): GPUBindGroupLayoutEntry => ({ binding, visibility: COMPUTE_STAGE, buffer });
    const layout = this.device.createBindGroupLayout({
      entries: [
        entry(0, { type: 'uniform', hasDynamicOffset: true }),
        ...Array.from({ length: inputs }, (_, k) => entry(k + 1, { type: 'read-only-storage' })),
        ...Array.from({ length: outputs }, (_, k) => entry(inputs + k + 1, { type: 'storage' })),
      ],
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}
