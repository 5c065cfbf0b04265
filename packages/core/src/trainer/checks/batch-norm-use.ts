import { piecesOf } from '../parts/pieces';
import { type Check, warning } from './check';
import { layersOf } from './flow';

/** Batch norm on few samples (Wu and He, arXiv:1803.08494) or in a recurrent net (Laurent et al., arXiv:1510.01378). */
export const batchNormUse: Check = ({ model, batchSize, replicas = 1, ...settings }) => {
  const layers = layersOf(model);
  const norm = layers.find(({ traits }) => traits.batchStatistics);
  if (!norm) return [];
  const { count: accumulate } = piecesOf(model, settings);
  const parts = accumulate * (norm.traits.synchronized ? 1 : replicas);
  const micro = batchSize === undefined ? undefined : Math.floor(batchSize / parts);
  const out = [];
  if (micro !== undefined && micro < 8) {
    out.push(warning('small-batch-norm', `Batch norm at ${norm.label} sees ${micro} samples at a time${parts > 1 ? ` (a batch of ${batchSize} in ${parts} ${replicas > 1 ? 'parts' : 'microbatches'})` : ''}: its statistics get noisy under 8 (arXiv:1803.08494).`, 'Use a larger batch, or group or layer norm.'));
  }
  const recurrent = layers.find(({ traits }) => traits.recurrent);
  if (recurrent) {
    out.push(warning('batch-norm-in-recurrent', `Batch norm at ${norm.label} in a model with the recurrent layer ${recurrent.label}: statistics differ between time steps (arXiv:1510.01378).`, 'Use layer norm.'));
  }
  return out;
};
