/** Adam. */
import { fail, show } from '../errors';
import { checkBoolean, checkNumber, checkOptions } from '../options';
import { type CommonOptions, type DecayKind, defineOptimizer, type Optimizer } from './optimizer';
import { kernelRule, type UpdateRule } from './rule';

export interface AdamOptions extends CommonOptions {
  /** Decay rates of the two moments, each in [0, 1). Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Above 0. Default 1e-8. */
  readonly eps?: number;
  /** Divide by the largest second moment so far (Reddi et al., arXiv:1904.09237). Default false. */
  readonly amsgrad?: boolean;
}

/**
 * Adam: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
 * `weightDecay` is coupled (added to the gradient), which with Adam is not weight decay: see `adamw`. PyTorch's `Adam`; Kingma
 * and Ba, arXiv:1412.6980.
 *
 * @param options - `lr` defaults to 1e-3, `weightDecay` to 0.
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { optim, ready, tensor } from '@parsimony/core';
 * await ready();
 * const adam = optim.adam({ lr: 0.5 });
 * const params = { w: tensor([1]) };
 * const next = adam.step({ params, grads: { w: tensor([3]) }, state: adam.init(params) });
 * await next.params.w.array(); // => [0.5]
 * ```
 */
export const adam = (options: AdamOptions = {}): Optimizer => adamLike('adam', 'coupled', 0, options);

/** Adam and AdamW differ in where the decay acts and in its default. */
export function adamLike(name: string, decayKind: DecayKind, decay: number, options: AdamOptions): Optimizer {
  const where = `optim.${name}`;
  checkOptions(where, options, ['lr', 'weightDecay', 'groups', 'betas', 'eps', 'amsgrad']);
  const [beta1, beta2] = checkBetas(where, options.betas ?? [0.9, 0.999]);
  const eps = checkNumber(where, 'eps', options.eps ?? 1e-8, { min: 0, minExclusive: true });
  const amsgrad = checkBoolean(where, 'amsgrad', options.amsgrad ?? false);
  return defineOptimizer({
    name, own: { betas: [beta1, beta2], eps, amsgrad }, lr: options.lr ?? 1e-3, weightDecay: options.weightDecay ?? decay,
    decayKind, common: options, adaptive: true,
    rules: [adamRule([beta1, beta2], eps, amsgrad)],
  });
}

/** The update of Adam; with decoupled decay, of AdamW. */
export const adamRule = ([beta1, beta2]: readonly [number, number], eps: number, amsgrad: boolean): UpdateRule => kernelRule(
  amsgrad ? 'adamAmsgradStep' : 'adamStep',
  amsgrad ? { exp_avg: 0, exp_avg_sq: 0, max_exp_avg_sq: 0 } : { exp_avg: 0, exp_avg_sq: 0 },
  ({ count, lr, coupledDecay, decoupledDecay }) => [lr, beta1, beta2, eps, 1 - beta1 ** count, Math.sqrt(1 - beta2 ** count), coupledDecay, decoupledDecay],
);

/** Two decay rates, each in [0, 1). */
export function checkBetas(where: string, betas: unknown): readonly [number, number] {
  if (!Array.isArray(betas) || betas.length !== 2) fail('option', `${where}: \`betas\` must be two numbers, such as [0.9, 0.999], received ${show(betas)}.`);
  const [first, second] = betas as unknown[];
  const range = { min: 0, max: 1, maxExclusive: true } as const;
  return [checkNumber(where, 'betas[0]', first, range), checkNumber(where, 'betas[1]', second, range)];
}
