/**
 * What the host side of a kernel works with: the parameter block, pointers and launches. The addresses are those of
 * assembly/abi.ts.
 */
import { fail } from '../../errors';
import type { Command, TensorRef } from '../executor';
import { tasks } from './generated/tasks';
import type { Block, WasmMemory } from './memory';
import type { KernelExports } from './module';

export type Task = keyof typeof tasks;

const PARAMETERS = 512;
const PARAMETER_WORDS = 256;
const SCALARS = 1536;
const SCALAR_COUNT = 64;

/**
 * Work below which waking others costs more than it brings, in roughly nanoseconds of one thread.
 */
const FORK_COST = 12_000;

export class Machine {
  /** The parameter block as words and scalars. Valid during a command. */
  words!: Int32Array;
  scalars!: Float64Array;

  constructor(readonly memory: WasmMemory, readonly kernels: KernelExports, readonly threads: number) {
    this.refresh();
    memory.onGrow = () => this.refresh();
  }

  refresh(): void {
    this.words = new Int32Array(this.memory.memory.buffer, PARAMETERS, PARAMETER_WORDS);
    this.scalars = new Float64Array(this.memory.memory.buffer, SCALARS, SCALAR_COUNT);
  }

  /** Where a tensor's elements begin, in bytes. */
  pointer(ref: TensorRef): number { return (ref.handle as Block).pointer + ref.offset * 4; }

  /** Writes parameters from the first word on. */
  set(...values: number[]): void {
    const { words } = this;
    for (let i = 0; i < values.length; i++) words[i] = values[i]!;
  }

  /** Runs a task's chunks; `cost` in nanoseconds decides whether other threads help. */
  launch(task: Task, chunks: number, cost: number): void {
    if (chunks <= 0) return;
    if (this.threads > 1 && chunks > 1 && cost > FORK_COST) {
      if (!this.kernels.fork(tasks[task], chunks)) fail('backend', 'wasm: a worker thread ended unexpectedly; results are incomplete. Use `useBackend(\'wasm\', { threads: 1 })`.');
    } else this.kernels.run(tasks[task], chunks);
  }

  /** Memory for the length of `use`. */
  temporary<T>(bytes: number, use: (pointer: number) => T): T {
    const block = this.memory.allocate(bytes);
    try {
      return use(block.pointer);
    } finally {
      this.memory.free(block);
    }
  }
}

/** The host side of a kernel: writes parameters and launches tasks. */
export type HostKernel = (machine: Machine, command: Command) => void;

/** The i-th input or output; commands come from ops, which know how many there are. */
export function input(command: Command, i: number): TensorRef {
  return command.inputs[i] ?? fail('state', `${command.kernel}: no input ${i}.`);
}
export function output(command: Command, i: number): TensorRef {
  return command.outputs[i] ?? fail('state', `${command.kernel}: no output ${i}.`);
}

/** The product of sizes from `start` to before `end`. */
export function extent(shape: readonly number[], start: number, end: number): number {
  let product = 1;
  for (let i = start; i < end; i++) product *= shape[i]!;
  return product;
}

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);

/** Dispatch by element type is by words; this is the word of a scalar as an element of `ref`. */
export function wordOf(ref: TensorRef, value: number): number {
  if (ref.dtype !== 'float32') return value;
  floatCell[0] = value;
  return wordCell[0]!;
}
const floatCell = new Float32Array(1);
const wordCell = new Int32Array(floatCell.buffer);
