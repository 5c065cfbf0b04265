/** Gradients of one's own, and cutting them off. */
import { fail, show } from '../errors';
import { checkFunction } from '../options';
import { asTensor } from '../ops/convert';
import { view } from '../ops/dispatch';
import { isTensor } from '../tensor/find';
import type { Tensor } from '../tensor/tensor';
import { noGrad, recordCustom } from './tape';

/**
 * An op with a gradient rule of one's own: `forward(...inputs)` gives the value, `backward(dy, inputs, output)` a gradient for
 * each input (undefined: none). Written in ops, the rule is differentiable in its turn.
 *
 * @throws gradient: `forward` does not return a tensor, or `backward` another number of gradients than there are inputs.
 * @example
 * ```ts
 * import { customGradient, grad, ops, ready, type Tensor, tensor } from '@parsimony/core';
 * await ready();
 * // Straight-through rounding: rounds forward, passes the gradient unchanged.
 * const roundThrough = customGradient((x) => ops.round(x), (dy) => [dy]);
 * const g = grad((x: Tensor) => ops.sum(ops.mul(roundThrough(x), 2)))(tensor([0.4, 1.6]));
 * await g.array(); // => [2, 2]
 * ```
 */
export function customGradient(
  forward: (...inputs: Tensor[]) => Tensor,
  backward: (dy: Tensor, inputs: readonly Tensor[], output: Tensor) => readonly (Tensor | undefined)[],
): (...inputs: Tensor[]) => Tensor {
  checkFunction('customGradient', 'forward', forward);
  checkFunction('customGradient', 'backward', backward);
  return (...inputs) => {
    inputs.forEach((x, i) => { if (!isTensor(x)) fail('gradient', `customGradient: input ${i} must be a tensor, received ${show(x)}.`); });
    const raw = noGrad(() => forward(...inputs));
    if (!isTensor(raw)) fail('gradient', `customGradient: \`forward\` must return a tensor, received ${show(raw)}.`);
    // `forward` may hand back an input, or a tensor that an op on the tape made; the node needs an output of its own.
    const output = detach(raw);
    recordCustom({
      op: 'customGradient', inputs, outputs: [output], attrs: {}, scalars: [],
      rule: (_, [dy]) => {
        const grads = dy === undefined ? [] : backward(dy, inputs, output);
        if (dy !== undefined && grads.length !== inputs.length) {
          fail('gradient', `customGradient: \`backward\` must return one gradient for each of ${inputs.length} inputs, received ${grads.length}.`);
        }
        return grads;
      },
    });
    return output;
  };
}

/**
 * The same values as a constant: no gradient flows through. Nothing is copied. PyTorch's `detach`.
 *
 * @throws dtype: no tensor; state: a disposed one.
 * @example
 * ```ts
 * import { detach, grad, ops, ready, type Tensor, tensor } from '@parsimony/core';
 * await ready();
 * const g = grad((x: Tensor) => ops.sum(ops.mul(x, detach(x))))(tensor([3]));
 * await g.array(); // => [3]
 * ```
 */
export const detach = (x: Tensor): Tensor => noGrad(() => view('alias', asTensor('detach', 'x', x), x.shape));
