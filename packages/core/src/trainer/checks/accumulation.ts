import type { Finding } from '../contract';
import { piecesOf } from '../parts/pieces';
import { type Check, warning } from './check';
import { layersOf } from './flow';

/** What needs the whole batch, under accumulation and on replicas: plugins that say so, and batch norm. */
export const accumulation: Check = ({ model, plugins, ...settings }) => {
  const { count: accumulate } = piecesOf(model, settings);
  const { replicas = 1 } = settings;
  const layers = layersOf(model);
  const out: Finding[] = [];
  const apart = replicas > 1 ? layers.find(({ traits }) => traits.batchStatistics && !traits.synchronized) : undefined;
  if (apart) {
    out.push(warning('batch-norm-replicas', `Batch norm at ${apart.label} takes the statistics of each replica's part of the batch, so ${replicas} replicas do not give the gradients of the whole batch, and running statistics are those of replica 0.`, 'Use SyncBatchNorm (`convertSyncBatchNorm(model)` of @parsimony/norms), or group or layer norm.'));
  }
  if (accumulate * replicas === 1) return out;
  const whole = plugins.filter(({ plugin }) => plugin.batchSemantics === 'per-batch').map(({ key }) => key);
  if (whole.length > 0) {
    out.push({
      severity: 'warning', code: 'per-batch-accumulation', plugins: whole,
      message: `${whole.join(', ')}: what it does depends on the whole batch, and with ${[...(accumulate > 1 ? [`accumulate: ${accumulate}`] : []), ...(replicas > 1 ? [`replicas: ${replicas}`] : [])].join(' and ')} it sees each part alone, so the result is not that of the unsplit batch.`,
      hint: 'Train with accumulate: 1 and one replica where that matters.',
    });
  }
  const norm = layers.find(({ traits }) => traits.batchStatistics);
  if (norm && accumulate > 1) {
    out.push(warning('batch-norm-accumulation', `Batch norm at ${norm.label} takes the statistics of each microbatch, so ${accumulate} of them do not give the gradients of the whole batch.`, 'Pass batchStatistics: \'unsplit\' for the results of the whole batch (memory is not saved), or use group or layer norm.'));
  }
  return out;
};
