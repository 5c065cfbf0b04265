/**
 * GLSL that a program carries, with its arguments declared: offsets, ints and floats by the names of the program's parameters, and of each input,
 * `x`, the functions `x_at(i)` of one element, `x_four(i)` of the texel that begins with element `i`, and `x_near(i)` of four elements
 * from any one on, which takes two fetches.
 */
import type { GlslVariant, Program } from '../../program';

/** The square that is drawn, as gpu.js draws it. */
export const vertexShader = `#version 300 es
in vec2 aPos;
void main() { gl_Position = vec4(aPos, 0, 1); }`;

const input = (name: string): string => `
uniform sampler2D ${name};
uniform ivec2 ${name}_size;
vec4 ${name}_texel(int texel) { return texelFetch(${name}, ivec2(texel & ${name}_size.x, texel >> ${name}_size.y), 0); }
float ${name}_at(int i) { return ${name}_texel((${name}_o + i) >> 2)[i & 3]; }
vec4 ${name}_four(int i) { return ${name}_texel((${name}_o + i) >> 2); }
vec4 ${name}_near(int i) { return shifted(${name}_four(i), ${name}_four(i + 3), i & 3); }`;

export function declareVariant({ inputs, parameters, argumentTypes }: Program, source: GlslVariant): string {
  const numbers = parameters.slice(inputs.length).map((name, k) => `uniform ${argumentTypes[inputs.length + k] === 'Integer' ? 'int' : 'float'} ${name};`);
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
uniform ivec2 uTexSize;
out vec4 result;
${numbers.join('\n')}
vec4 shifted(vec4 low, vec4 high, int by) {
  return by == 0 ? low : by == 1 ? vec4(low.yzw, high.x) : by == 2 ? vec4(low.zw, high.xy) : vec4(low.w, high.xyz);
}
${inputs.map(input).join('\n')}
${source}
void main() { result = four(4 * (int(gl_FragCoord.y) * uTexSize.x + int(gl_FragCoord.x))); }`;
}
