/** Pooling over three spatial axes. */
import { fail } from '../../../errors';
import type { AvgPoolAttrs, PoolAttrs } from '../../../kernels/structured';
import type { Command, TensorRef } from '../../executor';
import { ceilDiv, extent, type HostKernel, input, type Machine, output, type Task } from '../machine';

const CELLS_A_CHUNK = 16384;
const MOST_WINDOWS = 87_000;

interface Window extends Partial<PoolAttrs>, Partial<Pick<AvgPoolAttrs, 'countIncludePad' | 'divisor'>> {}

/** Pools between a plane tensor x and a window tensor y, in whichever direction the task goes. */
function pool(machine: Machine, task: Task, command: Command, x: TensorRef, y: TensorRef, index: TensorRef | undefined, adaptive: boolean): void {
  const planes = extent(x.shape, 0, 2);
  if (planes === 0) return;
  // The windows of each axis are described in a thread's scratch.
  const windows = Math.max(x.shape[2]!, y.shape[2]!) + Math.max(x.shape[3]!, y.shape[3]!) + Math.max(x.shape[4]!, y.shape[4]!);
  if (windows > MOST_WINDOWS) fail('shape', `${command.kernel}: the sizes of the spatial axes may add up to ${MOST_WINDOWS}, received ${windows}.`);
  const window = command.attrs as Window;
  const one = [1, 1, 1];
  const cells = Math.max(x.size, y.size) / planes;
  const perChunk = Math.max(1, Math.floor(CELLS_A_CHUNK / Math.max(cells, 1)));
  machine.set(
    machine.pointer(x), machine.pointer(y), index ? machine.pointer(index) : 0, planes, perChunk, Number(adaptive), ...x.shape.slice(2), ...y.shape.slice(2),
    ...(window.kernel ?? one), ...(window.stride ?? one), ...(window.padding ?? [0, 0, 0]), ...(window.dilation ?? one), Number(window.countIncludePad === true), window.divisor ?? 0,
  );
  const reads = adaptive ? x.size : y.size * (window.kernel ?? one).reduce((product, n) => product * n, 1);
  machine.launch(task, ceilDiv(planes, perChunk), reads * 1.5 + y.size * 5);
}

const maximum = (adaptive: boolean): HostKernel => (machine, command) =>
  pool(machine, 'maxPool', command, input(command, 0), output(command, 0), output(command, 1), adaptive);
const average = (adaptive: boolean): HostKernel => (machine, command) =>
  pool(machine, 'avgPool', command, input(command, 0), output(command, 0), undefined, adaptive);
const averageGrad = (adaptive: boolean): HostKernel => (machine, command) =>
  pool(machine, 'avgPoolGrad', command, output(command, 0), input(command, 0), undefined, adaptive);

export const maxPool = maximum(false);
export const adaptiveMaxPool = maximum(true);
export const avgPool = average(false);
export const adaptiveAvgPool = average(true);
export const avgPoolGrad = averageGrad(false);
export const adaptiveAvgPoolGrad = averageGrad(true);
