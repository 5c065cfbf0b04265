/** Elementwise commands: broadcast axes are joined on the host, so that most commands become one long row. */
import { fail } from '../../../errors';
import { elementwiseKernels } from '../generated/tasks';
import { type HostKernel, input, type Machine, output } from '../machine';
import type { Command, TensorRef } from '../../executor';

// As in assembly/elementwise.ts.
const IN = 8, OUT = 16, STEP = 24, SIZES = 32, STRIDES = 48, MAX_RANK = 16;
const ELEMENTS_A_CHUNK = 16384;

export const elementwise: HostKernel = (machine, command) => {
  const first = input(command, 0);
  const row = elementwiseKernels[command.kernel];
  const kernel = row?.[first.dtype === 'float32' ? 0 : 1] ?? -1;
  const picoseconds = row?.[2] ?? 0;
  if (kernel < 0) fail('dtype', `${command.kernel}: no kernel for ${first.dtype}.`);
  const y = output(command, 0);
  if (y.size === 0) return;
  const { words, scalars } = machine;
  const { inputs, outputs } = command;
  words[0] = kernel;
  words[1] = inputs.length;
  words[2] = outputs.length;
  words[4] = y.size;
  words[6] = ELEMENTS_A_CHUNK;
  for (let i = 0; i < inputs.length; i++) words[IN + i] = machine.pointer(inputs[i]!);
  for (let i = 0; i < outputs.length; i++) words[OUT + i] = machine.pointer(outputs[i]!);
  for (let i = 0; i < command.scalars.length; i++) scalars[i] = command.scalars[i]!;
  if (isFlat(inputs, y.size)) {
    words[3] = 0;
    words[5] = y.size;
    for (let i = 0; i < inputs.length; i++) words[STEP + i] = inputs[i]!.size === y.size ? 16 : 0;
  } else broadcast(machine, command, y);
  machine.launch('elementwise', Math.ceil(y.size / ELEMENTS_A_CHUNK), y.size * picoseconds / 1000);
};

/** Every input has the output's size, or one element. */
function isFlat(inputs: readonly TensorRef[], size: number): boolean {
  for (let i = 0; i < inputs.length; i++) {
    const n = inputs[i]!.size;
    if (n !== size && n !== 1) return false;
  }
  return true;
}

/** Strides of the axis in work and of the axis kept last, by input. */
const current = new Array<number>(8).fill(0);
const running = new Array<number>(8).fill(1);

/** Joins axes, innermost first: an axis joins the one inside it where, for every input, it continues its run. */
function broadcast(machine: Machine, command: Command, y: TensorRef): void {
  const { words } = machine;
  const { inputs } = command;
  const { shape } = y;
  const count = inputs.length;
  running.fill(1);
  // Kept axes from the innermost on; they are written out reversed.
  const sizes: number[] = [];
  const strides: number[][] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    const last = sizes.length - 1;
    let joins = last >= 0;
    for (let i = 0; i < count; i++) {
      const own = inputs[i]!.shape;
      const n = own[axis - shape.length + own.length] ?? 1;
      current[i] = n === 1 ? 0 : running[i]!;
      running[i]! *= n;
      if (joins && size !== 1) joins = current[i] === strides[last]![i]! * sizes[last]!;
    }
    if (size === 1) continue;
    if (joins) sizes[last]! *= size;
    else {
      sizes.push(size);
      strides.push(current.slice(0, count));
    }
  }
  const rank = sizes.length - 1;
  if (rank > MAX_RANK) fail('shape', `${command.kernel}: broadcasting over more than ${MAX_RANK} alternating axes is not supported, received ${rank}.`);
  words[3] = rank;
  words[5] = sizes[0]!;
  for (let i = 0; i < count; i++) words[STEP + i] = strides[0]![i] === 0 ? 0 : 16;
  for (let d = 0; d < rank; d++) {
    const from = rank - d;
    words[SIZES + d] = sizes[from]!;
    for (let i = 0; i < count; i++) words[STRIDES + i * MAX_RANK + d] = strides[from]![i]! * 4;
  }
}
