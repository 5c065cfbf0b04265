/** Where programs run: one implementation for each way gpu.js keeps data, behind which the kernels need not look. */
import type { StorageHandle } from '../executor';
import type { Lanes, Operand, Program, ProgramCall } from './program';

export const gpuModes = ['webgpu', 'webgl2', 'headlessgl', 'webasm', 'cpu'] as const;
export type GpuMode = (typeof gpuModes)[number];

/** Where WGSL of our own sums products: in tiles that a workgroup shares, or in each thread's registers alone. */
export const productWays = ['tiles', 'registers'] as const;
export type ProductWay = (typeof productWays)[number];

export interface DeviceEvents {
  /** A program is about to be compiled, as each is once. */
  compiling(program: Program): void;
  /** gpu.js gave a program to another mode than the device's, with its reason. */
  degraded(program: Program, reason: string): void;
}

export interface Device {
  readonly mode: GpuMode;
  /** Elements a thread makes of each program. */
  readonly lanes: Lanes;
  /** Where it runs the WGSL that a program carries, in place of its kernel: how that makes products. */
  readonly wgsl?: ProductWay | undefined;
  /** Whether it runs the GLSL that a program carries, in place of its kernel. */
  readonly glsl?: boolean;
  /** For a person: adapter, limits. */
  readonly description: string;
  /** The most elements one storage may have. */
  readonly maxLength: number;
  /** Steps the trainer may be ahead of its reads; 0 where a read waits for nothing. */
  readonly readLag: number;
  allocate(length: number): StorageHandle;
  free(handle: StorageHandle): void;
  /** Writes elements from `offset` on. */
  write(handle: StorageHandle, offset: number, data: Float32Array): void;
  /** Runs a program, after what was issued before. Compiled once for each program, whatever the sizes. */
  run(program: Program, call: ProgramCall): void;
  /** A copy, after what was issued before. */
  read(operand: Operand): Promise<Float32Array>;
  /** Resolves when what was issued has run; absent where a call is finished when it returns. Rejects where the device is known to have failed. */
  caughtUp?(): Promise<void>;
  /** The elements themselves, where the host sees them. */
  peek?(operand: Operand): Float32Array;
  /** Kernels that gpu.js gave to another mode than this one, with its reasons. */
  fallbacks(): readonly string[];
  /** Bytes of the device's memory in use, what is kept for the next storages too; absent where storages are host memory. */
  deviceBytes?(): number;
  dispose(): Promise<void>;
}

/** What a kernel of the table gets to work with. */
export interface Workbench {
  readonly device: Device;
  run(program: Program, call: ProgramCall): void;
  /** Room for intermediate results, given back when the command ends. */
  temporary(length: number): Operand;
  /**
   * Host data on the device for two commands, that of the forward and that of the backward pass: made at the first, kept,
   * and given back after the second.
   */
  keptOnce(key: string, make: () => Float32Array): Operand;
  /** An error where an index is outside [0, n), on devices whose memory the host sees; elsewhere the kernels give NaN. */
  checkIndices(kernel: string, index: Operand, n: number): void;
}
