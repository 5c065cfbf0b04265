/** Scale normalization: vectors brought to one learned length. */
import { checkNumber, checkOptions, fail, type ForwardContext, nn, ops, showShape, type Tensor } from '@parsimony/core';
import { checkEps, checkInput, labelOf } from './per-channel';

export interface ScaleNormCall {
  /** The length g, []; omitted: 1. */
  readonly scale?: Tensor;
  /** Least length that is divided by; above 0. Default 1e-5. */
  readonly eps?: number;
}

export interface ScaleNormOptions {
  /** Least length that is divided by; above 0. Default 1e-5. */
  readonly eps?: number;
  /** The first g, above 0. Default sqrt(dim). */
  readonly scale?: number;
}

/**
 * y = g x / max(|x|, eps), with the Euclidean length over the last axis. The same in training and evaluation.
 *
 * @param x - [..., D], float32.
 * @throws shape: x without axes, or a scale that is not one number. option: one out of range.
 * @see Nguyen and Salazar, "Transformers without tears", arXiv:1910.05895.
 * @example
 * ```ts
 * import { ready, tensor } from '@parsimony/core';
 * import { scaleNorm } from '@parsimony/norms';
 * await ready();
 * await scaleNorm(tensor([[3, 4]]), { scale: tensor(10) }).array(); // => [[6, 8]]
 * ```
 */
export function scaleNorm(x: Tensor, options: ScaleNormCall = {}): Tensor {
  checkOptions('scaleNorm', options, ['scale', 'eps']);
  const { scale, eps = 1e-5 } = options;
  checkInput('scaleNorm', x);
  checkEps('scaleNorm', eps);
  if (x.rank === 0) fail('shape', 'scaleNorm: `x` must be [..., D], received [].');
  if (scale !== undefined) checkInput('scaleNorm', scale, 'scale');
  if (scale && scale.size !== 1) fail('shape', `scaleNorm: \`scale\` must be one number, received ${showShape(scale.shape)}.`);
  const unit = ops.div(x, ops.maximum(ops.norm(x, { axis: -1, keepdim: true }), eps));
  return scale ? ops.mul(unit, ops.reshape(scale, [])) : unit;
}

/**
 * Brings vectors to one learned length; see `scaleNorm`. Input and output [..., dim]. State: `scale` [], from sqrt(dim). A cheaper
 * stand-in for layer norm in transformers.
 *
 * @param dim - D, 1 or more.
 * @throws option: an unknown option or one out of range. shape: an input whose last axis is not D.
 * @see Nguyen and Salazar, "Transformers without tears", arXiv:1910.05895.
 * @example
 * ```ts
 * import { random, ready, tensor } from '@parsimony/core';
 * import { ScaleNorm } from '@parsimony/norms';
 * await ready();
 * const norm = new ScaleNorm(4).init(random.key(0));
 * await norm.forward(tensor([[3, 4, 0, 0]])).array(); // => [[1.2, 1.6, 0, 0]]
 * ```
 */
export class ScaleNorm extends nn.Module {
  readonly dim: number;
  readonly eps: number;

  constructor(dim: number, options: ScaleNormOptions = {}) {
    super();
    checkOptions('ScaleNorm', options, ['eps', 'scale']);
    this.dim = checkNumber('ScaleNorm', 'dim', dim, { min: 1, integer: true });
    const { eps = 1e-5, scale = Math.sqrt(dim) } = options;
    this.eps = checkEps('ScaleNorm', eps);
    const first = checkNumber('ScaleNorm', 'scale', scale, { min: 0, minExclusive: true });
    this.parameter('scale', [], nn.init.constant(first));
  }

  protected compute(x: Tensor, ctx: ForwardContext): Tensor {
    checkInput(labelOf(this), x);
    if (x.shape[x.rank - 1] !== this.dim) fail('shape', `${labelOf(this)}: expected an input of shape [..., ${this.dim}], received ${showShape(x.shape)}.`);
    return scaleNorm(x, { scale: this.param('scale', ctx), eps: this.eps });
  }
}
