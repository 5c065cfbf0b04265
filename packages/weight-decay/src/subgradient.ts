/** The L1 part of a penalty as a hook: lambda sign(w) joins the gradient of the loss. */
import { type GradContext, type Grads, ops, type Params, type Strength, type Tensor } from '@parsimony/core';
import { changeSelected, type Selected } from './selection';

/** Last, so that the penalty is not clipped with the gradient. */
export const signGradients = (lambda: Strength, selected: (params: Params) => readonly Selected[]) => ({
  order: 'post' as const,
  handler(grads: Grads, ctx: GradContext): Grads | undefined {
    const now = lambda.at(ctx);
    const { params } = ctx.weights;
    return now === 0 ? undefined : changeSelected(grads, selected(params), (g, factor, path) => ops.add(g, ops.mul(ops.sign(params[path] as Tensor), now * factor)));
  },
});
