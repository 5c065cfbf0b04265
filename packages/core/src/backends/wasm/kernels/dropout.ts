/** Dropout: the mask is drawn while the elements pass, so the gradient is the same command on dy. */
import { ceilDiv, type HostKernel, input, output, wordOf } from '../machine';

const ELEMENTS_A_CHUNK = 16384;

export const dropout: HostKernel = (machine, command) => {
  const x = input(command, 0);
  const y = output(command, 0);
  const [threshold = 0, scale = 1, k0 = 0, k1 = 0, c1 = 0, c2 = 0, c3 = 0] = command.scalars;
  // A draw has 16 bits: from 65536 on none is kept, which a mask scaled by 0 says.
  const none = threshold > 65535;
  machine.set(
    machine.pointer(x), machine.pointer(y), x.size, ELEMENTS_A_CHUNK, none ? 65535 : Math.max(0, Math.ceil(threshold)), none ? 0 : wordOf(x, scale), k0, k1, c1, c2, c3,
  );
  machine.launch('dropout', ceilDiv(x.size, ELEMENTS_A_CHUNK), x.size * 0.6);
};
