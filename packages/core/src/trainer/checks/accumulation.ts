import type { Check, PlanFacts } from './check';

/** Plugins that need the whole batch, under accumulation. */
export const accumulation: Check = ({ plugins, accumulate = 1 }: PlanFacts) => {
  const whole = plugins.filter(({ plugin }) => plugin.batchSemantics === 'per-batch');
  if (accumulate === 1 || whole.length === 0) return [];
  return [{
    severity: 'warning', code: 'per-batch-accumulation', plugins: whole.map(({ key }) => key),
    message: `${whole.map(({ key }) => key).join(', ')}: what it does depends on the whole batch, and with accumulate: ${accumulate} it sees each microbatch alone, so the result is not that of the unsplit batch.`,
    hint: 'Train with accumulate: 1 where that matters.',
  }];
};
