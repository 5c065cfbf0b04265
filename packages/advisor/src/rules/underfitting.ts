/** Training and validation both poor: less regularization, a longer run while it still learns, more capacity. */
import { type Advice, type Case, percent, type Rule } from '../advice';
import { type Change, removePlugin, setKey, setPlugin } from '../change';
import { type Entry, entriesOf, numberIn, optimizerOf } from '../configuration';
import { recentFall } from '../evidence';

const source = 'Goodfellow, Bengio, Courville, Deep Learning (2016), 5.2 and 11.4: capacity, and whether to gather more data.';

/** The option that is the strength, and what it usually is. */
const strengths: Readonly<Record<string, readonly [option: string, usual: number]>> = {
  weightDecay: ['decay', 1e-2], l1: ['lambda', 1e-5], l2: ['lambda', 1e-4], groupLasso: ['lambda', 1e-4], orthogonalRegularization: ['lambda', 1e-2], labelSmoothing: ['epsilon', 0.1],
  confidencePenalty: ['beta', 0.1], gradientPenalty: ['lambda', 1e-2], jacobianPenalty: ['lambda', 1e-2], rDrop: ['alpha', 1], mixup: ['alpha', 0.2], cutmix: ['alpha', 1], mixout: ['p', 0.7],
};

/** Of a run that goes on, before its curves can be called flat. */
const leastEpochs = 6;

export const underfitting: Rule = (given) => {
  const { evidence, limits, finished } = given;
  const { accuracies } = evidence;
  if (accuracies === undefined || Math.max(accuracies.train, accuracies.validation) >= limits.poor || accuracies.train - accuracies.validation >= limits.mildGap - 1e-9) return [];
  const fall = recentFall(evidence);
  // While it goes on and still learns, it is not known yet.
  if (!finished && (evidence.epochs < leastEpochs || fall >= limits.learning)) return [];
  const severe = Math.max(accuracies.train, accuracies.validation) < limits.veryPoor;
  return [{
    code: 'underfitting', verdict: severe ? 'severe underfitting' : 'slight underfitting', severity: severe ? 'warning' : 'info',
    message: `Training is ${percent(accuracies.train)} right and validation ${percent(accuracies.validation)}, both below ${percent(severe ? limits.veryPoor : limits.poor)}, and ${fall >= limits.learning
      ? `the loss still fell by ${percent(fall)} over the last third of the run` : 'nearly the same'}. Regularize less${fall >= limits.learning ? ', train longer' : ''}, or take a network of more capacity.`,
    figures: { trainAccuracy: accuracies.train, validationAccuracy: accuracies.validation, threshold: severe ? limits.veryPoor : limits.poor, recentFall: fall },
    source, change: next(given, fall),
  } satisfies Advice];
};

function next({ configuration, plain, evidence, limits }: Case, fall: number): Change {
  const strongest = plain ? undefined : strongestOf(entriesOf(configuration));
  if (strongest) return weakened(strongest);
  const { weightDecay } = optimizerOf(configuration);
  if (weightDecay > 0.01) return setKey('/optimizer/weightDecay', weightDecay / 2);
  const epochs = numberIn(configuration, 'epochs') ?? Math.max(1, evidence.epochs);
  if (fall >= limits.learning) return setKey('/epochs', 2 * epochs);
  const models = configuration['models'];
  if (Array.isArray(models) && models.includes('mlp') && !models.includes('cnn')) return { ...setKey('/models', models.map((model: unknown) => (model === 'mlp' ? 'cnn' : model))), summary: 'take `cnn` in place of `mlp`' };
  // The capacity of a network of one's own is no key of the configuration.
  return setKey('/epochs', 2 * epochs);
}

interface Strong { readonly entry: Entry; readonly option: string; readonly value: number; readonly usual: number }

/** By how many times its usual strength. */
function strongestOf(entries: readonly Entry[]): Strong | undefined {
  return entries.flatMap((entry): Strong[] => {
    const [option, usual] = strengths[entry.name] ?? [];
    const value = option === undefined ? undefined : numberIn(entry.options, option) ?? (entry.options[option] === undefined ? usual : undefined);
    return option === undefined || usual === undefined || value === undefined || !(value > 0) ? [] : [{ entry, option, value, usual }];
  }).toSorted((a, b) => b.value / b.usual - a.value / a.usual)[0];
}

/** To what is usual, then to half, and out where it is weak already. */
function weakened({ entry, option, value, usual }: Strong): Change {
  if (value > 2 * usual) return setPlugin(entry, { [option]: usual });
  return value > usual / 8 ? setPlugin(entry, { [option]: value / 2 }) : removePlugin(entry);
}
