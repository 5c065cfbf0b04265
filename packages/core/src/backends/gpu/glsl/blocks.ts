/**
 * Layouts of convolution in GLSL: a texel has four channels of one position, so that a fetch brings four terms. Channels of a group are filled
 * up with zeros to whole blocks of four: [images, groups, blocks, positions], four floats each.
 */
import { programFamily } from '../program';
import { glslProgram } from './program';

const lanes = [0, 1, 2, 3];
const vector = (of: (l: number) => string): string => `vec4(${lanes.map(of).join(', ')})`;

/** x [images, groups perGroup, positions] -> blocks. */
export const together = glslProgram({
  name: 'channelsTogether',
  inputs: ['x'],
  ints: ['groups', 'perGroup', 'blocks', 'positions'],
  glsl: `
vec4 four(int i) {
  int line = (i >> 2) / positions;
  int image = line / blocks;
  int channel = (line - image * blocks) * 4;
  int at = (image * perGroup + channel) * positions + (i >> 2) - line * positions;
  return ${vector((l) => `channel + ${l} < perGroup ? x_at(at + ${l} * positions) : 0.0`)};
}`,
});

/** Blocks -> y [images, groups perGroup, positions]; `joined`: positions are whole texels. */
export const apart = programFamily((joined: boolean) => glslProgram({
  name: 'channelsApart',
  inputs: ['x'],
  ints: ['groups', 'perGroup', 'blocks', 'positions'],
  glsl: `
int from = 0;
int lane = 0;
void find(int i) {
  int line = i / positions;
  int image = line / perGroup;
  int channel = line - image * perGroup;
  from = (image * blocks + (channel >> 2)) * positions + i - line * positions;
  lane = channel & 3;
}
${joined ? `vec4 four(int i) {
  find(i);
  return ${vector((l) => `x_texel(from + ${l})[lane]`)};
}` : `float one(int i) {
  find(i);
  return x_texel(from)[lane];
}
vec4 four(int i) { return ${vector((l) => `one(i + ${l})`)}; }`}`,
}));

/**
 * weight -> for each group, block of what is made, cell, block of what is read and channel of that: a texel of four channels that are made. `made` and `read` are so many
 * channels a group, `madeStep` and `readStep` their strides in the weight.
 */
export const weightsTogether = glslProgram({
  name: 'weightsTogether',
  inputs: ['weight'],
  ints: ['made', 'read', 'madeStep', 'readStep', 'cells'],
  glsl: `
vec4 four(int i) {
  int rest = i >> 2;
  int readBlocks = (read + 3) / 4;
  int madeBlocks = (made + 3) / 4;
  int channel = rest & 3;
  rest >>= 2;
  int block = rest / readBlocks;
  channel += (rest - block * readBlocks) * 4;
  rest = block / cells;
  int cell = block - rest * cells;
  int group = rest / madeBlocks;
  int first = (rest - group * madeBlocks) * 4;
  int at = group * made * read * cells + first * madeStep + channel * readStep + cell;
  return ${vector((l) => `channel < read && first + ${l} < made ? weight_at(at + ${l} * madeStep) : 0.0`)};
}`,
});
