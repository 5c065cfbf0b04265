/** fill and strided: whatever only moves elements. */
import { fail } from '../../../errors';
import { ceilDiv, type HostKernel, input, type Machine, output, wordOf } from '../machine';

export const ELEMENTS_A_CHUNK = 65536;
const MAX_RANK = 16;
// As in assembly/copy.ts.
export const SIZES = 8, STRIDES = 24;
const HEIGHT = 40, MATRIX_STRIDES = 44;

export const fill: HostKernel = (machine, command) => {
  const y = output(command, 0);
  fillWith(machine, machine.pointer(y), wordOf(y, command.scalars[0] ?? 0), y.size);
};

export function fillWith(machine: Machine, y: number, word: number, count: number): void {
  machine.set(y, word, count, ELEMENTS_A_CHUNK);
  machine.launch('fill', ceilDiv(count, ELEMENTS_A_CHUNK), count * 0.2);
}

export const strided: HostKernel = (machine, command) => {
  const { strides, offset } = command.attrs as { strides: readonly number[]; offset: number };
  const y = output(command, 0);
  copyStrided(machine, machine.pointer(input(command, 0)) + offset * 4, machine.pointer(y), y.shape, strides);
};

/** y[i] = x[sum_k i_k strides_k], y dense. Axes that continue each other's run are joined first. */
export function copyStrided(machine: Machine, x: number, y: number, shape: readonly number[], strides: readonly number[]): void {
  const { sizes, steps, total } = joinAxes(shape, strides);
  if (total === 0) return;
  const contiguous = steps.indexOf(1);
  if (contiguous > 0 && steps[0] !== 0) transpose(machine, x, y, sizes, steps, contiguous, total);
  else rows(machine, x, y, sizes, steps, total);
}

export interface Joined {
  /** Innermost first, at least one. */
  readonly sizes: readonly number[];
  readonly steps: readonly number[];
  readonly total: number;
}

/** Joins axes that continue each other's run and drops those of size 1. */
export function joinAxes(shape: readonly number[], strides: readonly number[]): Joined {
  const sizes: number[] = [];
  const steps: number[] = [];
  let total = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    total *= size;
    if (size === 1) continue;
    const last = sizes.length - 1;
    if (last >= 0 && strides[axis] === steps[last]! * sizes[last]!) sizes[last]! *= size;
    else {
      sizes.push(size);
      steps.push(strides[axis]!);
    }
  }
  if (sizes.length === 0) {
    sizes.push(1);
    steps.push(1);
  }
  if (sizes.length > MAX_RANK) fail('shape', `strided: more than ${MAX_RANK} axes that cannot be joined are not supported, received ${sizes.length}.`);
  return { sizes, steps, total };
}

function rows(machine: Machine, x: number, y: number, sizes: readonly number[], steps: readonly number[], total: number): void {
  const { words } = machine;
  const rank = sizes.length - 1;
  const inner = sizes[0]!;
  const count = total / inner;
  const perChunk = Math.max(1, Math.floor(ELEMENTS_A_CHUNK / inner));
  machine.set(x, y, rank, count, perChunk, inner, steps[0]!);
  for (let d = 0; d < rank; d++) {
    words[SIZES + d] = sizes[rank - d]!;
    words[STRIDES + d] = steps[rank - d]!;
  }
  machine.launch('strided', ceilDiv(count, perChunk), total * 0.5 + count * 10);
}

/** x is contiguous along axis `height` (counted from the innermost) and y along axis 0. */
function transpose(machine: Machine, x: number, y: number, sizes: readonly number[], steps: readonly number[], height: number, total: number): void {
  const { words } = machine;
  const lines = sizes[height]!;
  let heightStride = 1;
  for (let axis = 0; axis < height; axis++) heightStride *= sizes[axis]!;
  const strip = Math.max(8, Math.ceil(ELEMENTS_A_CHUNK / 4 / sizes[0]! / 4) * 4);
  const strips = ceilDiv(lines, strip);
  machine.set(x, y, sizes.length - 2, 0, 0, sizes[0]!, steps[0]!);
  words[HEIGHT] = lines;
  words[HEIGHT + 1] = heightStride;
  words[HEIGHT + 2] = strip;
  words[HEIGHT + 3] = strips;
  let matrices = 1;
  let d = sizes.length - 3;
  let stride = 1;
  for (let axis = 0; axis < sizes.length; axis++) {
    if (axis !== 0 && axis !== height) {
      words[SIZES + d] = sizes[axis]!;
      words[STRIDES + d] = steps[axis]!;
      words[MATRIX_STRIDES + d] = stride;
      matrices *= sizes[axis]!;
      d--;
    }
    stride *= sizes[axis]!;
  }
  machine.launch('transpose', matrices * strips, total * 0.6);
}
