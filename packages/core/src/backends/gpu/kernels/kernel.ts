/** What every kernel of the gpu table is: a command turned into program calls on a workbench. */
import type { Command, TensorRef } from '../../executor';
import { fail } from '../../../errors';
import type { Workbench } from '../device';

export type GpuKernel = (command: Command, bench: Workbench) => void;

export function input(command: Command, k: number): TensorRef {
  return command.inputs[k] ?? fail('state', `${command.kernel}: no input ${k}.`);
}

export function output(command: Command, k: number): TensorRef {
  return command.outputs[k] ?? fail('state', `${command.kernel}: no output ${k}.`);
}
