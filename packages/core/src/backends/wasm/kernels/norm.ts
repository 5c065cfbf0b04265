/** Layer and batch normalization and their gradients. */
import { ceilDiv, type HostKernel, input, type Machine, output } from '../machine';
import { reduceInto } from './reduce';
import type { TensorRef } from '../../executor';

const ELEMENTS_A_CHUNK = 8192;
/** Chunks that each hold a share of dweight and dbias, so that their memory stays small. */
const MOST_SHARES = 64;

const pointerOr0 = (machine: Machine, ref: TensorRef | undefined): number => (ref ? machine.pointer(ref) : 0);

export const layerNorm: HostKernel = (machine, command) => {
  const x = input(command, 0);
  const [rows = 0, n = 1] = x.shape;
  if (x.size === 0) return;
  const perChunk = Math.max(1, Math.floor(ELEMENTS_A_CHUNK / n));
  machine.scalars[0] = command.scalars[0] ?? 0;
  machine.set(
    machine.pointer(x), pointerOr0(machine, command.inputs[1]), pointerOr0(machine, command.inputs[2]),
    machine.pointer(output(command, 0)), machine.pointer(output(command, 1)), machine.pointer(output(command, 2)), rows, n, perChunk,
  );
  machine.launch('layerNorm', ceilDiv(rows, perChunk), x.size);
};

export const layerNormGrad: HostKernel = (machine, command) => {
  const [dy, x, mean, rstd] = [input(command, 0), input(command, 1), input(command, 2), input(command, 3)];
  const weight = command.inputs[4];
  const [rows = 0, n = 1] = x.shape;
  const perChunk = Math.max(1, Math.floor(ELEMENTS_A_CHUNK / Math.max(n, 1)), ceilDiv(rows, MOST_SHARES));
  const chunks = ceilDiv(rows, perChunk);
  const run = (dweight: number, dbias: number): void => {
    machine.set(
      machine.pointer(dy), machine.pointer(x), machine.pointer(mean), machine.pointer(rstd), pointerOr0(machine, weight),
      machine.pointer(output(command, 0)), rows, n, perChunk, dweight, dbias,
    );
    if (x.size > 0) machine.launch('layerNormGrad', chunks, x.size * 1.5);
  };
  if (!weight) {
    run(0, 0);
    return;
  }
  const share = chunks * n * 4;
  machine.temporary(2 * share, (shares) => {
    run(shares, shares + share);
    const parts = x.size > 0 ? chunks : 0;
    reduceInto(machine, shares, machine.pointer(output(command, 1)), 1, parts, n, 0);
    reduceInto(machine, shares + share, machine.pointer(output(command, 2)), 1, parts, n, 0);
  });
};

/** Runs the task over channels, or over groups of 16 where channels are neighbours in memory. */
function overChannels(machine: Machine, task: 'batchNorm' | 'batchNormGrad', x: TensorRef, cost: number): void {
  const [, channels = 0, spatial = 1] = x.shape;
  if (spatial === 1) machine.launch(`${task}Columns`, ceilDiv(channels, 16), x.size * cost);
  else machine.launch(task, channels, x.size * cost);
}

export const batchNorm: HostKernel = (machine, command) => {
  const x = input(command, 0);
  const [images = 0, channels = 0, spatial = 1] = x.shape;
  machine.scalars[0] = command.scalars[0] ?? 0;
  machine.set(
    machine.pointer(x), pointerOr0(machine, command.inputs[1]), pointerOr0(machine, command.inputs[2]),
    machine.pointer(output(command, 0)), machine.pointer(output(command, 1)), machine.pointer(output(command, 2)), images, channels, spatial,
  );
  overChannels(machine, 'batchNorm', x, 1);
};

export const batchNormGrad: HostKernel = (machine, command) => {
  const x = input(command, 1);
  const weight = command.inputs[4];
  const [images = 0, channels = 0, spatial = 1] = x.shape;
  machine.scalars[0] = command.scalars[0] ?? 0;
  machine.set(
    machine.pointer(input(command, 0)), pointerOr0(machine, weight), machine.pointer(x), machine.pointer(output(command, 0)),
    machine.pointer(input(command, 2)), machine.pointer(input(command, 3)), images, channels, spatial,
    pointerOr0(machine, weight && command.outputs[1]), pointerOr0(machine, weight && command.outputs[2]),
  );
  overChannels(machine, 'batchNormGrad', x, 1.5);
};
