/** stridedAdd, concat, pad and cumsum: dense elements written to places given by strides. */
import { stridesOf } from '../../../tensor/shape';
import { ceilDiv, extent, type HostKernel, input, type Machine, output, wordOf } from '../machine';
import { ELEMENTS_A_CHUNK, fillWith, joinAxes, SIZES, STRIDES } from './copy';

export const stridedAdd: HostKernel = (machine, command) => {
  const { strides, offset } = command.attrs as { strides: readonly number[]; offset: number };
  const x = input(command, 0);
  const y = output(command, 0);
  fillWith(machine, machine.pointer(y), 0, y.size);
  place(machine, machine.pointer(x), machine.pointer(y) + offset * 4, x.shape, strides, true);
};

export const pad: HostKernel = (machine, command) => {
  const { before } = command.attrs as { before: readonly number[] };
  const x = input(command, 0);
  const y = output(command, 0);
  fillWith(machine, machine.pointer(y), wordOf(y, command.scalars[0] ?? 0), y.size);
  const strides = stridesOf(y.shape);
  const offset = before.reduce((at, n, axis) => at + n * strides[axis]!, 0);
  place(machine, machine.pointer(x), machine.pointer(y) + offset * 4, x.shape, strides, false);
};

/** y.flat[sum_k i_k strides_k] = or += x[i]. */
function place(machine: Machine, x: number, y: number, shape: readonly number[], strides: readonly number[], adds: boolean): void {
  const { sizes, steps, total } = joinAxes(shape, strides);
  if (total === 0) return;
  const { words } = machine;
  const rank = sizes.length - 1;
  const inner = sizes[0]!;
  const rows = total / inner;
  // Places that coincide are added in one order, by one thread.
  const perChunk = distinct(sizes, steps) ? Math.max(1, Math.floor(ELEMENTS_A_CHUNK / inner)) : rows;
  machine.set(x, y, rank, rows, perChunk, inner, steps[0]!, Number(adds));
  for (let d = 0; d < rank; d++) {
    words[SIZES + d] = sizes[rank - d]!;
    words[STRIDES + d] = steps[rank - d]!;
  }
  machine.launch('place', ceilDiv(rows, perChunk), total * 0.5 + rows * 10);
}

/** Whether no two elements share a place: sorted by length, each stride steps past all that the shorter ones reach. */
function distinct(sizes: readonly number[], steps: readonly number[]): boolean {
  const axes = sizes.map((size, i) => ({ size, step: Math.abs(steps[i]!) })).sort((a, b) => a.step - b.step);
  let reach = 0;
  for (const { size, step } of axes) {
    if (step <= reach) return false;
    reach += (size - 1) * step;
  }
  return true;
}

export const concat: HostKernel = (machine, command) => {
  const { axis } = command.attrs as { axis: number };
  const y = output(command, 0);
  const outer = extent(y.shape, 0, axis);
  const inner = extent(y.shape, axis + 1, y.shape.length);
  const width = y.shape[axis]! * inner;
  let at = machine.pointer(y);
  for (const x of command.inputs) {
    const own = x.shape[axis]! * inner;
    if (own * outer === 0) continue;
    const perChunk = Math.max(1, Math.floor(ELEMENTS_A_CHUNK / own));
    machine.set(machine.pointer(x), at, own, own, width, outer, perChunk, ELEMENTS_A_CHUNK);
    machine.launch('copyRows', ceilDiv(outer, perChunk) * ceilDiv(own, ELEMENTS_A_CHUNK), own * outer * 0.3);
    at += own * 4;
  }
};

const COLUMNS_A_STRIP = 64;

export const cumsum: HostKernel = (machine, command) => {
  const x = input(command, 0);
  const [outer = 1, n = 1, inner = 1] = x.shape;
  if (x.size === 0) return;
  machine.set(
    machine.pointer(x), machine.pointer(output(command, 0)), outer, n, inner, Number(command.attrs.reverse === true), Number(x.dtype !== 'float32'), COLUMNS_A_STRIP,
  );
  machine.launch('cumsum', outer * ceilDiv(inner, COLUMNS_A_STRIP), x.size * 2);
};
