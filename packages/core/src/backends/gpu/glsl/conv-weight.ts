/** The weight gradient of a convolution as GLSL, from blocks of four channels (blocks.ts): positions of y are walked, and each is a term. */
import { programFamily } from '../program';
import { spatialNames, split, volume } from './conv';
import { glslProgram } from './program';

const lanes = [0, 1, 2, 3];
const ints = ['batch', 'images', 'groups', 'channels', 'outputs', ...spatialNames];

/** Goes on from one position of y to the next, and tells where `from` is in x then. */
const walk = `
ivec3 place = ivec3(0);
ivec3 next(ivec3 from) {
  ivec3 at = place * ivec3(sD, sH, sW) + from;
  place.z++;
  if (place.z == yW) { place.z = 0; place.y++; }
  if (place.y == yH) { place.y = 0; place.x++; }
  return at;
}
bool inside(ivec3 at) { return all(greaterThanEqual(at, ivec3(0))) && all(lessThan(at, ivec3(xD, xH, xW))); }
int positionOf(ivec3 at) { return (at.x * xH + at.y) * xW + at.z; }
ivec3 fromCell(int cell) {
  ${split('cell', 'k')}
  return ivec3(atD, atH, atW) * ivec3(dD, dH, dW) - ivec3(pD, pH, pW);
}`;

/**
 * From dy and the blocks of x, over `images` images each: [parts, outputs of all groups, blocks, cells], a texel of four
 * channels. `joined`: the positions of y are whole texels.
 */
export const weightOfChannels = programFamily((joined: boolean) => glslProgram({
  name: 'convWeightGrad', inputs: ['blocks', 'dy'], ints,
  glsl: `${walk}
int first = 0;
vec4 term(float dy, ivec3 from) {
  ivec3 at = next(from);
  return inside(at) ? dy * blocks_texel(first + positionOf(at)) : vec4(0);
}
vec4 four(int i) {
  int blocks = (channels + 3) / 4;
  int cells = ${volume('k')};
  int size = ${volume('y')};
  int line = (i >> 2) / cells;
  ivec3 from = fromCell((i >> 2) - line * cells);
  int row = line / blocks;
  int block = line - row * blocks;
  int part = row / (groups * outputs);
  row -= part * groups * outputs;
  int group = row / outputs;
  int end = min((part + 1) * images, batch);
  vec4 total = vec4(0);
  for (int image = part * images; image < end; image++) {
    first = ((image * groups + group) * blocks + block) * ${volume('x')};
    int at = (image * groups * outputs + row) * size;
    place = ivec3(0);
    vec4 sum = vec4(0);
    int position = 0;
    for (; position + 3 < size; position += 4) {
      vec4 values = ${joined ? 'dy_four' : 'dy_near'}(at + position);
      ${lanes.map((l) => `sum += term(values[${l}], from);`).join('\n      ')}
    }
    for (; position < size; position++) { sum += term(dy_at(at + position), from); }
    total += sum;
  }
  return total;
}`,
}));

/** From x and the blocks of dy: [parts, groups, blocks, channels, cells], a texel of four outputs; for inputs of fewer than four channels. */
export const weightOfOutputs = glslProgram({
  name: 'convWeightGrad', inputs: ['x', 'blocks'], ints,
  glsl: `${walk}
vec4 four(int i) {
  int blocks = (outputs + 3) / 4;
  int cells = ${volume('k')};
  int size = ${volume('y')};
  int rest = (i >> 2) / cells;
  ivec3 from = fromCell((i >> 2) - rest * cells);
  int row = rest / channels;
  int channel = rest - row * channels;
  rest = row / blocks;
  int block = row - rest * blocks;
  int part = rest / groups;
  int group = rest - part * groups;
  int end = min((part + 1) * images, batch);
  vec4 total = vec4(0);
  for (int image = part * images; image < end; image++) {
    int of = image * groups + group;
    int first = (of * blocks + block) * size;
    int start = (of * channels + channel) * ${volume('x')};
    place = ivec3(0);
    vec4 sum = vec4(0);
    for (int position = 0; position < size; position++) {
      ivec3 at = next(from);
      if (inside(at)) { sum += blocks_texel(first + position) * x_at(start + positionOf(at)); }
    }
    total += sum;
  }
  return total;
}`,
});
