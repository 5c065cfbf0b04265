/** Lion. */
import { checkOptions } from '../options';
import { checkBetas } from './adam';
import { type CommonOptions, defineOptimizer, type Optimizer } from './optimizer';
import { kernelRule } from './rule';

export interface LionOptions extends CommonOptions {
  /** Of the step's direction and of the momentum, each in [0, 1). Default [0.9, 0.99]. */
  readonly betas?: readonly [number, number];
}

/**
 * Lion: p -= lr (sign(b1 m + (1 - b1) g) + weightDecay p), then m = b2 m + (1 - b2) g. Every weight moves by lr, so take a rate 3 to 10
 * times below AdamW's, and a decay as many times above. Chen et al., "Symbolic discovery of optimization algorithms", arXiv:2302.06675.
 *
 * @param options - `lr` defaults to 1e-4, `weightDecay` (decoupled) to 0.
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { optim, ready, tensor } from '@parsimony/core';
 * await ready();
 * const lion = optim.lion({ lr: 0.25, weightDecay: 0.5 });
 * const params = { w: tensor([2, 2]) };
 * const next = lion.step({ params, grads: { w: tensor([0.01, -8]) }, state: lion.init(params) });
 * await next.params.w.array(); // => [1.5, 2]
 * ```
 */
export function lion(options: LionOptions = {}): Optimizer {
  const where = 'optim.lion';
  checkOptions(where, options, ['lr', 'weightDecay', 'groups', 'betas']);
  const { lr = 1e-4, weightDecay = 0, betas = [0.9, 0.99] } = options;
  const [beta1, beta2] = checkBetas(where, betas);
  return defineOptimizer({
    name: 'lion', own: { betas: [beta1, beta2] }, lr, weightDecay,
    decayKind: 'decoupled', common: options, adaptive: true,
    rules: [kernelRule('lionStep', { exp_avg: 0 }, ({ lr: rate, coupledDecay, decoupledDecay }) => [rate, beta1, beta2, coupledDecay, decoupledDecay])],
  });
}
