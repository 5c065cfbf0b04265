/** gpu.js's modes that compute on the processor, `webasm` and `cpu`: storages are host arrays, and a call is finished when it returns. */
import type { StorageHandle } from '../../executor';
import type { Device, DeviceEvents, GpuMode } from '../device';
import { type BuiltKernel, type Gpu, gpuConstructor } from '../gpu-js';
import type { Operand, Program, ProgramCall } from '../program';

/** Sizes are compiled into `webasm` kernels; so many are kept for each program. */
const MODULES_KEPT = 64;

export class HostDevice implements Device {
  readonly lanes = 1;
  readonly maxLength = 2 ** 24;
  readonly readLag = 0;
  readonly description: string;
  readonly #gpu: Gpu;
  readonly #kernels = new Map<Program, BuiltKernel>();

  /** `why`: what chose it, where a person did not. */
  constructor(readonly mode: Extract<GpuMode, 'webasm' | 'cpu'>, readonly events: DeviceEvents, why?: string) {
    this.#gpu = new (gpuConstructor())({ mode });
    this.description = `gpu.js, mode ${mode}, on the processor${why === undefined ? '' : `; ${why}`}`;
  }

  allocate(length: number): StorageHandle { return new Float32Array(length); }
  free(): void {}
  write(handle: StorageHandle, offset: number, data: Float32Array): void { (handle as Float32Array).set(data, offset); }

  run(program: Program, { inputs, ints = [], floats = [], output }: ProgramCall): void {
    const known = this.#kernels.get(program);
    const kernel = known ?? this.#compile(program, output.size);
    kernel.setOutput([output.size]);
    const result = kernel(...inputs.map(elements), ...inputs.map(() => 0), ...ints, ...floats);
    if (!known) {
      // Known once it has run; where that is an error, it is one at the next call too.
      if (kernel.kernel.fallbackReason) this.events.degraded(program, kernel.kernel.fallbackReason);
      this.#kernels.set(program, kernel);
    }
    elements(output).set(result);
  }

  #compile(program: Program, size: number): BuiltKernel {
    this.events.compiling(program);
    return this.#gpu.createKernel(program.source(1), {
      output: [size], functions: program.functions, argumentTypes: program.argumentTypes, loopMaxIterations: this.maxLength,
      dynamicOutput: true, dynamicArguments: true, moduleCacheLimit: MODULES_KEPT, precision: 'single',
    });
  }

  peek(operand: Operand): Float32Array { return elements(operand); }

  async read(operand: Operand): Promise<Float32Array> { return elements(operand).slice(); }

  fallbacks(): readonly string[] {
    return [...this.#kernels].flatMap(([program, { kernel }]) => (kernel.fallbackReason ? [`${program.name}: ${kernel.fallbackReason}`] : []));
  }

  async dispose(): Promise<void> {
    for (const kernel of this.#kernels.values()) kernel.destroy();
    this.#kernels.clear();
    await this.#gpu.destroy();
  }
}

const elements = ({ handle, offset, size }: Operand): Float32Array => (handle as Float32Array).subarray(offset, offset + size);
