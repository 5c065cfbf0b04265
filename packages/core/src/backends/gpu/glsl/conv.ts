/** Convolution and its adjoints on blocks of four channels (blocks.ts), as GLSL. */
import { programFamily } from '../program';
import { glslProgram } from './program';

const axes = ['D', 'H', 'W'] as const;
const every = (of: (axis: string) => string, join: string): string => axes.map(of).join(join);
export const volume = (letter: string): string => `(${every((axis) => letter + axis, ' * ')})`;
/** Splits `position` on a grid into `atD`, `atH`, `atW`. */
export const split = (position: string, grid: string): string => `
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
  // Where cell c of the kernel reads, if there is something. Without dilation every s-th cell meets a multiple of the stride.
  const along = (axis: string): string => (back
    ? `for (int c${axis} = d${axis} == 1 ? (at${axis} + p${axis}) % s${axis} : 0; c${axis} < k${axis}; c${axis} += d${axis} == 1 ? s${axis} : 1) {
    int t${axis} = at${axis} + p${axis} - c${axis} * d${axis};
    int from${axis} = t${axis} / s${axis};
    if (t${axis} < 0 || from${axis} >= ${read}${axis} || from${axis} * s${axis} != t${axis}) { continue; }`
    : `for (int c${axis} = 0; c${axis} < k${axis}; c${axis}++) {
    int from${axis} = at${axis} * s${axis} - p${axis} + c${axis} * d${axis};
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
  ${axes.map(along).join('\n  ')}
    int at = first + (fromD * ${read}H + fromH) * ${read}W + fromW;
    int weight = (weightsOfBlock + (cD * kH + cH) * kW + cW) * readBlocks * 4;
    for (int block = 0; block < readBlocks; block++) {
      vec4 value = blocks_texel(at);
      ${Array.from({ length: terms }, (_, l) => `total += value[${l}] * weights_texel(weight + ${l});`).join('\n      ')}
      at += step;
      weight += 4;
    }
  }}}
  return total;
}`,
  });
});

