/** [] -> y; y = scalar[0]. */
import { defineProgram } from '../program';
import { type GpuKernel, output } from './kernel';

const program = defineProgram({ name: 'fill', inputs: [], floats: ['value'], code: () => ({ value: 'value' }) });

export const fill: GpuKernel = (command, bench) => {
  bench.run(program, { inputs: [], floats: command.scalars, output: output(command, 0) });
};
