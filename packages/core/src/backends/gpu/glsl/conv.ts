/** Convolution and its adjoints on blocks of four channels (blocks.ts), as GLSL. */
import { programFamily } from '../program';
import { glslProgram } from './program';

const axes = ['D', 'H', 'W'] as const;
const all = (of: (axis: string) => string, join: string): string => axes.map(of).join(join);
const volume = (letter: string): string => `(${all((axis) => letter + axis, ' * ')})`;
/** Splits `position` on a grid into `atD`, `atH`, `atW`. */
const split = (position: string, grid: string): string => `
  int atH = ${position} / ${grid}W;
  int atW = ${position} - atH * ${grid}W;
  int atD = atH / ${grid}H;
  atH -= atD * ${grid}H;`;

export const spatialNames = ['x', 'k', 'y', 's', 'p', 'd'].flatMap((letter) => axes.map((axis) => letter + axis));

/**
 * The blocks of y from those of x, or, `back`, of dx from those of dy. `terms`: how many channels of a block can be other than zero. A texel
 * that is read meets four of weights.
 */
export const convBlocks = programFamily((back: boolean, terms: number) => {
  const [made, read] = back ? ['x', 'y'] : ['y', 'x'];
  // Where cell c of the kernel reads; whether there is something.
  const along = (axis: string): string => (back
    ? `int t${axis} = at${axis} + p${axis} - c${axis} * d${axis};
    int from${axis} = t${axis} / s${axis};
    if (t${axis} < 0 || from${axis} >= ${read}${axis} || from${axis} * s${axis} != t${axis}) { continue; }`
    : `int from${axis} = at${axis} * s${axis} - p${axis} + c${axis} * d${axis};
    if (from${axis} < 0 || from${axis} >= ${read}${axis}) { continue; }`);
  return glslProgram({
    name: back ? 'convInputGrad' : 'conv',
    inputs: ['blocks', 'weights'],
    ints: ['groups', 'madeBlocks', 'readBlocks', ...spatialNames],
    glsl: `
vec4 four(int i) {
  int size = ${volume(made)};
  int line = (i >> 2) / size;
  int position = (i >> 2) - line * size;
  int image = line / madeBlocks;
  int weightsOfBlock = (image % groups * madeBlocks + line - image * madeBlocks) * ${volume('k')};
  ${split('position', made)}
  int step = ${volume(read)};
  int first = image * readBlocks * step;
  vec4 total = vec4(0);
  for (int cD = 0; cD < kD; cD++) {
    ${along('D')}
    for (int cH = 0; cH < kH; cH++) {
      ${along('H')}
      for (int cW = 0; cW < kW; cW++) {
        ${along('W')}
        int at = first + (fromD * ${read}H + fromH) * ${read}W + fromW;
        int weight = (weightsOfBlock + (cD * kH + cH) * kW + cW) * readBlocks * 4;
        for (int block = 0; block < readBlocks; block++) {
          vec4 value = blocks_texel(at);
          ${Array.from({ length: terms }, (_, l) => `total += value[${l}] * weights_texel(weight + ${l});`).join('\n          ')}
          at += step;
          weight += 4;
        }
      }
    }
  }
  return total;
}`,
  });
});

/**
 * Sums over `images` images each of the products of dy and the blocks of x: [parts, outputs of all groups, blocks, cells], a texel of four
 * input channels. `joined`: the positions of y are whole texels.
 */
export const convWeightBlocks = programFamily((joined: boolean) => glslProgram({
  name: 'convWeightGrad',
  inputs: ['blocks', 'dy'],
  ints: ['batch', 'images', 'groups', 'outputs', 'readBlocks', ...spatialNames],
  glsl: `
ivec3 place = ivec3(0);
int first = 0;
/** The term of one position of y; goes on to the next. */
vec4 term(float dy, ivec3 from) {
  ivec3 at = place * ivec3(sD, sH, sW) + from;
  bool inside = all(greaterThanEqual(at, ivec3(0))) && all(lessThan(at, ivec3(xD, xH, xW)));
  place.z++;
  if (place.z == yW) { place.z = 0; place.y++; }
  if (place.y == yH) { place.y = 0; place.x++; }
  return inside ? dy * blocks_texel(first + (at.x * xH + at.y) * xW + at.z) : vec4(0);
}
vec4 four(int i) {
  int cells = ${volume('k')};
  int size = ${volume('y')};
  int line = (i >> 2) / cells;
  int cell = (i >> 2) - line * cells;
  ${split('cell', 'k')}
  ivec3 from = ivec3(atD, atH, atW) * ivec3(dD, dH, dW) - ivec3(pD, pH, pW);
  int out_ = line / readBlocks;
  int block = line - out_ * readBlocks;
  int part = out_ / (groups * outputs);
  int channel = out_ - part * groups * outputs;
  int group = channel / outputs;
  int count = min(images, batch - part * images);
  vec4 total = vec4(0);
  for (int n = 0; n < count; n++) {
    int image = part * images + n;
    first = ((image * groups + group) * readBlocks + block) * ${volume('x')};
    int at = (image * groups * outputs + channel) * size;
    place = ivec3(0);
    vec4 sum = vec4(0);
    int position = 0;
    for (; position + 3 < size; position += 4) {
      vec4 values = ${joined ? 'dy_four' : 'dy_near'}(at + position);
      ${[0, 1, 2, 3].map((l) => `sum += term(values[${l}], from);`).join('\n      ')}
    }
    for (; position < size; position++) { sum += term(dy_at(at + position), from); }
    total += sum;
  }
  return total;
}`,
}));
