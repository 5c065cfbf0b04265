/** Adam with decoupled weight decay. */
import { type AdamOptions, adamLike } from './adam';
import type { Optimizer } from './optimizer';

/**
 * AdamW: p -= lr weightDecay p, then Adam's step. PyTorch's `AdamW`; Loshchilov and Hutter, arXiv:1711.05101.
 *
 * @param options - `lr` defaults to 1e-3, `weightDecay` to 1e-2.
 * @throws option: an unknown option or one out of range.
 * @example
 * ```ts
 * import { optim, ready, tensor } from '@parsimony/core';
 * await ready();
 * const adamw = optim.adamw({ lr: 0.5, weightDecay: 0.1 });
 * const params = { w: tensor([1]) };
 * const next = adamw.step({ params, grads: { w: tensor([3]) }, state: adamw.init(params) });
 * await next.params.w.array(); // => [0.45]
 * ```
 */
export const adamw = (options: AdamOptions = {}): Optimizer => adamLike('adamw', 'decoupled', 1e-2, options);
