/**
 * The kernels that are not elementwise: for each its inputs, outputs, attributes (they select code) and scalars (they vary
 * each step). Shapes are those of the command's tensors. This file is the specification that every executor implements;
 * the float64 executor in testkit is the oracle. Elements are copied without regard to type where "any type" stands.
 *
 * Spatial kernels take three spatial axes always: one- and two-dimensional ones come with leading axes of size 1.
 */
export type Triple = readonly [number, number, number];

export interface ConvAttrs { readonly stride: Triple; readonly padding: Triple; readonly dilation: Triple; readonly groups: number }
export interface PoolAttrs { readonly kernel: Triple; readonly stride: Triple; readonly padding: Triple; readonly dilation: Triple }
export interface AvgPoolAttrs { readonly kernel: Triple; readonly stride: Triple; readonly padding: Triple; readonly countIncludePad: boolean; /** 0: the window's size. */ readonly divisor: number }

/** name -> attributes. */
export interface StructuredKernels {
  /** [] -> y; y = scalar[0], any type. */
  fill: Record<never, never>;
  /** x -> y, any type; y[i] = x.flat[offset + sum_k i_k strides_k]. Permute, slice, flip, broadcast. */
  strided: { readonly strides: readonly number[]; readonly offset: number };
  /** x -> y, float32; y = 0, then y.flat[offset + sum_k i_k strides_k] += x[i]. The adjoint of `strided`. */
  stridedAdd: { readonly strides: readonly number[]; readonly offset: number };
  /** x0, x1, … -> y, any type, along `axis`. */
  concat: { readonly axis: number };
  /** x -> y, any type; `before[k]` elements of value scalar[0] ahead of axis k, the rest of y's size behind. */
  pad: { readonly before: readonly number[] };
  /** x [outer, n, inner], index int32 [k] -> y [outer, k, inner], any type. Indices are checked: out of range is an error. */
  indexSelect: Record<never, never>;
  /** x [outer, k, inner], index [k] -> y [outer, n, inner], float32: zeros, then y[:, index[j], :] += x[:, j, :], j ascending. */
  indexAdd: Record<never, never>;
  /** x [outer, n, inner], index int32 [outer, k, inner] -> y [outer, k, inner], any type; y[o,j,i] = x[o, index[o,j,i], i]. */
  gather: Record<never, never>;
  /** x [outer, k, inner], index [outer, k, inner] -> y [outer, n, inner], float32: zeros, then y[o, index[o,j,i], i] += x[o,j,i]. */
  scatterAdd: Record<never, never>;
  /** x [outer, n, inner], index [outer, k, inner], source [outer, k, inner] -> y = x with y[o, index[o,j,i], i] = source[o,j,i], the last j wins. */
  scatter: Record<never, never>;
  /** x [outer, n, inner] -> y [outer, inner], float32 or int32. max and min give NaN where there is one; of nothing: sum 0, prod 1. */
  reduce: { readonly op: 'sum' | 'max' | 'min' | 'prod' };
  /** x [outer, n, inner] -> y int32 [outer, inner]: the first index of the extreme (NaN counts as the extreme). */
  argReduce: { readonly op: 'max' | 'min' };
  /** x [outer, n, inner] -> y of the same shape, float32 or int32; reverse sums from the end. */
  cumsum: { readonly reverse: boolean };
  /** a [...batch, M, K] (or [.., K, M] transposed), b [...batch, K, N] (or [.., N, K]) -> y [...batch, M, N]; batch axes broadcast. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** x [M, K], weight [N, K], bias? [N] -> y [M, N] = x weight^T + bias. */
  linear: Record<never, never>;
  /** x [N, C, D, H, W], weight [O, C/groups, kD, kH, kW] -> y [N, O, ...]: cross-correlation. */
  conv: ConvAttrs;
  /** dy [N, O, ...], weight -> dx, of the output's shape: the adjoint of `conv` in x. Also the transposed convolution. */
  convInputGrad: ConvAttrs;
  /** x, dy -> dweight, of the output's shape: the adjoint of `conv` in weight. */
  convWeightGrad: ConvAttrs;
  /** x [N, C, D, H, W] -> y, index int32 (flat in D*H*W; the first maximum; NaN counts as maximum). Padding is -infinity. */
  maxPool: PoolAttrs;
  /** x [N, C, D, H, W] -> y. */
  avgPool: AvgPoolAttrs;
  /** dy -> dx of the output's shape: the adjoint of `avgPool`. */
  avgPoolGrad: AvgPoolAttrs;
  /** x [N, C, D, H, W] -> y [N, C, d, h, w]; window i of n over size s is [floor(i s / n), ceil((i + 1) s / n)). */
  adaptiveAvgPool: Record<never, never>;
  /** dy -> dx: the adjoint of `adaptiveAvgPool`. */
  adaptiveAvgPoolGrad: Record<never, never>;
  /** x -> y, index int32 (flat in D*H*W). */
  adaptiveMaxPool: Record<never, never>;
  /** x [rows, n] -> y. */
  softmax: Record<never, never>;
  logSoftmax: Record<never, never>;
  /** dy, y -> dx = y (dy - sum(dy y)). */
  softmaxGrad: Record<never, never>;
  /** dy, y -> dx = dy - exp(y) sum(dy). */
  logSoftmaxGrad: Record<never, never>;
  /** x [rows, n], weight? [n], bias? [n] (both or neither) -> y, mean [rows], rstd [rows]; scalars [eps]. Biased variance. */
  layerNorm: Record<never, never>;
  /** dy, x, mean, rstd, weight? -> dx, and with weight dweight [n], dbias [n]. */
  layerNormGrad: Record<never, never>;
  /** x [N, C, S], weight? [C], bias? [C] -> y, mean [C], variance [C] (biased); scalars [eps]. */
  batchNorm: Record<never, never>;
  /** dy, x, mean, variance, weight? -> dx, and with weight dweight [C], dbias [C]; scalars [eps]. */
  batchNormGrad: Record<never, never>;
  /**
   * x -> y = x * mask * scale; scalars [threshold, scale, k0, k1, c1, c2, c3]. Element i draws 16 bits: Philox4x32-10 with key
   * (k0, k1) and counter (floor(i / 8), c1, c2, c3), word floor(i % 8 / 2), its low half where i is even, its high half
   * where odd. Kept where the draw >= threshold.
   */
  dropout: Record<never, never>;
  /**
   * x -> y = x + std z; scalars [std, k0, k1, c1, c2, c3]. z is standard normal in float32: of each pair (2i, 2i + 1), Box and Muller's
   * transform of the words 2i and 2i + 1 of the stream, that is Philox4x32-10 with key (k0, k1) and counters (0, c1, c2, c3), (1, c1, …), ….
   */
  addNormal: Record<never, never>;
  /** x0, x1, … -> y [] float32: 1 where every element of all is finite, else 0. */
  allFinite: Record<never, never>;
  /** x0, x1, … -> y [] float32: the sum of squares of all elements of all. */
  sumSquares: Record<never, never>;
}

export type StructuredKernel = keyof StructuredKernels;

export const structuredKernels: readonly StructuredKernel[] = [
  'fill', 'strided', 'stridedAdd', 'concat', 'pad', 'indexSelect', 'indexAdd', 'gather', 'scatterAdd', 'scatter',
  'reduce', 'argReduce', 'cumsum', 'matmul', 'linear', 'conv', 'convInputGrad', 'convWeightGrad', 'maxPool', 'avgPool',
  'avgPoolGrad', 'adaptiveAvgPool', 'adaptiveAvgPoolGrad', 'adaptiveMaxPool', 'softmax', 'logSoftmax', 'softmaxGrad',
  'logSoftmaxGrad', 'layerNorm', 'layerNormGrad', 'batchNorm', 'batchNormGrad', 'dropout', 'addNormal', 'allFinite', 'sumSquares',
];
