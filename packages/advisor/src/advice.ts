/** What an advice is, and what a rule is given. */
import type { Finding } from '@parsimony/core';
import type { Change } from './change';
import type { Configuration } from './configuration';
import type { Evidence } from './evidence';
import type { Limits } from './options';
import type { Task } from './presets';

export type AdviceCode =
  | 'overfitting' | 'underfitting' | 'rising-validation-loss' | 'instability' | 'noisy-validation' | 'wasted-regularizer' | 'coupled-decay' | 'risky-pair' | 'several-changes';

export interface Advice {
  /** The rule. */
  readonly code: AdviceCode;
  /** What it says, such as "severe overfitting". */
  readonly verdict: string;
  readonly severity: 'warning' | 'info';
  /** With the figures, in a sentence. */
  readonly message: string;
  /** The numbers that triggered it. */
  readonly figures: Readonly<Record<string, number>>;
  /** Where the rule comes from. */
  readonly source: string;
  /** The change of the configuration that follows it; `applyAdvice` makes it. */
  readonly change: Change;
}

/** @internal What rules look at. */
export interface Case {
  readonly evidence: Evidence;
  readonly findings: readonly Finding[];
  readonly configuration: Configuration;
  readonly previous: Configuration | undefined;
  /** The run has none of the plugins of its configuration. */
  readonly plain: boolean;
  readonly task: Task;
  readonly finished: boolean;
  readonly limits: Limits;
}

/** @internal */
export type Rule = (given: Case) => readonly Advice[];

/** @internal 0.998 as 99.8 %. */
export const percent = (x: number): string => `${Number((100 * x).toFixed(1))} %`;

/** @internal As many digits as are read. */
export const figure = (x: number): string => String(Number(x.toPrecision(3)));
