/** Softmax, its logarithm and their gradients, over the rows of [rows, n]. */
import { ceilDiv, type HostKernel, input, output, type Task } from '../machine';

const ELEMENTS_A_CHUNK = 8192;

const overRows = (task: Task, cost: number): HostKernel => (machine, command) => {
  const x = input(command, 0);
  const y = output(command, 0);
  const [rows = 1, n = 1] = y.shape;
  if (y.size === 0) return;
  const perChunk = Math.max(1, Math.floor(ELEMENTS_A_CHUNK / n));
  const gradient = command.inputs.length > 1;
  machine.set(machine.pointer(x), machine.pointer(gradient ? input(command, 1) : y), n, rows, perChunk, machine.pointer(y));
  machine.launch(task, ceilDiv(rows, perChunk), y.size * cost);
};

export const softmax = overRows('softmax', 3);
export const logSoftmax = overRows('logSoftmax', 3);
export const softmaxGrad = overRows('softmaxGrad', 1);
export const logSoftmaxGrad = overRows('logSoftmaxGrad', 3);
