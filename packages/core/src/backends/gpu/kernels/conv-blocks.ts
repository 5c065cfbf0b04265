/** Convolution and its adjoints by way of blocks of four channels, in mode `webgl2`: data is laid out so, summed, and laid back. */
import type { Workbench } from '../device';
import { apart, together, weightsTogether } from '../glsl/blocks';
import { convBlocks } from '../glsl/conv';
import { weightOfChannels, weightOfOutputs } from '../glsl/conv-weight';
import type { Operand } from '../program';
import { reduceInto } from './reduce';

/** What a convolution is of; `channels` and `outputs` are those of one group. */
export interface Convolution {
  readonly batch: number;
  readonly groups: number;
  readonly channels: number;
  readonly outputs: number;
  /** Sizes of input, kernel and output, stride, padding, dilation. */
  readonly spatial: readonly number[];
}

const blocksOf = (channels: number): number => Math.ceil(channels / 4);
/** Of the three sizes from `k` on. */
const volume = (sizes: readonly number[], k: number): number => sizes.slice(k, k + 3).reduce((a, b) => a * b, 1);

/** Whether it can be done: inputs begin at whole texels, blocks are not nearly empty, and there is room for them. */
function fits(bench: Workbench, inputs: readonly Operand[], filled: number, { batch, groups, channels, outputs, spatial }: Convolution): boolean {
  const { glsl, maxLength } = bench.device;
  const lengths = [
    batch * groups * blocksOf(channels) * volume(spatial, 0), batch * groups * blocksOf(outputs) * volume(spatial, 6),
    groups * blocksOf(channels) * blocksOf(outputs) * 4 * volume(spatial, 3),
  ];
  return glsl === true && filled >= 4 && inputs.every(({ offset }) => offset % 4 === 0) && lengths.every((texels) => texels * 4 <= maxLength);
}

function pack(bench: Workbench, x: Operand, images: number, { groups }: Convolution, perGroup: number, positions: number): Operand {
  const blocks = blocksOf(perGroup);
  const to = bench.temporary(images * groups * blocks * positions * 4);
  bench.run(together, { inputs: [x], ints: [groups, perGroup, blocks, positions], output: to });
  return to;
}

function unpack(bench: Workbench, x: Operand, perGroup: number, positions: number, y: Operand): void {
  bench.run(apart(positions % 4 === 0), { inputs: [x], ints: [1, perGroup, blocksOf(perGroup), positions], output: y });
}

/** y from x, or, `back`, dx from dy; false where gpu.js's kernel has to do it. */
export function convByBlocks(bench: Workbench, back: boolean, x: Operand, weight: Operand, y: Operand, convolution: Convolution): boolean {
  const { batch, groups, channels, outputs, spatial } = convolution;
  const cells = volume(spatial, 3);
  const [read, made] = back ? [outputs, channels] : [channels, outputs];
  const [readPositions, madePositions] = back ? [volume(spatial, 6), volume(spatial, 0)] : [volume(spatial, 0), volume(spatial, 6)];
  if (!fits(bench, [x, weight], made, convolution)) return false;
  const blocks = pack(bench, x, batch, convolution, read, readPositions);
  const weights = bench.temporary(groups * blocksOf(made) * cells * blocksOf(read) * 16);
  bench.run(weightsTogether, { inputs: [weight], ints: [made, read, ...(back ? [cells, channels * cells] : [channels * cells, cells]), cells], output: weights });
  const result = bench.temporary(batch * groups * blocksOf(made) * madePositions * 4);
  bench.run(convBlocks(back, Math.min(4, read)), { inputs: [blocks, weights], ints: [groups, blocksOf(made), blocksOf(read), ...spatial], output: result });
  unpack(bench, result, made, madePositions, y);
  return true;
}

/** dweight, from sums over `images` images each. */
export function convWeightGradByBlocks(bench: Workbench, x: Operand, dy: Operand, dweight: Operand, images: number, convolution: Convolution): boolean {
  const { batch, groups, channels, outputs, spatial } = convolution;
  const ofOutputs = channels < 4;
  if (!fits(bench, [x, dy], ofOutputs ? outputs : channels, convolution)) return false;
  const cells = volume(spatial, 3);
  const [inputs, program, perGroup, positions, lines] = ofOutputs
    ? [[x, pack(bench, dy, batch, convolution, outputs, volume(spatial, 6))], weightOfOutputs, outputs, channels * cells, groups] as const
    : [[pack(bench, x, batch, convolution, channels, volume(spatial, 0)), dy], weightOfChannels(volume(spatial, 6) % 4 === 0), channels, cells, groups * outputs] as const;
  const parts = Math.ceil(batch / images);
  const size = lines * blocksOf(perGroup) * positions * 4;
  const partial = bench.temporary(parts * size);
  bench.run(program, { inputs, ints: [batch, images, groups, channels, outputs, ...spatial], output: partial });
  const sum = parts === 1 ? partial : bench.temporary(size);
  if (parts > 1) reduceInto(bench, 'sum', partial, [1, parts, size], sum);
  unpack(bench, sum, perGroup, positions, dweight);
  return true;
}
