/** RMSprop. */
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { type CommonOptions, defineOptimizer, type Optimizer } from './optimizer';
import { kernelRule } from './rule';

export interface RmspropOptions extends CommonOptions {
  /** Decay rate of the mean square, in [0, 1). Default 0.99. */
  readonly alpha?: number;
  /** Above 0. Default 1e-8. */
  readonly eps?: number;
  /** In [0, inf). Default 0. */
  readonly momentum?: number;
  /** Divide by the standard deviation instead of the root mean square. Default false. */
  readonly centered?: boolean;
}

/**
 * RMSprop: s = alpha s + (1 - alpha) g^2, m = momentum m + g / (sqrt(s) + eps), p -= lr m. PyTorch's `RMSprop`; Tieleman and
 * Hinton, lecture 6.5 of "Neural networks for machine learning" (2012).
 *
 * @param options - `lr` defaults to 1e-2, `weightDecay` (coupled) to 0.
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { optim, ready, tensor } from '@parsimony/core';
 * await ready();
 * const rmsprop = optim.rmsprop({ lr: 0.1, alpha: 0.75 });
 * const params = { w: tensor([1]) };
 * const next = rmsprop.step({ params, grads: { w: tensor([4]) }, state: rmsprop.init(params) });
 * await next.params.w.array(); // => [0.8]
 * ```
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const where = 'optim.rmsprop';
  checkOptions(where, options, ['lr', 'weightDecay', 'groups', 'alpha', 'eps', 'momentum', 'centered']);
  const alpha = checkNumber(where, 'alpha', options.alpha ?? 0.99, { min: 0, max: 1, maxExclusive: true });
  const eps = checkNumber(where, 'eps', options.eps ?? 1e-8, { min: 0, minExclusive: true });
  const momentum = checkNumber(where, 'momentum', options.momentum ?? 0, { min: 0 });
  const centered = checkBoolean(where, 'centered', options.centered ?? false);
  return defineOptimizer({
    name: 'rmsprop', own: { alpha, eps, momentum, centered }, lr: options.lr ?? 1e-2, weightDecay: options.weightDecay ?? 0,
    decayKind: 'coupled', common: options, adaptive: true,
    rules: [kernelRule('rmspropStep', { square_avg: 0, grad_avg: 0, momentum_buffer: 0 },
      ({ lr, coupledDecay, decoupledDecay }) => [lr, alpha, eps, momentum, centered ? 1 : 0, coupledDecay, decoupledDecay])],
  });
}
