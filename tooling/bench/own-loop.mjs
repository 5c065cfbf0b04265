// A loop of one's own with core, as docs/custom-loop.md shows it: what every benchmark of ours times.
import { keep, ops, random, scope, training, valueAndGrad } from '@parsimony/core';

/** A step, which ends with a read of the loss. */
export function ownLoop({ model, loss, optimizer, x, target }) {
  const key = random.key(1);
  let params = model.parameters();
  let state = optimizer.init(params);
  let step = 0;
  return async () => {
    const lossValue = scope(() => {
      const { value, grads } = valueAndGrad((p) => {
        const { sum, denominator } = loss(model.forward(x, training({ key, step, weights: { params: p } })), target);
        return ops.div(sum, denominator);
      })(params);
      const next = optimizer.step({ params, grads, state });
      ({ params } = next);
      state = next.state;
      keep([params, state.tensors]);
      step++;
      return value;
    });
    const number = await lossValue.item();
    lossValue.dispose();
    return number;
  };
}
