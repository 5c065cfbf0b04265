/** What `onProgress` is told. */
import type { EvalResult, HistoryRow } from './contract';

export type ProgressEvent =
  | { readonly kind: 'start'; readonly epochs: number; readonly stepsPerEpoch: number; readonly totalSteps: number; readonly step: number }
  | {
    readonly kind: 'step';
    /** Steps done, from 1. */
    readonly step: number;
    readonly totalSteps: number;
    readonly epoch: number;
    readonly loss: number;
    /** Running over the epoch so far, on the original labels. */
    readonly metrics: Readonly<Record<string, number>>;
    readonly learningRate: number;
    /** False where the step was left out for a loss or gradient that is not finite. */
    readonly applied: boolean;
  }
  | { readonly kind: 'eval'; readonly split: string; readonly step: number; readonly epoch: number; readonly result: EvalResult }
  | { readonly kind: 'epoch'; readonly epoch: number; readonly row: HistoryRow }
  /** `path`: to resume from. */
  | { readonly kind: 'checkpoint'; readonly step: number; readonly epoch: number; readonly path: string }
  | { readonly kind: 'end'; readonly reason: string };
