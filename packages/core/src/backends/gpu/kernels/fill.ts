/** [] -> y; y = scalar[0]. */
import { defineProgram } from '../program';
import { checkWhole } from '../whole';
import { type GpuKernel, output } from './kernel';

/** The same number everywhere. */
export const constant = defineProgram({ name: 'fill', inputs: [], floats: ['value'], code: () => ({ value: 'value' }) });

export const fill: GpuKernel = (command, bench) => {
  const y = output(command, 0);
  if (y.dtype === 'int32') checkWhole(command.scalars);
  bench.run(constant, { inputs: [], floats: command.scalars, output: y });
};
