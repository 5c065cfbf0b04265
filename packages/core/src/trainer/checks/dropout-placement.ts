import { type Check, warning } from './check';
import { adjacent, dropsUnits, layersOf, learns } from './flow';

/** Dropout behind the last weights, or straight before an activation; Srivastava et al. (2014) drop the outputs of hidden units. */
export const dropoutPlacement: Check = ({ model }) => {
  const layers = layersOf(model);
  const lastWeights = layers.findLastIndex(learns);
  return layers.flatMap((drop, i) => {
    if (!dropsUnits(drop) || drop.bag !== undefined) return [];
    const next = layers[i + 1];
    if (i > lastWeights && drop.branches.length === 0) {
      const place = next === undefined ? 'is the last layer' : 'has no weights behind it';
      return [warning('dropout-at-output', `Dropout at ${drop.label} ${place}: it zeroes the model's outputs, so the loss sees wrong predictions.`, 'Put it before the last linear layer.')];
    }
    if (next && adjacent(drop, next) && next.traits.activation) {
      return [warning('dropout-before-activation', `Dropout at ${drop.label} stands before the activation at ${next.label}: dropped units become f(0), and kept ones are scaled before f (Srivastava et al., JMLR 2014, drop what units put out).`, 'Put it after the activation.')];
    }
    return [];
  });
};
