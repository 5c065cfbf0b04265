/** Adagrad. */
import { checkNumber, checkOptions } from '../options';
import { type CommonOptions, defineOptimizer, type Optimizer } from './optimizer';
import { kernelRule } from './rule';

export interface AdagradOptions extends CommonOptions {
  /** lr / (1 + (t - 1) lrDecay). 0 or more. Default 0. */
  readonly lrDecay?: number;
  /** 0 or more. Default 0. */
  readonly initialAccumulatorValue?: number;
  /** Above 0. Default 1e-10. */
  readonly eps?: number;
}

/**
 * Adagrad: s += g^2, p -= lr g / (sqrt(s) + eps). PyTorch's `Adagrad`; Duchi, Hazan and Singer, JMLR 12 (2011).
 *
 * @param options - `lr` defaults to 1e-2, `weightDecay` (coupled) to 0.
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { optim, ready, tensor } from '@parsimony/core';
 * await ready();
 * const adagrad = optim.adagrad({ lr: 0.5 });
 * const params = { w: tensor([1]) };
 * const next = adagrad.step({ params, grads: { w: tensor([2]) }, state: adagrad.init(params) });
 * await next.params.w.array(); // => [0.5]
 * ```
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const where = 'optim.adagrad';
  checkOptions(where, options, ['lr', 'weightDecay', 'groups', 'lrDecay', 'initialAccumulatorValue', 'eps']);
  const lrDecay = checkNumber(where, 'lrDecay', options.lrDecay ?? 0, { min: 0 });
  const initialAccumulatorValue = checkNumber(where, 'initialAccumulatorValue', options.initialAccumulatorValue ?? 0, { min: 0 });
  const eps = checkNumber(where, 'eps', options.eps ?? 1e-10, { min: 0, minExclusive: true });
  return defineOptimizer({
    name: 'adagrad', own: { lrDecay, initialAccumulatorValue, eps }, lr: options.lr ?? 1e-2, weightDecay: options.weightDecay ?? 0,
    decayKind: 'coupled', common: options, adaptive: true,
    rules: [kernelRule('adagradStep', { sum: initialAccumulatorValue },
      ({ count, lr, coupledDecay, decoupledDecay }) => [lr / (1 + (count - 1) * lrDecay), eps, coupledDecay, decoupledDecay])],
  });
}
