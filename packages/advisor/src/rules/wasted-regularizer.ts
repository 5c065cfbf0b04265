/** Regularizers that do nothing at their strength or in a run of this length. */
import { type Advice, type Case, figure, type Rule } from '../advice';
import { type Change, removePlugin, setPlugin } from '../change';
import { type Entry, entriesOf, numberIn } from '../configuration';

interface Waste { readonly why: string; readonly figures: Readonly<Record<string, number>>; readonly source: string; readonly change: Change }

export const wastedRegularizer: Rule = (given) => (given.plain ? [] : entriesOf(given.configuration).flatMap((entry): readonly Advice[] => {
  const waste = nothing(entry) ?? tooLate(entry, given) ?? neverClips(entry, given);
  return waste === undefined ? [] : [{
    code: 'wasted-regularizer', verdict: 'wasted regularizer', severity: 'info',
    message: `\`${entry.name}\` does nothing: ${waste.why}.`, figures: waste.figures, source: waste.source, change: waste.change,
  }];
}));

/** Options at which a technique is the identity. */
const strengths: Readonly<Record<string, string>> = {
  weightDecay: 'decay', l1: 'lambda', l2: 'lambda', groupLasso: 'lambda', orthogonalRegularization: 'lambda', mixout: 'p', labelSmoothing: 'epsilon', confidencePenalty: 'beta', gradientPenalty: 'lambda',
  jacobianPenalty: 'lambda', rDrop: 'alpha', gradientNoise: 'eta', sam: 'rho', asam: 'rho', mixup: 'prob', cutmix: 'prob', distillation: 'alpha', gaussianJitter: 'std', featureSwap: 'p',
};

function nothing(entry: Entry): Waste | undefined {
  const option = strengths[entry.name];
  if (option === undefined || numberIn(entry.options, option) !== 0) return undefined;
  return { why: `\`${option}\` is 0`, figures: { [option]: 0 }, source: `Definition: at ${option} = 0 it changes nothing.`, change: removePlugin(entry) };
}

function tooLate(entry: Entry, { evidence: { steps, epochs: seen }, configuration, finished }: Case): Waste | undefined {
  // A configuration says how long a run may be; a history, how long it was.
  const epochs = numberIn(configuration, 'epochs') ?? (finished && seen > 0 ? seen : Infinity);
  const { name, options } = entry;
  const patience = numberIn(options, 'patience') ?? (name === 'earlyStopping' ? numberIn(configuration, 'patience') ?? 10 : 10);
  const third = Math.max(1, Math.floor(epochs / 3));
  if (name === 'earlyStopping' && options['restoreBest'] === false && patience >= epochs) {
    return { why: `${patience} checks without improvement do not fit into ${epochs} epochs, and it restores nothing`, figures: { patience, epochs }, source: 'Definition of the patience.', change: setPlugin(entry, { patience: third }) };
  }
  if (name === 'reduceOnPlateau' && patience + 1 >= epochs) {
    return { why: `it reduces after more than ${patience} checks, and there are ${epochs} epochs`, figures: { patience, epochs }, source: 'PyTorch, ReduceLROnPlateau: definition of the patience.', change: setPlugin(entry, { patience: Math.min(third, Math.max(0, patience - 1)) }) };
  }
  const start = numberIn(options, 'startStep');
  if ((name === 'swa' || name === 'ema') && finished && steps > 0 && start !== undefined && start >= steps) {
    return { why: `it starts at step ${start}, and the run had ${steps}`, figures: { startStep: start, steps }, source: 'Definition of the start.', change: setPlugin(entry, { startStep: Math.floor(0.75 * steps) }) };
  }
  return undefined;
}

/** Means of an epoch hide single steps: a tenth leaves room for them. */
const reach = 0.1;

function neverClips(entry: Entry, { evidence: { gradientNorms } }: Case): Waste | undefined {
  const maxNorm = numberIn(entry.options, 'maxNorm') ?? 1;
  const largest = Math.max(...gradientNorms);
  if (entry.name !== 'clipByGlobalNorm' || gradientNorms.length < 3 || !(largest < reach * maxNorm)) return undefined;
  return {
    why: `the mean gradient norm of an epoch was ${figure(largest)} at most, and it clips from ${maxNorm}`, figures: { largestMeanNorm: largest, maxNorm },
    source: 'Pascanu, Mikolov, Bengio, arXiv:1211.5063: the threshold is to be of the size of the norms.', change: setPlugin(entry, { maxNorm: Number((2 * largest).toPrecision(2)) }),
  };
}
