/** Two things that are each fine and work against each other, in the configuration or as the plan found them. */
import { type Advice, type Case, type Rule } from '../advice';
import { type Change, removePlugin, setKey, setPlugin } from '../change';
import { entryOf, numberIn } from '../configuration';

type Pair = (given: Case) => { readonly message: string; readonly figures: Readonly<Record<string, number>>; readonly source: string; readonly change: Change } | undefined;

const smoothingWithDistillation: Pair = ({ configuration }) => {
  const [smoothing, distillation] = [entryOf(configuration, 'labelSmoothing'), entryOf(configuration, 'distillation')];
  if (smoothing === undefined || distillation === undefined) return undefined;
  const [epsilon, temperature] = [numberIn(smoothing.options, 'epsilon') ?? 0.1, numberIn(distillation.options, 'temperature') ?? 4];
  return epsilon === 0 ? undefined : {
    message: `Label smoothing of ${epsilon} beside distillation at temperature ${temperature}: the teacher's targets are soft already, by how likely each class is, which smoothing evens out.`,
    figures: { epsilon, temperature }, source: 'Müller, Kornblith, Hinton, When does label smoothing help?, arXiv:1906.02629.', change: removePlugin(smoothing),
  };
};

const decayTwice: Pair = ({ configuration }) => {
  const plugin = entryOf(configuration, 'weightDecay');
  const decay = numberIn(configuration['optimizer'] as Readonly<Record<string, unknown>> | undefined, 'weightDecay');
  if (plugin === undefined || decay === undefined || decay === 0) return undefined;
  return {
    message: `The optimizer's \`weightDecay\` of ${decay} beside the plugin \`weightDecay\`: the plan refuses decay from two sides.`,
    figures: { optimizer: decay, plugin: numberIn(plugin.options, 'decay') ?? 0.01 }, source: 'The plan: `decay-twice`.',
    change: { summary: 'take `weightDecay` from the optimizer', patch: [{ op: 'remove', path: '/optimizer/weightDecay' }] },
  };
};

const plateauAfterStop: Pair = ({ configuration }) => {
  const [reduce, stop] = [entryOf(configuration, 'reduceOnPlateau'), entryOf(configuration, 'earlyStopping')];
  if (reduce === undefined || stop === undefined) return undefined;
  const [first, second] = [numberIn(reduce.options, 'patience') ?? 10, numberIn(stop.options, 'patience') ?? numberIn(configuration, 'patience') ?? 10];
  return first + 1 < second ? undefined : {
    message: `\`reduceOnPlateau\` waits ${first} checks before it lowers the rate, and \`earlyStopping\` ends the run after ${second}: a lower rate never gets its chance.`,
    figures: { reduceOnPlateau: first, earlyStopping: second }, source: 'Definition of both patiences.', change: setPlugin(reduce, { patience: Math.max(0, Math.floor(second / 3)) }),
  };
};

/** Batch norms under accumulation, as the plan found them. */
const batchNormInParts: Pair = ({ findings, configuration }) => {
  const accumulate = numberIn(configuration, 'accumulate') ?? 1;
  if (accumulate === 1 || !findings.some(({ code }) => code === 'batch-norm-accumulation')) return undefined;
  return {
    message: `Batch norms take the statistics of each of ${accumulate} microbatches, not of the step.`, figures: { accumulate },
    source: 'The plan: `batch-norm-accumulation`; Hoffer et al., arXiv:1705.08741.', change: setKey('/batchStatistics', 'unsplit'),
  };
};

const perBatchInParts: Pair = ({ findings, configuration }) => {
  const accumulate = numberIn(configuration, 'accumulate') ?? 1;
  const found = findings.find(({ code }) => code === 'per-batch-accumulation');
  return accumulate === 1 || found === undefined ? undefined
    : { message: `With ${accumulate} microbatches a step: ${found.message}`, figures: { accumulate }, source: 'The plan: `per-batch-accumulation`.', change: setKey('/accumulate', 1) };
};

export const riskyPair: Rule = (given) => [...(given.plain ? [] : [smoothingWithDistillation, decayTwice, plateauAfterStop, perBatchInParts]), batchNormInParts].flatMap((pair): readonly Advice[] => {
  const found = pair(given);
  return found === undefined ? [] : [{ code: 'risky-pair', verdict: 'risky pair', severity: 'warning', ...found }];
});
