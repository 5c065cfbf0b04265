import { type Check, warning } from './check';
import { adjacent, dropsUnits, layersOf } from './flow';

/** Dropout at the output layer, or straight before an activation; Srivastava et al. (2014) drop the outputs of hidden units. */
export const dropoutPlacement: Check = ({ model }) => {
  const layers = layersOf(model);
  return layers.flatMap((drop, i) => {
    if (!dropsUnits(drop) || drop.bag !== undefined) return [];
    const next = layers[i + 1];
    if (!next) {
      if (drop.branches.length > 0) return [];
      return [warning('dropout-at-output', `Dropout at ${drop.label} is the last layer: it zeroes the model's outputs, so the loss sees wrong predictions.`, 'Put it before the last linear layer.')];
    }
    if (adjacent(drop, next) && next.traits.activation) {
      return [warning('dropout-before-activation', `Dropout at ${drop.label} stands before the activation at ${next.label}: dropped units become f(0), and kept ones are scaled before f (Srivastava et al., JMLR 2014, drop what units put out).`, 'Put it after the activation.')];
    }
    return [];
  });
};
