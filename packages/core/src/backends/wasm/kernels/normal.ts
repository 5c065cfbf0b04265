/** Gaussian noise, drawn while the elements pass. */
import { ceilDiv, type HostKernel, input, output, wordOf } from '../machine';

const ELEMENTS_A_CHUNK = 4096;

export const addNormal: HostKernel = (machine, command) => {
  const [x, y] = [input(command, 0), output(command, 0)];
  const [std = 0, k0 = 0, k1 = 0, c1 = 0, c2 = 0, c3 = 0] = command.scalars;
  machine.set(machine.pointer(x), machine.pointer(y), x.size, ELEMENTS_A_CHUNK, wordOf(x, std), 0, k0, k1, c1, c2, c3);
  machine.launch('normal', ceilDiv(x.size, ELEMENTS_A_CHUNK), x.size * 8);
};
