/** allFinite and sumSquares: one number over all elements of many tensors. */
import { ceilDiv, type HostKernel, output } from '../machine';
import { reduceInto } from './reduce';

const ELEMENTS_A_CHUNK = 16384;
const ONE = 0x3f800000;

export const allFinite: HostKernel = (machine, command) => {
  const y = machine.pointer(output(command, 0));
  machine.set(y, ONE, 1, 1);
  machine.launch('fill', 1, 0);
  for (const x of command.inputs) {
    if (x.dtype !== 'float32') continue;
    machine.set(machine.pointer(x), x.size, ELEMENTS_A_CHUNK, y);
    machine.launch('allFinite', ceilDiv(x.size, ELEMENTS_A_CHUNK), x.size * 0.2);
  }
};

export const sumSquares: HostKernel = (machine, command) => {
  const y = machine.pointer(output(command, 0));
  const partials = command.inputs.reduce((count, x) => count + ceilDiv(x.size, ELEMENTS_A_CHUNK), 0);
  machine.temporary(partials * 4, (partial) => {
    let at = partial;
    for (const x of command.inputs) {
      const chunks = ceilDiv(x.size, ELEMENTS_A_CHUNK);
      machine.set(machine.pointer(x), x.size, ELEMENTS_A_CHUNK, at);
      machine.launch('sumSquares', chunks, x.size * 0.2);
      at += chunks * 4;
    }
    reduceInto(machine, partial, y, 1, partials, 1, 0);
  });
};
