import type { Finding } from '../contract';
import { piecesOf } from '../parts/pieces';
import { type Check, warning } from './check';
import { layersOf } from './flow';

/** What needs the whole batch, under accumulation: plugins that say so, and batch norm. */
export const accumulation: Check = ({ model, plugins, ...settings }) => {
  const { count: accumulate } = piecesOf(model, settings);
  if (accumulate === 1) return [];
  const out: Finding[] = [];
  const whole = plugins.filter(({ plugin }) => plugin.batchSemantics === 'per-batch').map(({ key }) => key);
  if (whole.length > 0) {
    out.push({
      severity: 'warning', code: 'per-batch-accumulation', plugins: whole,
      message: `${whole.join(', ')}: what it does depends on the whole batch, and with accumulate: ${accumulate} it sees each microbatch alone, so the result is not that of the unsplit batch.`,
      hint: 'Train with accumulate: 1 where that matters.',
    });
  }
  const norm = layersOf(model).find(({ traits }) => traits.batchStatistics);
  if (norm) {
    out.push(warning('batch-norm-accumulation', `Batch norm at ${norm.label} takes the statistics of each microbatch, so ${accumulate} of them do not give the gradients of the whole batch.`, 'Pass batchStatistics: \'unsplit\' for the results of the whole batch (memory is not saved), or use group or layer norm.'));
  }
  return out;
};
