import { type Check, warning } from './check';
import { dropsUnits, layersOf, ordered } from './flow';

/** Dropout upstream of a batch norm: variance shift (Li et al., arXiv:1801.05134). */
export const dropoutBeforeBatchNorm: Check = ({ model }) => {
  const layers = layersOf(model);
  return layers.flatMap((drop, i) => {
    // A token that is left out or replaced scales nothing.
    if (!dropsUnits(drop) || drop.traits.drops?.unit === 'token') return [];
    const norm = layers.slice(i + 1).find((layer) => layer.traits.batchStatistics && ordered(drop, layer));
    return norm ? [warning('dropout-before-batch-norm',
      `Dropout at ${drop.label} is upstream of the batch norm at ${norm.label}: dropout changes the variance between training and evaluation, which the running statistics then miss (variance shift, arXiv:1801.05134).`,
      'Put dropout after the last batch norm, or leave it out.')] : [];
  });
};
