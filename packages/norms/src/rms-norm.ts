/** Root mean square normalization: the scale of a sample without its mean. */
import { checkBoolean, checkNumber, checkOptions, fail, type ForwardContext, nn, ops, type Shape, show, showShape, type Tensor } from '@parsimony/core';
import { checkInput, labelOf } from './per-channel';

// The spacing of float32 at 1, which PyTorch takes where no eps is given.
const EPS = 2 ** -23;

export interface RMSNormCall {
  /** The sizes of the axes to normalize over, the last ones of x. Default: weight's shape, or x's last axis. */
  readonly normalizedShape?: number | Shape;
  /** Of that shape; omitted: 1. */
  readonly weight?: Tensor;
  /** Added to the mean square before the root; 0 or more. Default 2^-23 (1.19e-7). */
  readonly eps?: number;
}

export interface RMSNormOptions {
  /** Added to the mean square before the root; 0 or more. Default 2^-23 (1.19e-7), as PyTorch's. */
  readonly eps?: number;
  /** Learn a weight (from 1) for each normalized element. Default true. */
  readonly elementwiseAffine?: boolean;
}

function checkNormalizedShape(where: string, given: unknown): Shape {
  const shape: unknown = typeof given === 'number' ? [given] : given;
  if (!Array.isArray(shape) || shape.length === 0 || !shape.every((n) => Number.isInteger(n) && n >= 1)) {
    fail('option', `${where}: \`normalizedShape\` must be a whole number of at least 1 or a list of them, received ${show(given)}.`);
  }
  return shape as number[];
}

const endsIn = (x: Tensor, shape: Shape): boolean => x.rank >= shape.length && shape.every((n, i) => x.shape[x.rank - shape.length + i] === n);

/**
 * y = x / sqrt(mean(x^2) + eps) * weight, with the mean over the last axes of each sample. The same in training and evaluation.
 *
 * @param x - [..., ...normalizedShape], float32.
 * @throws shape: x does not end in `normalizedShape`, or weight has another shape. option: one out of range.
 * @see Zhang and Sennrich, "Root mean square layer normalization", arXiv:1910.07467; PyTorch's `rms_norm`.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { rmsNorm } from '@parsimony/norms';
 * await ready();
 * await rmsNorm(tensor([[1, 7]]), { eps: 0 }).array(); // => [[0.2, 1.4]]
 * ```
 */
export function rmsNorm(x: Tensor, options: RMSNormCall = {}): Tensor {
  checkOptions('rmsNorm', options, ['normalizedShape', 'weight', 'eps']);
  const { weight, eps = EPS } = options;
  checkInput('rmsNorm', x);
  if (weight !== undefined) checkInput('rmsNorm', weight, 'weight');
  checkNumber('rmsNorm', 'eps', eps, { min: 0 });
  const { normalizedShape = weight?.shape ?? x.shape.slice(-1) } = options;
  const shape = checkNormalizedShape('rmsNorm', normalizedShape);
  if (!endsIn(x, shape)) fail('shape', `rmsNorm: \`x\` must end in the axes ${showShape(shape)}, received ${showShape(x.shape)}. The axes to normalize are the last ones.`);
  if (weight && (weight.rank !== shape.length || !endsIn(weight, shape))) fail('shape', `rmsNorm: \`weight\` must be ${showShape(shape)}, received ${showShape(weight.shape)}.`);
  const axis = shape.map((_, i) => x.rank - shape.length + i);
  const y = ops.mul(x, ops.rsqrt(ops.add(ops.mean(ops.square(x), { axis, keepdim: true }), eps)));
  return weight ? ops.mul(y, weight) : y;
}

/**
 * Divides by the root mean square over the last axes of each sample; see `rmsNorm`. Input and output [..., ...normalizedShape].
 * State: `weight`, of the normalized shape. PyTorch's `RMSNorm` (2.4).
 *
 * @param normalizedShape - The sizes of the axes normalized over, the last ones of x; a number stands for one axis.
 * @throws option: a bad size or option. shape: an input that does not end in `normalizedShape`.
 * @see Zhang and Sennrich, "Root mean square layer normalization", arXiv:1910.07467.
 * @example
 * ```ts
 * import { random, ready, tensor } from '@parsimony/core';
 * import { RMSNorm } from '@parsimony/norms';
 * await ready();
 * const norm = new RMSNorm(2, { eps: 0 }).init(random.key(0));
 * await norm.forward(tensor([[1, 7]])).array(); // => [[0.2, 1.4]]
 * ```
 */
export class RMSNorm extends nn.Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly elementwiseAffine: boolean;

  constructor(normalizedShape: number | Shape, options: RMSNormOptions = {}) {
    super();
    checkOptions('RMSNorm', options, ['eps', 'elementwiseAffine']);
    const { eps = EPS, elementwiseAffine = true } = options;
    this.normalizedShape = checkNormalizedShape('RMSNorm', normalizedShape);
    this.eps = checkNumber('RMSNorm', 'eps', eps, { min: 0 });
    this.elementwiseAffine = checkBoolean('RMSNorm', 'elementwiseAffine', elementwiseAffine);
    if (this.elementwiseAffine) this.parameter('weight', this.normalizedShape, nn.init.ones);
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    checkInput(labelOf(this), x);
    const { normalizedShape, eps } = this;
    if (!endsIn(x, normalizedShape)) fail('shape', `${labelOf(this)}: expected an input that ends in the axes ${showShape(normalizedShape)}, received ${showShape(x.shape)}.`);
    return rmsNorm(x, { normalizedShape, eps, ...(this.elementwiseAffine && { weight: this.param('weight', ctx) }) });
  }
}
