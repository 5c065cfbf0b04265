/** Convolution of any spatial rank: checks, output sizes, 'same' padding. The public ops are in conv1d.ts, conv2d.ts, conv3d.ts. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import type { Triple } from '../kernels/structured';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { add } from './add';
import { asTensor, expectDType } from './convert';
import { convKernel } from './conv-kernels';
import { pad } from './pad';
import { reshape } from './reshape';
import { layout, lift, lower, type PerAxis, perAxis, type SpatialRank, spatialOf, triple } from './spatial';

export interface ConvOptions {
  /** Steps of the window. Default 1. */
  readonly stride?: PerAxis;
  /** Zeros on both sides of each axis; 'same' keeps sizes (stride 1 only), 'valid' is 0. Default 0. */
  readonly padding?: PerAxis | 'same' | 'valid';
  /** Spacing of the kernel's elements. Default 1. */
  readonly dilation?: PerAxis;
  /** Splits channels into groups that do not meet. Default 1. */
  readonly groups?: number;
}

/** A bias [C] as it is added to [N, C, ...]. */
export function addChannelBias(where: string, y: Tensor, bias: Tensor | null | undefined): Tensor {
  if (!bias) return y;
  const channels = y.shape[1] ?? 0;
  expectDType(where, 'bias', asTensor(where, 'bias', bias), 'float32');
  if (bias.rank !== 1 || bias.size !== channels) fail('shape', `${where}: \`bias\` must be [${channels}], one number an output channel, received ${showShape(bias.shape)}.`);
  return add(y, reshape(bias, [channels, ...new Array<number>(y.rank - 2).fill(1)]));
}

export function convolve(rank: SpatialRank, x: Tensor, weight: Tensor, bias: Tensor | null | undefined, options: ConvOptions): Tensor {
  const where = `conv${rank}d`;
  checkOptions(where, options, ['stride', 'padding', 'dilation', 'groups']);
  const groups = checkNumber(where, 'groups', options.groups ?? 1, { min: 1, integer: true });
  const stride = perAxis(where, 'stride', options.stride ?? 1, rank, 1);
  const dilation = perAxis(where, 'dilation', options.dilation ?? 1, rank, 1);
  const lifted = lift(where, 'x', x, rank);
  const w = lift(where, 'weight', weight, rank, layout('O, C / groups', rank, 'k'));
  checkChannels(where, x, weight, groups, rank);
  const kernel = weight.shape.slice(2);
  const { before, extra } = resolvePadding(where, options.padding ?? 0, rank, kernel, stride, dilation);
  const input = extra.some((n) => n > 0) ? pad(lifted, [[0, 0], [0, 0], ...triple(extra, 0).map((n) => [0, n] as const)]) : lifted;
  const attrs = { stride: triple(stride, 1), padding: triple(before, 0), dilation: triple(dilation, 1), groups };
  const sizes = spatialOf(input.shape);
  const window = spatialOf(w.shape);
  const out = sizes.map((n, i) => Math.floor((n + 2 * at(attrs.padding, i) - at(attrs.dilation, i) * (at(window, i) - 1) - 1) / at(attrs.stride, i)) + 1);
  if (out.some((n) => n < 1)) {
    fail('shape', `${where}: the kernel must fit into the padded input: a kernel of ${showShape(kernel)} with dilation ${showShape(dilation)} and padding ${showShape(before)} does not fit into ${showShape(x.shape)}. Add padding or use a smaller kernel.`);
  }
  return addChannelBias(where, lower(convKernel(input, w, out as unknown as Triple, attrs), rank), bias);
}

const at = (values: Triple, i: number): number => values[i] ?? 0;

function checkChannels(where: string, x: Tensor, weight: Tensor, groups: number, rank: SpatialRank): void {
  const [channels = 0, outputs = 0, inner = 0] = [x.shape[1], weight.shape[0], weight.shape[1]];
  if (outputs % groups !== 0) fail('shape', `${where}: \`groups\` must divide the output channels: ${groups} does not divide ${outputs} of the weight ${showShape(weight.shape)}.`);
  if (inner * groups !== channels) {
    const expected = layout(`N, ${inner * groups}`, rank);
    fail('shape', `${where}: \`x\` must be ${expected} for a weight of ${showShape(weight.shape)} and ${groups} group${groups === 1 ? '' : 's'}, received ${showShape(x.shape)}. Channels are the second axis.`);
  }
}

/** Zeros before each axis (and as many behind), and how many more behind. */
function resolvePadding(where: string, padding: NonNullable<ConvOptions['padding']>, rank: SpatialRank, kernel: readonly number[], stride: readonly number[], dilation: readonly number[]): { readonly before: number[]; readonly extra: number[] } {
  const none = new Array<number>(rank).fill(0);
  if (padding === 'valid') return { before: none, extra: none };
  if (typeof padding !== 'string') return { before: perAxis(where, 'padding', padding, rank, 0), extra: none };
  if (padding !== 'same') fail('option', `${where}: \`padding\` must be numbers, 'same' or 'valid', received ${JSON.stringify(padding)}.`);
  if (stride.some((n) => n !== 1)) fail('option', `${where}: \`padding\` 'same' needs a stride of 1, received ${showShape(stride)}. Give the padding in numbers.`);
  const total = kernel.map((n, i) => (dilation[i] ?? 1) * (n - 1));
  return { before: total.map((n) => Math.floor(n / 2)), extra: total.map((n) => n % 2) };
}
