/** Gaussian noise: drawn on the host by core's generator, as shaders cannot multiply 32-bit integers exactly in every mode. */
import { normal } from '../../../random/draw';
import type { RngKey } from '../../../random/key';
import { defineProgram } from '../program';
import { type GpuKernel, input, output } from './kernel';

const added = defineProgram({
  name: 'addNormal', inputs: ['x', 'z'], floats: ['std'],
  code: ({ x, z }) => ({ value: `${x('$i')} + std * ${z('$i')}` }),
});

export const addNormal: GpuKernel = (command, bench) => {
  const [x, y] = [input(command, 0), output(command, 0)];
  const [std = 0, ...key] = command.scalars;
  if (x.size === 0) return;
  const z = bench.temporary(x.size);
  bench.device.write(z.handle, 0, normal(key as unknown as RngKey, x.size));
  bench.run(added, { inputs: [x, z], floats: [std], output: y });
};
