/** Selection and accumulation by index. Every index is checked before a command writes anything. */
import { fail } from '../../../errors';
import type { Command, TensorRef } from '../../executor';
import { ceilDiv, type HostKernel, input, type Machine, output } from '../machine';
import { fillWith } from './copy';

const ROWS_A_CHUNK = 16384, COLUMNS_A_STRIP = 64;

/** Refuses an index outside [0, n). */
function check(machine: Machine, command: Command, index: TensorRef, n: number): void {
  const pointer = machine.pointer(index);
  const at = machine.kernels.badIndex(pointer, index.size, n);
  if (at < 0) return;
  const value = new Int32Array(machine.memory.memory.buffer, pointer, index.size)[at];
  fail('range', `${command.kernel}: an index must be in [0, ${n}), received ${value} at position ${at}.`);
}

/** [outer, size, inner] of a tensor. */
const sizes = (ref: TensorRef): readonly [number, number, number] => [ref.shape[0] ?? 1, ref.shape[1] ?? 1, ref.shape[2] ?? 1];

export const indexSelect: HostKernel = (machine, command) => {
  const [x, index, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const [outer, n, inner] = sizes(x);
  const k = index.size;
  check(machine, command, index, n);
  if (y.size === 0) return;
  const perChunk = Math.max(1, Math.floor(ROWS_A_CHUNK / inner));
  machine.set(machine.pointer(x), machine.pointer(index), machine.pointer(y), outer, n, k, inner, perChunk);
  machine.launch('indexSelect', ceilDiv(outer * k, perChunk), y.size * 0.5 + outer * k * 5);
};

export const indexAdd: HostKernel = (machine, command) => {
  const [x, index, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const [outer, n, inner] = sizes(y);
  const k = index.size;
  check(machine, command, index, n);
  fillWith(machine, machine.pointer(y), 0, y.size);
  if (x.size === 0) return;
  machine.set(machine.pointer(x), machine.pointer(index), machine.pointer(y), outer, n, k, inner, COLUMNS_A_STRIP);
  machine.launch('indexAdd', outer * ceilDiv(inner, COLUMNS_A_STRIP), x.size * 0.7 + k * 5);
};

export const gather: HostKernel = (machine, command) => {
  const [x, index, y] = [input(command, 0), input(command, 1), output(command, 0)];
  const [outer, n] = sizes(x);
  const [, k, inner] = sizes(index);
  check(machine, command, index, n);
  if (y.size === 0) return;
  const perChunk = Math.max(1, Math.floor(ROWS_A_CHUNK / inner));
  machine.set(machine.pointer(x), machine.pointer(index), machine.pointer(y), outer, n, k, inner, perChunk);
  machine.launch('gather', ceilDiv(outer * k, perChunk), y.size * 2);
};

/** Writes or adds `source` to y at the index. */
function scatterInto(machine: Machine, command: Command, source: TensorRef, index: TensorRef, adds: boolean): void {
  const y = output(command, 0);
  const [outer, n] = sizes(y);
  const [, k, inner] = sizes(index);
  if (index.size === 0) return;
  machine.set(machine.pointer(source), machine.pointer(index), machine.pointer(y), outer, n, k, inner, COLUMNS_A_STRIP, Number(adds));
  machine.launch('scatter', outer * ceilDiv(inner, COLUMNS_A_STRIP), index.size * 2);
}

export const scatterAdd: HostKernel = (machine, command) => {
  const [x, index, y] = [input(command, 0), input(command, 1), output(command, 0)];
  check(machine, command, index, sizes(y)[1]);
  fillWith(machine, machine.pointer(y), 0, y.size);
  scatterInto(machine, command, x, index, true);
};

export const scatter: HostKernel = (machine, command) => {
  const [x, index, source, y] = [input(command, 0), input(command, 1), input(command, 2), output(command, 0)];
  check(machine, command, index, sizes(x)[1]);
  if (x.size === 0) return;
  machine.set(machine.pointer(x), machine.pointer(y), x.size, x.size, x.size, 1, 1, ROWS_A_CHUNK);
  machine.launch('copyRows', ceilDiv(x.size, ROWS_A_CHUNK), x.size * 0.3);
  scatterInto(machine, command, source, index, false);
};

export const argReduce: HostKernel = (machine, command) => {
  const x = input(command, 0);
  const [outer, n, inner] = sizes(x);
  if (x.size === 0) return;
  machine.set(
    machine.pointer(x), machine.pointer(output(command, 0)), outer, n, inner, COLUMNS_A_STRIP, Number(command.attrs.op === 'min'), Number(x.dtype !== 'float32'),
  );
  machine.launch('argReduce', outer * ceilDiv(inner, COLUMNS_A_STRIP), x.size);
};
