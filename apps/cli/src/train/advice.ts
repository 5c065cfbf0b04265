/** What the advisor makes of a run, before it and after it. */
import { type Advice, advise, type Configuration } from '@parsimony/advisor';
import type { Finding } from '@parsimony/core';
import type { RunRecord } from '../report/record';
import type { RunName } from './run-names';

/** The command's own data are images. */
const taskOf = ({ data }: Configuration): 'vision' | 'general' => (typeof data === 'string' && !data.startsWith('function ') ? 'vision' : 'general');

/** On a run that is to come: what its configuration and its plan say. */
export const adviceBefore = (configuration: Configuration, run: RunName, findings: readonly Finding[]): readonly Advice[] =>
  advise({ history: [], configuration, run, plan: { findings }, task: taskOf(configuration) });

/** On one that is finished. */
export function adviceAfter(configuration: Configuration, { outcome, history, kept, findings }: RunRecord): readonly Advice[] {
  const { run, train, validation } = outcome;
  return advise({
    history, configuration, run, plan: { findings }, task: taskOf(configuration),
    ...(Number.isFinite(train) && Number.isFinite(validation) ? { accuracies: { train, validation } } : {}), ...(kept === null ? {} : { kept: kept.epoch }),
  });
}

/** On how much differs from the training before. */
export const adviceOnChanges = (configuration: Configuration, previous: Configuration): readonly Advice[] =>
  advise({ history: [], configuration, previous }).filter(({ code }) => code === 'several-changes');

export const figuresText = ({ figures }: Advice): string => Object.entries(figures).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`).join(', ');

export function adviceText(advices: readonly Advice[]): string {
  if (advices.length === 0) return 'Advice\n  none';
  return ['Advice', ...advices.flatMap((advice) => [
    `  ${advice.severity} ${advice.verdict}: ${advice.message}`, `    figures  ${figuresText(advice)}`, `    change   ${advice.change.summary}`,
    `    as JSON  ${JSON.stringify(advice.change.patch)}`, `    source   ${advice.source}`,
  ])].join('\n');
}
