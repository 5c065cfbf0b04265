/** What the pooling ops share: windows, their options and the sizes they give. */
import { fail } from '../errors';
import { checkBoolean } from '../options';
import type { Triple } from '../kernels/structured';
import { showShape } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { lift, type PerAxis, perAxis, type SpatialRank, triple } from './spatial';

export interface PoolOptions {
  /** Steps of the window. Default: the size of the window. */
  readonly stride?: PerAxis;
  /** Margin on both sides of each axis, at most half the window. Default 0. */
  readonly padding?: PerAxis;
  /** Round output sizes up, so that a last, partial window counts. Default false. */
  readonly ceilMode?: boolean;
}

export interface Window { readonly kernel: Triple; readonly stride: Triple; readonly padding: Triple; readonly dilation: Triple }

/** The lifted input, the window as kernels take it, and the spatial sizes of the output. */
export interface Pooling { readonly lifted: Tensor; readonly window: Window; readonly out: Triple }

type WindowOptions = PoolOptions & { readonly dilation?: PerAxis };

/** Checks a window and its options, without an input. */
export function checkWindow(where: string, rank: SpatialRank, kernelSize: PerAxis, options: WindowOptions): { readonly kernel: number[]; readonly stride: number[]; readonly padding: number[]; readonly dilation: number[]; readonly ceilMode: boolean } {
  const kernel = perAxis(where, 'kernelSize', kernelSize, rank, 1);
  const stride = perAxis(where, 'stride', options.stride ?? kernel, rank, 1);
  const padding = perAxis(where, 'padding', options.padding ?? 0, rank, 0);
  const dilation = perAxis(where, 'dilation', options.dilation ?? 1, rank, 1);
  const ceilMode = checkBoolean(where, 'ceilMode', options.ceilMode ?? false);
  if (padding.some((n, i) => n > (kernel[i] ?? 1) / 2)) {
    fail('option', `${where}: \`padding\` must be at most half of \`kernelSize\`, received ${showShape(padding)} for a window of ${showShape(kernel)}.`);
  }
  return { kernel, stride, padding, dilation, ceilMode };
}

export function pooling(where: string, rank: SpatialRank, x: Tensor, kernelSize: PerAxis, options: WindowOptions): Pooling {
  const { kernel, stride, padding, dilation, ceilMode } = checkWindow(where, rank, kernelSize, options);
  const lifted = lift(where, 'x', x, rank);
  const sizes = x.shape.slice(2).map((n, i) => outputSize(n, kernel[i] ?? 1, stride[i] ?? 1, padding[i] ?? 0, dilation[i] ?? 1, ceilMode));
  if (sizes.some((n) => n < 1)) {
    fail('shape', `${where}: the window must fit into the padded input: a window of ${showShape(kernel)} with padding ${showShape(padding)} does not fit into ${showShape(x.shape)}. Use a smaller \`kernelSize\`, or pool less often before.`);
  }
  const window = { kernel: triple(kernel, 1), stride: triple(stride, 1), padding: triple(padding, 0), dilation: triple(dilation, 1) };
  return { lifted, window, out: triple(sizes, 1) };
}

/** PyTorch's rule: with `ceilMode` a window may hang over the end, but must start inside the input or its leading margin. */
function outputSize(size: number, kernel: number, stride: number, padding: number, dilation: number, ceilMode: boolean): number {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  const count = (ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  return ceilMode && (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** [N, C, ...out] for a lifted input. */
export const pooledShape = (lifted: Tensor, out: Triple): number[] => [lifted.shape[0] ?? 0, lifted.shape[1] ?? 0, ...out];
