/**
 * gpu.js's GLSL with fewer fetches: where a kernel reads an input at each of its four elements, these are one texel, if the input begins at a
 * whole texel; where it reads the first element, that is fetched once.
 */

const call = (name: string): string => `getMemoryOptimized32(user_${name}, user_${name}Size, user_${name}Dim, 0, 0, `;
/** gpu.js's form of a name, after `user_`: each underscore stands between two u. */
const translated = (name: string): string => name.replaceAll('_', 'u_u');

export function readNeighbours(source: string, inputs: readonly string[]): string {
  const locals: string[] = [];
  let text = source;
  inputs.map(translated).forEach((name, k) => {
    const offset = `user_${name}u_uo`;
    const lanes = [0, 1, 2, 3].map((lane) => `${call(name)}int((float(${offset})+user_l${lane}u_ui)))`);
    if (lanes.every((read) => text.includes(read))) {
      locals.push(`vec4 four${k} = texelOf(user_${name}, user_${name}Size, (${offset} >> 2) + threadId.x);`);
      lanes.forEach((read, lane) => { text = text.replaceAll(read, `four${k}[${lane}]`); });
    }
    const first = `${call(name)}(${offset}+0))`;
    if (text.includes(first)) {
      locals.push(`float first${k} = ${first};`);
      text = text.replaceAll(first, `first${k}`);
    }
  });
  return text.replace('void kernel() {', `void kernel() {\n${locals.join('\n')}`);
}
