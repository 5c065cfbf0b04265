/**
 * WGSL that a program carries, with its arguments declared: inputs by their names, `result` and other results, and `call`, whose fields are the
 * offsets, ints and floats by the names of the program's parameters.
 */
import type { Program, WgslVariant } from '../../program';
import type { Translation } from './translate';

/** Words that come before the arguments in the uniforms of every call; the first is the number of workgroups. */
const HEADER_WORDS = 4;

export function declareVariant(program: Program, { source, wide = [], others = [] }: WgslVariant): Translation {
  const scalars = program.parameters.slice(program.inputs.length);
  const types = program.argumentTypes.slice(program.inputs.length);
  const element = (name: string): string => (wide.includes(name) ? 'vec4<f32>' : 'f32');
  const wgsl = `
struct Call { header: vec4<u32>, ${scalars.map((name, k) => `${name}: ${types[k] === 'Integer' ? 'i32' : 'f32'}`).join(', ')} }
@group(0) @binding(0) var<uniform> call: Call;
${program.inputs.map((name, k) => `@group(0) @binding(${k + 1}) var<storage, read> ${name}: array<${element(name)}>;`).join('\n')}
${['result', ...others].map((name, k) => `@group(0) @binding(${program.inputs.length + 1 + k}) var<storage, read_write> ${name}: array<${element(name)}>;`).join('\n')}
${source}`;
  return {
    wgsl,
    // A uniform's struct is as long as a multiple of its alignment, 16.
    byteLength: Math.ceil((HEADER_WORDS + scalars.length) / 4) * 16,
    scalars: scalars.map((_, k) => ({ offset: (HEADER_WORDS + k) * 4, type: types[k] ?? 'Float' })),
  };
}
