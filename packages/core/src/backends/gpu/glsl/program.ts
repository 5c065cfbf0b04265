/** Programs that are GLSL alone: steps of a variant that takes several. */
import { fail } from '../../../errors';
import { defineProgram, type Program, type ProgramSpec } from '../program';

export function glslProgram({ name, inputs, ints = [], glsl }: Pick<ProgramSpec, 'name' | 'inputs' | 'ints'> & { readonly glsl: string }): Program {
  return {
    ...defineProgram({ name, inputs, ints, glsl, code: () => ({ value: '0' }) }),
    source: () => fail('state', `gpu: kernel '${name}' is GLSL alone, and was given tensors that do not begin at whole texels.`),
  };
}
