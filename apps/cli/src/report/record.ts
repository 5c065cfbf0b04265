/** What a report keeps of one run: plain data, as JSON can hold it. */
import type { Finding, HistoryRow } from '@parsimony/core';
import type { Outcome } from '../train/experiment';
import type { Predictions } from './predictions';

export interface RunRecord {
  readonly outcome: Outcome;
  readonly history: readonly HistoryRow[];
  /** Which weights the run ended with, where a plugin kept some. */
  readonly kept: { readonly why: string; readonly epoch: number; readonly step: number } | null;
  /** The resolved plan, as `parsimony explain` prints it. */
  readonly explained: string;
  readonly findings: readonly Finding[];
  /** Null where the test set is not one of classes. */
  readonly predictions: Predictions | null;
}
