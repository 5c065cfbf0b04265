/** What the kernels of one executor work with: programs run, room borrowed until the command ends, masks kept for the way back. */
import { fail } from '@parsimony/core';
import type { StorageHandle } from '../executor';
import type { Device, Workbench } from './device';
import type { Operand, Program, ProgramCall } from './program';

/** Packed masks kept at most, in elements; the oldest go first. They belong to passes that were never differentiated. */
const KEPT_ELEMENTS = 2 ** 22;

export class CommandBench implements Workbench {
  #borrowed: StorageHandle[] = [];
  /** Stands in for inputs of no element, which shaders cannot bind. */
  #blank: Operand | undefined;
  readonly #kept = new Map<string, Operand>();
  #keptElements = 0;

  constructor(readonly device: Device) {}

  run(program: Program, call: ProgramCall): void {
    if (call.output.size > 0) this.device.run(program, { ...call, inputs: call.inputs.map((x) => (x.size === 0 ? this.#empty() : x)) });
  }

  #empty(): Operand { return this.#blank ??= { handle: this.device.allocate(1), offset: 0, size: 1 }; }

  temporary(length: number): Operand {
    const handle = this.device.allocate(length);
    this.#borrowed.push(handle);
    return { handle, offset: 0, size: length };
  }

  keptOnce(key: string, make: () => Float32Array): Operand {
    const found = this.#kept.get(key);
    if (found) {
      this.#forget(key, found);
      this.#borrowed.push(found.handle);
      return found;
    }
    const data = make();
    const made: Operand = { handle: this.device.allocate(data.length), offset: 0, size: data.length };
    this.device.write(made.handle, 0, data);
    this.#kept.set(key, made);
    this.#keptElements += data.length;
    for (const [old, operand] of this.#kept) {
      if (this.#keptElements <= KEPT_ELEMENTS || operand === made) break;
      this.#forget(old, operand);
      this.#borrowed.push(operand.handle);
    }
    return made;
  }

  #forget(key: string, { size }: Operand): void {
    this.#kept.delete(key);
    this.#keptElements -= size;
  }

  checkIndices(kernel: string, index: Operand, n: number): void {
    for (const value of this.device.peek?.(index) ?? []) {
      if (!(value >= 0 && value < n)) fail('range', `${kernel}: indices must be in [0, ${n}), received ${value}.`);
    }
  }

  /** Gives back what the command borrowed. */
  endCommand(): void {
    for (const handle of this.#borrowed) this.device.free(handle);
    this.#borrowed = [];
  }
}
