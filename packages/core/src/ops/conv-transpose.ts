/** Transposed convolution of any spatial rank. The public ops are in conv-transpose1d.ts, conv-transpose2d.ts, conv-transpose3d.ts. */
import { fail } from '../errors';
import { checkNumber, checkOptions } from '../options';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { addChannelBias } from './conv';
import { convInputGradKernel } from './conv-kernels';
import { layout, lift, lower, type PerAxis, perAxis, type SpatialRank, triple } from './spatial';

export interface ConvTransposeOptions {
  /** Spacing of the input's elements in the output. Default 1. */
  readonly stride?: PerAxis;
  /** Elements cut from both sides of the output. Default 0. */
  readonly padding?: PerAxis;
  /** Elements added behind the output; less than the stride or the dilation. Default 0. */
  readonly outputPadding?: PerAxis;
  /** Spacing of the kernel's elements. Default 1. */
  readonly dilation?: PerAxis;
  /** Splits channels into groups that do not meet. Default 1. */
  readonly groups?: number;
}

export function convolveTransposed(rank: SpatialRank, x: Tensor, weight: Tensor, bias: Tensor | null | undefined, options: ConvTransposeOptions): Tensor {
  const where = `convTranspose${rank}d`;
  checkOptions(where, options, ['stride', 'padding', 'outputPadding', 'dilation', 'groups']);
  const groups = checkNumber(where, 'groups', options.groups ?? 1, { min: 1, integer: true });
  const stride = perAxis(where, 'stride', options.stride ?? 1, rank, 1);
  const padding = perAxis(where, 'padding', options.padding ?? 0, rank, 0);
  const outputPadding = perAxis(where, 'outputPadding', options.outputPadding ?? 0, rank, 0);
  const dilation = perAxis(where, 'dilation', options.dilation ?? 1, rank, 1);
  outputPadding.forEach((n, i) => {
    if (n >= Math.max(stride[i] ?? 1, dilation[i] ?? 1)) {
      fail('option', `${where}: \`outputPadding\` must be less than the stride or the dilation, received ${showShape(outputPadding)} with stride ${showShape(stride)} and dilation ${showShape(dilation)}.`);
    }
  });
  const lifted = lift(where, 'x', x, rank);
  const w = lift(where, 'weight', weight, rank, layout('C, O / groups', rank, 'k'));
  const [channels = 0, inputs = 0] = [x.shape[1], weight.shape[0]];
  if (channels !== inputs) fail('shape', `${where}: \`x\` must be ${layout(`N, ${inputs}`, rank)} for a weight of ${showShape(weight.shape)}, received ${showShape(x.shape)}. A transposed convolution's weight is [in, out / groups, ...].`);
  if (inputs % groups !== 0) fail('shape', `${where}: \`groups\` must divide the input channels: ${groups} does not divide ${inputs}.`);
  const sizes = x.shape.slice(2).map((n, i) =>
    (n - 1) * (stride[i] ?? 1) - 2 * (padding[i] ?? 0) + (dilation[i] ?? 1) * ((weight.shape[2 + i] ?? 1) - 1) + (outputPadding[i] ?? 0) + 1);
  if (sizes.some((n) => n < 1)) fail('shape', `${where}: the output would have sizes ${showShape(sizes)}: \`padding\` ${showShape(padding)} cuts away all of it. Use less padding.`);
  const attrs = { stride: triple(stride, 1), padding: triple(padding, 0), dilation: triple(dilation, 1), groups };
  const shape = [x.shape[0] ?? 0, (weight.shape[1] ?? 0) * groups, ...triple(sizes, 1)];
  return addChannelBias(where, lower(convInputGradKernel(lifted, w, shape, attrs), rank), bias);
}
