/** The validation loss rises while the training loss falls, and nothing keeps the best weights. */
import { type Advice, figure, percent, type Rule } from '../advice';
import { addPlugin, both, setKey } from '../change';
import { entryOf, numberIn } from '../configuration';

const source = 'Prechelt, Early Stopping - But When? (1998).';

/** Checks since the best: one or two may be noise. */
const leastChecks = 3;

export const risingValidationLoss: Rule = ({ evidence: { checks }, configuration, plain, limits }) => {
  const stopping = entryOf(configuration, 'earlyStopping');
  // It ends with the best weights, whatever the curve does after them.
  if (!plain && stopping !== undefined && stopping.options['restoreBest'] !== false) return [];
  const finite = checks.filter(({ loss }) => Number.isFinite(loss));
  const best = finite.reduce((least, check, i) => (check.loss < (finite[least]?.loss ?? Infinity) ? i : least), 0);
  const [low, last] = [finite[best], finite.at(-1)];
  if (low === undefined || last === undefined || finite.length - 1 - best < leastChecks || !(low.loss > 0) || last.loss / low.loss - 1 < limits.rise) return [];
  if (low.trainLoss !== undefined && last.trainLoss !== undefined && last.trainLoss >= low.trainLoss) return [];
  const rise = last.loss / low.loss - 1;
  const stop = stopping === undefined ? addPlugin('earlyStopping', { patience: Math.max(5, Math.min(15, Math.round((numberIn(configuration, 'epochs') ?? 50) / 5))) })
    : stopping.options['restoreBest'] === false ? setKey(`/plugins/${stopping.index}/restoreBest`, true) : undefined;
  const regularized = setKey('/runs', ['regularized']);
  return [{
    code: 'rising-validation-loss', verdict: 'rising validation loss', severity: 'warning',
    message: `The validation loss was least at epoch ${low.epoch + 1}, ${figure(low.loss)}, and is ${figure(last.loss)} at epoch ${last.epoch + 1}, ${percent(rise)} more, while the training loss fell. Stop early, with the best weights.`,
    figures: { leastLoss: low.loss, leastEpoch: low.epoch + 1, lastLoss: last.loss, lastEpoch: last.epoch + 1, rise, threshold: limits.rise },
    source, change: stop === undefined ? regularized : plain ? both(stop, regularized) : stop,
  } satisfies Advice];
};
