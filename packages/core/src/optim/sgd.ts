/** Stochastic gradient descent. */
import { fail } from '../errors';
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { type CommonOptions, defineOptimizer, type Optimizer } from './optimizer';
import { kernelRule } from './rule';

export interface SgdOptions extends CommonOptions {
  /** In [0, inf). Default 0. */
  readonly momentum?: number;
  /** In [0, 1]. Default 0. */
  readonly dampening?: number;
  /** Needs momentum above 0 and dampening 0. Default false. */
  readonly nesterov?: boolean;
}

/**
 * SGD: d = g + weightDecay p; m = momentum m + (1 - dampening) d, starting at d; p -= lr m, or with Nesterov p -= lr (d + momentum m);
 * without momentum p -= lr d. PyTorch's `SGD`; Sutskever et al., "On the importance of initialization and momentum" (ICML 2013).
 *
 * @param options - `lr` is required; `weightDecay` (coupled) defaults to 0.
 * @throws option: an unknown option, one out of range, or Nesterov without momentum.
 * @example
 * ```ts
 * import { optim, ready, tensor } from '@parsimony/core';
 * await ready();
 * const sgd = optim.sgd({ lr: 0.1 });
 * const params = { w: tensor([1, 2]) };
 * const next = sgd.step({ params, grads: { w: tensor([10, 10]) }, state: sgd.init(params) });
 * await next.params.w.array(); // => [0, 1]
 * ```
 */
export function sgd(options: SgdOptions & { readonly lr: NonNullable<CommonOptions['lr']> }): Optimizer {
  const where = 'optim.sgd';
  checkOptions(where, options, ['lr', 'weightDecay', 'groups', 'momentum', 'dampening', 'nesterov']);
  if (options.lr === undefined) fail('option', `${where}: \`lr\` is required, for example 0.1.`);
  const momentum = checkNumber(where, 'momentum', options.momentum ?? 0, { min: 0 });
  const dampening = checkNumber(where, 'dampening', options.dampening ?? 0, { min: 0, max: 1 });
  const nesterov = checkBoolean(where, 'nesterov', options.nesterov ?? false);
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    fail('option', `${where}: \`nesterov\` needs a momentum above 0 and a dampening of 0, received momentum ${momentum}, dampening ${dampening}.`);
  }
  return defineOptimizer({
    name: 'sgd', own: { momentum, dampening, nesterov }, lr: options.lr, weightDecay: options.weightDecay ?? 0,
    decayKind: 'coupled', common: options,
    rules: [momentum === 0
      ? kernelRule('sgdStep', {}, ({ lr, coupledDecay, decoupledDecay }) => [lr, coupledDecay, decoupledDecay])
      : kernelRule('sgdMomentumStep', { momentum_buffer: 0 },
        ({ count, lr, coupledDecay, decoupledDecay }) => [lr, coupledDecay, decoupledDecay, momentum, dampening, nesterov ? 1 : 0, count === 1 ? 1 : 0])],
  });
}
